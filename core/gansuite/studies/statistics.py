"""What several seeds say: means with intervals, and differences of means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import stats

LEVEL = 0.95


@dataclass(frozen=True)
class Mean:
    """The mean of n values with its interval; without one where n is 1."""

    n: int
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def half(self) -> float | None:
        """Half the interval's width."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    def __str__(self) -> str:
        return f"{self.value:.3g}" if self.half is None else f"{self.value:.3g} ± {self.half:.2g}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def mean(values: Sequence[float], level: float = LEVEL) -> Mean:
    r"""Student's interval of a mean over independent runs.

    .. math:: \bar x \pm t_{n-1,\,(1 + \text{level})/2}\; s / \sqrt n

    with s the deviation between the runs (n - 1 in its denominator). It is used for counts, such as captured modes, as
    well: a bootstrap of five values has far too few different resamples to cover as it promises. Where all runs agree
    the interval is a point, which says that they agreed and not that a further one must.

    Raises:
        ValueError: there is no value.
    """
    if not values:
        raise ValueError("the mean of no values")
    x = np.asarray(values, dtype=float)
    if len(x) == 1:
        return Mean(1, float(x[0]))
    half = float(stats.t.ppf((1 + level) / 2, len(x) - 1)) * x.std(ddof=1) / math.sqrt(len(x))
    return Mean(len(x), float(x.mean()), float(x.mean() - half), float(x.mean() + half))


def difference(first: Sequence[float], second: Sequence[float], level: float = LEVEL) -> Mean | None:
    """Welch's interval of the difference of two means, first minus second (Welch 1947); None without two runs each.

    ``n`` is the smaller number of runs.
    """
    n, m = len(first), len(second)
    if min(n, m) < 2:
        return None
    gap = float(np.mean(first) - np.mean(second))
    a, b = float(np.var(first, ddof=1)) / n, float(np.var(second, ddof=1)) / m
    if a + b == 0:
        return Mean(min(n, m), gap, gap, gap)
    freedom = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))  # Welch-Satterthwaite
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * math.sqrt(a + b)
    return Mean(min(n, m), gap, gap - half, gap + half)


def told_from(apart: bool) -> str:
    """How a sentence goes on from the best one to the next."""
    return "and is told from" if apart else "but cannot be told from"
