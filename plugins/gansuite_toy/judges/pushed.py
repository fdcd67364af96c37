"""A known law seen through a known map: the truth of a translation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from .mixture import GaussianMixture


@dataclass(frozen=True)
class PlaneMap:
    """An invertible map of the plane that keeps areas up to ``scale²``.

    ``rotation``: y = scale R x + shift; ``bend`` first moves x_2 by x_1² / 2, a shear that no linear map undoes.

    Args:
        kind: which.
        angle: of R, in degrees, anticlockwise.
        scale: factor on lengths.
        shift: what is added.
    """

    kind: Literal["rotation", "bend"] = "rotation"
    angle: float = 0.0
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)

    def turn(self, x: Tensor) -> Float[Tensor, "2 2"]:
        """The rotation, to be applied to rows from the right."""
        c, s = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        return torch.tensor([[c, s], [-s, c]], dtype=x.dtype, device=x.device)

    def __call__(self, x: Float[Tensor, "n 2"]) -> Float[Tensor, "n 2"]:
        """Where ``x`` goes."""
        if self.kind == "bend":
            x = torch.stack([x[:, 0], x[:, 1] + x[:, 0].square() / 2], 1)
        return self.scale * x @ self.turn(x) + torch.tensor(self.shift, dtype=x.dtype, device=x.device)

    def inverse(self, y: Float[Tensor, "n 2"]) -> Float[Tensor, "n 2"]:
        """Where ``y`` came from."""
        x = (y - torch.tensor(self.shift, dtype=y.dtype, device=y.device)) @ self.turn(y).T / self.scale
        if self.kind == "bend":
            x = torch.stack([x[:, 0], x[:, 1] - x[:, 0].square() / 2], 1)
        return x


class Pushed:
    """The law of ``map(x)`` for x from a mixture: modes and quality are judged where the samples came from.

    Args:
        base: the law of the source domain.
        map: the true map from the source domain to this one.
    """

    def __init__(self, base: GaussianMixture, map: PlaneMap) -> None:
        self.base, self.map = base, map
        self.shares = base.shares

    def log_density(self, y: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
        """``log p(map⁻¹ y) - 2 log scale``."""
        return self.base.log_density(self.map.inverse(y.double())) - 2 * math.log(self.map.scale)

    def modes(self, samples: Float[Tensor, "n 2"]) -> tuple[Int64[Tensor, " n"], Float[Tensor, " n"]]:
        """The mode from which each sample came, and the distance there, in the source's units."""
        return self.base.modes(self.map.inverse(samples.double()))

    def high_quality(self, samples: Float[Tensor, "n 2"]) -> Bool[Tensor, " n"]:
        """Whether each sample came from within 3 deviations of a mode."""
        return self.base.high_quality(self.map.inverse(samples.double()))

    def error(self, source: Float[Tensor, "n 2"], mapped: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
        """Distance of each translated point from where the true map takes its source."""
        return torch.linalg.vector_norm(mapped - self.map(source), dim=1)
