"""The block jackknife: bias correction and an interval from leaving out one block of every sample set at a time.

Deleting block b of all sets at once keeps whatever the sets share (the same real samples in a value and in its
floor) in the variance. With blocks of unequal sizes m_b of n, and h_b = n / m_b:

    pseudo-value   t_b = h_b theta - (h_b - 1) theta_(b)
    corrected      theta_J = B theta - sum_b (1 - m_b / n) theta_(b)
    variance       1/B sum_b (t_b - theta_J)^2 / (h_b - 1)

Source: Busing, Meijer & van der Leeden, Statistics and Computing 9 (1999), delete-m_j jackknife.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int64
from scipy.special import stdtrit
from torch import Tensor

from gansuite.metrics.estimate import Interval

BLOCKS = 10


def block_labels(n: int, blocks: int = BLOCKS, seed: int = 0) -> Int64[Tensor, " n"]:
    """The block of each of ``n`` rows: a seeded shuffle of 0..B-1, sizes differing by one at most, B = min(blocks, n).

    Shuffled, because rows often come sorted by class: consecutive blocks would overstate the variance of such
    data and strided ones understate it.
    """
    generator = torch.Generator().manual_seed(seed)
    return torch.arange(n).remainder(min(blocks, n))[torch.randperm(n, generator=generator)]


@dataclass(frozen=True)
class Jackknife:
    """Joint jackknife of k statistics: ``value`` [k], ``pseudo`` [B, k] and the weights h_b - 1, [B]."""

    value: np.ndarray
    centre: np.ndarray
    pseudo: np.ndarray
    weight: np.ndarray

    def error(self, gradient: Sequence[float] | np.ndarray) -> float:
        """Standard error of a function of the statistics with this ``gradient`` [k] (first order)."""
        deviation = (self.pseudo - self.centre) @ np.asarray(gradient)
        return float(np.sqrt(np.mean(deviation**2 / self.weight)))

    def interval(self, value: float, gradient: Sequence[float] | np.ndarray, level: float = 0.95) -> Interval:
        """Student interval with B - 1 degrees of freedom about ``value``."""
        half = float(stdtrit(len(self.pseudo) - 1, (1 + level) / 2)) * self.error(gradient)
        return Interval(value, value - half, value + half)

    def of(self, index: int, level: float = 0.95) -> Interval:
        """Interval of statistic number ``index``."""
        return self.interval(float(self.value[index]), np.eye(len(self.value))[index], level)


def jackknife_of(
    statistic: Callable[[int | None], Sequence[float]],
    labels: Int64[Tensor, " n"],
    *,
    correct: bool = True,
) -> Jackknife:
    """Jackknife k statistics at once.

    Args:
        statistic: ``statistic(None)`` gives the k values on all rows and ``statistic(b)`` those without block b
            (rows where ``labels != b``), recomputed or taken from sums kept by block.
        labels: block of each row, from ``block_labels``.
        correct: subtract the estimated bias (of order 1/n) from the values; leave off for unbiased statistics.
    """
    sizes = np.bincount(labels.numpy()).astype(float)
    share = (sizes / sizes.sum())[:, None]
    whole = np.asarray(statistic(None), dtype=float)
    without = np.asarray([statistic(b) for b in range(len(sizes))], dtype=float)
    centre = len(sizes) * whole - ((1 - share) * without).sum(0)
    pseudo = whole / share - (1 / share - 1) * without
    return Jackknife(centre if correct else whole, centre, pseudo, 1 / share[:, 0] - 1)
