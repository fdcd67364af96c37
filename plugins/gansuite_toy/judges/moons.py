"""The truth of two moons, wherever they were moved to."""

from __future__ import annotations

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from .manifolds import Manifold
from .pushed import PlaneMap


class MoonJudge(Manifold):
    """Distances from the two half circles, measured where they lay before ``map``, which keeps lengths.

    Args:
        map: where the moons were taken.
        tolerance: of high quality.
    """

    CENTRE: ClassVar[tuple[float, float]] = (0.5, 0.25)

    def __init__(self, map: PlaneMap, tolerance: float) -> None:
        super().__init__(tolerance, torch.ones(2))
        self.map = map

    def distances(self, samples: Float[Tensor, "n 2"]) -> Float[Tensor, "n 2"]:
        x, y = (self.map.inverse(samples) + torch.tensor(self.CENTRE).to(samples)).unbind(1)
        return torch.stack([half_circle(x, y), half_circle(1 - x, 0.5 - y)], 1)


def half_circle(x: Float[Tensor, " n"], y: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """Distance from the upper half of the unit circle: radially above, from the nearer end below."""
    ends = torch.hypot(x.abs() - 1, y)
    return torch.where(y >= 0, (torch.hypot(x, y) - 1).abs(), ends)
