"""The perceptron that scores samples of any shape."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt
from torch import nn

from gansuite.layers import MinibatchDiscrimination, MinibatchStddev, spectral_norm

from .hidden import Activation, Init, LinearHead, belongs, hidden, initialise, size_of


class MLPCritic(LinearHead):
    """Samples of any shape to scores [n]: ``head(features(x))`` with ``depth`` hidden layers of ``width`` units.

    With ``minibatch`` the features of a sample depend on its batch, and real and generated ones are scored apart.

    Args:
        width: units of a hidden layer.
        depth: hidden layers.
        activation: of the hidden layers.
        norm: of the hidden layers; ``spectral`` gives every layer, the head included, the spectral norm ``lipschitz``.
        init: of the weights.
        gain: factor of ``orthogonal`` (default 1), standard deviation of ``normal`` (default .02).
        lipschitz: of each layer under ``spectral`` (default 1); detail of .01 between samples wants more than 1.
        minibatch: what is appended to the last hidden layer: ``discrimination``, the closeness to the other samples in
            ``kernels`` learnt projections, or ``stddev``, the mean deviation over groups of four.
        kernels: of minibatch discrimination (B in the paper; default 16).
        dimensions: in which each kernel compares (C in the paper; default 8).
    """

    def __init__(
        self,
        spec: Any,
        *,
        width: Annotated[int, Gt(0)] = 128,
        depth: Annotated[int, Ge(0)] = 2,
        activation: Activation = "leaky-relu",
        norm: Literal["none", "batch", "layer", "spectral"] = "none",
        init: Init = "default",
        gain: Annotated[float, Gt(0)] | None = None,
        lipschitz: Annotated[float, Gt(0)] | None = None,
        minibatch: Literal["none", "discrimination", "stddev"] = "none",
        kernels: Annotated[int, Gt(0)] | None = None,
        dimensions: Annotated[int, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        if norm != "spectral":
            belongs("lipschitz", lipschitz, 'norm = "spectral"')
        if minibatch != "discrimination":
            belongs("kernels", kernels, 'minibatch = "discrimination"')
            belongs("dimensions", dimensions, 'minibatch = "discrimination"')
        inputs = size_of(spec)
        self.width: int = width if depth else inputs
        self.body = hidden(inputs, width, depth, activation, "none" if norm == "spectral" else norm)
        if minibatch == "discrimination":
            closeness = MinibatchDiscrimination(self.width, kernels=kernels or 16, dimensions=dimensions or 8)
            self.body.append(closeness)
            self.width += closeness.projection.shape[1]
        elif minibatch == "stddev":
            self.body.append(MinibatchStddev(self.width))
            self.width += 1
        self.top = nn.Linear(self.width, 1)
        initialise(self, init, gain)
        if norm == "spectral":
            spectral_norm(self, gain=lipschitz or 1.0)
