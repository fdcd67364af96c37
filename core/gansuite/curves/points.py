"""Points of a curve over temperatures, and where a curve lies at a given x."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gansuite.metrics.estimate import Estimate, Interval


@dataclass(frozen=True)
class Point:
    """Two measures of one model at one inverse temperature; None where it has no temperature (real data)."""

    alpha: float | None
    x: Interval
    y: Interval

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return {"alpha": self.alpha, "x": vars(self.x), "y": vars(self.y)}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Point:
        """The point that ``as_dict`` gave."""
        return cls(table["alpha"], Interval(**table["x"]), Interval(**table["y"]))


def measured(estimate: Estimate) -> Interval:
    """An estimate such that less is better: a metric of which more is better counts negative."""
    if estimate.direction == "max":
        return Interval(-estimate.value, -estimate.high, -estimate.low)
    return Interval(estimate.value, estimate.low, estimate.high)


def at(points: Sequence[Point], x: float) -> Interval | None:
    """The lowest y at which the curve crosses ``x``, interpolated between its points; None where it does not reach.

    The interval is that of the two points' y, widened by what the error of x amounts to on the slope between them.
    """
    found = [crossing(a, b, x) for a, b in pairwise(points) if between(a.x.value, x, b.x.value)]
    return min(found, key=lambda each: each.value, default=None)


def between(a: float, x: float, b: float) -> bool:
    """Whether x lies from a to b, which differ."""
    return a != b and min(a, b) <= x <= max(a, b)


def crossing(a: Point, b: Point, x: float) -> Interval:
    """y on the segment from a to b at x."""
    share = (x - a.x.value) / (b.x.value - a.x.value)
    value, low, high = ((1 - share) * getattr(a.y, end) + share * getattr(b.y, end) for end in ("value", "low", "high"))
    slope = abs((b.y.value - a.y.value) / (b.x.value - a.x.value))
    unsure = slope * max((p.x.high - p.x.low) / 2 for p in (a, b))
    return Interval(value, low - unsure, high + unsure)


def colder(points: Sequence[Point]) -> Sequence[Point]:
    """The branch from the least x on to lower temperatures: hotter than there a model is worse on both axes."""
    least = min(range(len(points)), key=lambda i: points[i].x.value)
    return points[least:]


def grid(curves: Sequence[Sequence[Point]], count: int = 5) -> list[float]:
    """Values of x that all curves reach, evenly over what they have in common; empty where that is nothing."""
    low = max(min(p.x.value for p in curve) for curve in curves)
    high = min(max(p.x.value for p in curve) for curve in curves)
    if not low < high:
        return []
    return [low + (high - low) * (i + 1) / (count + 1) for i in range(count)]
