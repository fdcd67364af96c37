"""A critic of maxout layers, as the first GAN and PacGAN have it."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge, Gt
from torch import nn

from gansuite.layers import Maxout

from .hidden import Init, LinearHead, initialise, size_of


class MaxoutCritic(LinearHead):
    """Samples of any shape to scores [n], by ``depth`` maxout layers of ``width`` units with ``pieces`` pieces each.

    Args:
        width: units of a layer.
        depth: maxout layers.
        pieces: affine maps that compete for each unit.
        init: of the weights; the paper's are ``normal`` with deviation .02.
        gain: factor of ``orthogonal`` (default 1), standard deviation of ``normal`` (default .02).

    Source: Lin et al., PacGAN (2018), section 4.1: three layers of 200 units with five pieces.
    """

    def __init__(
        self,
        spec: Any,
        *,
        width: Annotated[int, Gt(0)] = 200,
        depth: Annotated[int, Ge(1)] = 3,
        pieces: Annotated[int, Gt(1)] = 5,
        init: Init = "default",
        gain: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        sizes = [size_of(spec)] + [width] * (depth - 1)
        self.width = width
        self.body = nn.Sequential(*(Maxout(size, out=width, pieces=pieces) for size in sizes))
        self.top = nn.Linear(width, 1)
        initialise(self, init, gain)
