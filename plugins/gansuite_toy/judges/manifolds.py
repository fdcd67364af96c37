"""Curves, discs and planes: how far a sample lies from where the data does."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor


class Manifold(ABC):
    """Data near a set of known shape; high quality is within ``tolerance`` of it.

    Args:
        tolerance: distance.
        shares: probability of each piece of the set.

    Attributes:
        unit: a distance of two samples is ``unit ‖x - y‖``.
    """

    unit = 1.0

    def __init__(self, tolerance: float, shares: Float[Tensor, " k"] | None = None) -> None:
        self.tolerance = tolerance
        self.shares: Float[Tensor, " k"] = torch.ones(1) if shares is None else shares / shares.sum()

    @abstractmethod
    def distances(self, samples: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        """Distance of each sample from each piece of the set."""

    def modes(self, samples: Float[Tensor, "n d"]) -> tuple[Int64[Tensor, " n"], Float[Tensor, " n"]]:
        """The nearest piece, and its distance."""
        found = self.distances(samples).min(1)
        return found.indices, found.values

    def away(self, samples: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """The distance from the nearest piece."""
        return self.modes(samples)[1]

    def high_quality(self, samples: Float[Tensor, "n d"]) -> Bool[Tensor, " n"]:
        """Whether each sample lies within the tolerance."""
        return self.away(samples) <= self.tolerance


class Lines(Manifold):
    """Segments {j distance} x [0, 1] for j = 0 .. k - 1."""

    def __init__(self, lines: int, distance: float, tolerance: float) -> None:
        super().__init__(tolerance, torch.ones(lines))
        self.places = distance * torch.arange(lines)

    def distances(self, samples: Float[Tensor, "n 2"]) -> Float[Tensor, "n k"]:
        across = samples[:, :1] - self.places.to(samples)
        along = samples[:, 1:] - samples[:, 1:].clamp(0, 1)
        return torch.hypot(across, along.expand_as(across))


class Arc(Manifold):
    """The part of the unit circle from angle ``first`` to ``last``, clockwise from (0, 1)."""

    def __init__(self, first: float, last: float, tolerance: float) -> None:
        super().__init__(tolerance)
        self.first, self.last = first, last

    def distances(self, samples: Float[Tensor, "n 2"]) -> Float[Tensor, "n 1"]:
        x, y = samples.unbind(1)
        # The angle beyond the first end, in [0, 2 pi); past the last end the nearer end is nearest.
        beyond = torch.remainder(torch.atan2(x, y) - self.first, 2 * math.pi)
        inside = beyond <= self.last - self.first
        ends = [torch.hypot(x - math.sin(end), y - math.cos(end)) for end in (self.first, self.last)]
        return torch.where(inside, (torch.hypot(x, y) - 1).abs(), torch.minimum(*ends))[:, None]


class Disc(Manifold):
    """The unit disc."""

    def distances(self, samples: Float[Tensor, "n 2"]) -> Float[Tensor, "n 1"]:
        return (torch.hypot(*samples.unbind(1)) - 1).clamp_min(0)[:, None]


class Plane(Manifold):
    """The subspace spanned by the rows of ``basis``; distances are root mean squares over the coordinates."""

    def __init__(self, basis: Float[Tensor, "r d"], tolerance: float) -> None:
        super().__init__(tolerance)
        self.frame = torch.linalg.qr(basis.double().T)[0]
        self.unit = basis.shape[1] ** -0.5

    def distances(self, samples: Float[Tensor, "n d"]) -> Float[Tensor, "n 1"]:
        frame, x = self.frame.to(samples.device), samples.double()
        return (x - x @ frame @ frame.T).square().mean(1, keepdim=True).sqrt()
