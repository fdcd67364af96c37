"""A critic of whole batches, equal for every order of their samples."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge, Gt
from torch import nn

from gansuite.layers import EquivariantLinear

from .hidden import Activation, Init, LinearHead, activate, initialise, size_of


class DeepSetCritic(LinearHead):
    """``depth`` layers ``x_i A + mean_j(x_j) B + c``, activated, and a score of each sample that has seen its batch.

    Reordering the batch reorders the scores; their mean is a score of the batch.

    Args:
        width: units of a layer.
        depth: equivariant layers.
        activation: of the layers.
        init: of the weights.
        gain: factor of ``orthogonal`` (default 1), standard deviation of ``normal`` (default .02).

    Source: Lucas et al., Mixed batches and symmetric discriminators (2018), section 4.1.
    """

    def __init__(
        self,
        spec: Any,
        *,
        width: Annotated[int, Gt(0)] = 128,
        depth: Annotated[int, Ge(1)] = 2,
        activation: Activation = "leaky-relu",
        init: Init = "default",
        gain: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        self.width = width
        sizes = [size_of(spec)] + [width] * (depth - 1)
        layers = [(EquivariantLinear(size, out=width), activate(activation)) for size in sizes]
        self.body = nn.Sequential(*(each for pair in layers for each in pair))
        self.top = nn.Linear(width, 1)
        initialise(self, init, gain)
