"""Fully connected networks: the players of every toy game."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng

from .hidden import Activation, Init, Norm, Output, hidden, initialise, size_of, squash


class MLPGenerator(nn.Module):
    """Latent [n, prior.size] to samples of any shape, by ``depth`` hidden layers of ``width`` units.

    Args:
        width: units of a hidden layer.
        depth: hidden layers.
        activation: of the hidden layers.
        norm: between a hidden layer and its activation: ``batch``, ``layer``, ``pixel`` or ``virtual-batch``.
        init: of the weights: PyTorch's own, ``orthogonal`` or ``normal`` (biases 0).
        gain: factor of ``orthogonal`` (default 1), standard deviation of ``normal`` (default .02).
        output: ``tanh`` for values in (-1, 1), ``softmax`` for probabilities over the first axis.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        width: Annotated[int, Gt(0)] = 128,
        depth: Annotated[int, Ge(0)] = 2,
        activation: Activation = "relu",
        norm: Norm = "none",
        init: Init = "default",
        gain: Annotated[float, Gt(0)] | None = None,
        output: Output = "linear",
    ) -> None:
        super().__init__()
        self.shape: tuple[int, ...] = tuple(spec.shape)
        self.output: Output = output
        self.body = hidden(prior.size, width, depth, activation, norm)
        self.head = nn.Linear(width if depth else prior.size, size_of(spec))
        initialise(self, init, gain)

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n ..."]:
        """A condition comes with the latent: it does not enter here."""
        return squash(self.head(self.body(z)).unflatten(1, self.shape), self.output)


class MLPTranslator(nn.Module):
    """Samples of the domain ``source`` to samples of the domain of the data, by a perceptron.

    Args:
        width: units of a hidden layer.
        depth: hidden layers.
        activation: of the hidden layers.
        norm: between a hidden layer and its activation.
        init: of the weights.
        gain: factor of ``orthogonal`` (default 1), standard deviation of ``normal`` (default .02).
        output: of the last layer.
        labelled: whether a label of the data's domain, one-hot [n, labels], steers the network (StarGAN).
        residual: whether the network adds to its input, so that it begins near the identity; the shapes must agree.

    Raises:
        ValueError: no labels to be steered by, or a residual between different shapes.
    """

    def __init__(
        self,
        spec: Any,
        source: Any,
        *,
        width: Annotated[int, Gt(0)] = 128,
        depth: Annotated[int, Ge(0)] = 2,
        activation: Activation = "relu",
        norm: Norm = "none",
        init: Init = "default",
        gain: Annotated[float, Gt(0)] | None = None,
        output: Output = "linear",
        labelled: bool = False,
        residual: bool = False,
    ) -> None:
        super().__init__()
        if labelled and not spec.labels:
            raise ValueError("labelled = true needs data with labels; choose another data set or leave it out")
        if residual and tuple(spec.shape) != tuple(source.shape):
            raise ValueError(
                f"residual = true adds samples of shape {list(source.shape)} to {list(spec.shape)}; leave it out"
            )
        self.shape: tuple[int, ...] = tuple(spec.shape)
        self.output: Output = output
        self.residual = residual
        self.conditions = len(spec.labels) if labelled else 0
        inputs = size_of(source) + self.conditions
        self.body = hidden(inputs, width, depth, activation, norm)
        self.head = nn.Linear(width if depth else inputs, size_of(spec))
        initialise(self, init, gain)

    def forward(
        self, x: Float[Tensor, "n ..."], condition: Float[Tensor, "n k"] | None = None, rng: Rng | None = None
    ) -> Float[Tensor, "n ..."]:
        """The translation of each sample; a labelled network without a condition sees zeros in its place."""
        rows = x.flatten(1)
        if self.conditions:
            wanted = rows.new_zeros(len(rows), self.conditions) if condition is None else condition.to(rows)
            rows = torch.cat([rows, wanted], 1)
        y = self.head(self.body(rows)).unflatten(1, self.shape)
        return squash(x + y if self.residual else y, self.output)


class MLPEncoder(nn.Module):
    """Samples of any shape to [n, prior.size], by ``depth`` hidden layers of ``width`` units.

    Args:
        width: units of a hidden layer.
        depth: hidden layers.
        activation: of the hidden layers.
        norm: between a hidden layer and its activation.
        init: of the weights.
        gain: factor of ``orthogonal`` (default 1), standard deviation of ``normal`` (default .02).
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        width: Annotated[int, Gt(0)] = 128,
        depth: Annotated[int, Ge(0)] = 2,
        activation: Activation = "relu",
        norm: Norm = "none",
        init: Init = "default",
        gain: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        inputs = size_of(spec)
        self.body = hidden(inputs, width, depth, activation, norm)
        self.head = nn.Linear(width if depth else inputs, prior.size)
        initialise(self, init, gain)

    def forward(self, x: Float[Tensor, "n ..."], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n d"]:
        """The code of each sample."""
        return self.head(self.body(x.flatten(1)))
