"""The expected best of k trials, exactly: what a budget of k buys, from the n trials that were made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Num
from numpy.typing import NDArray

ENTRIES = 2**24
"""Numbers of a table of weights that are held at a time."""
CURVE = 200
"""Values of k that a curve over more trials than that has."""


@dataclass(frozen=True)
class BestOfK:
    """For each ``k``: the expected best of k trials, its standard deviation, and the ends of the mean's interval.

    All are arrays of one length; ``deviation`` is how far one search of k trials lies from the mean of such searches.
    """

    k: Int[NDArray, " ks"]
    value: Float[NDArray, " ks"]
    deviation: Float[NDArray, " ks"]
    low: Float[NDArray, " ks"]
    high: Float[NDArray, " ks"]


def best_of_k(
    values: Sequence[float] | Num[NDArray, " n"],
    k: Sequence[int] | None = None,
    *,
    direction: str = "min",
    reps: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> BestOfK:
    r"""The best of k trials, in the mean over all subsets of k of the n that were made.

    .. math::
        \mathbb E[\min_k] = \sum_{i=1}^{n} w_{ki}\, x_{(i)}, \qquad
        w_{ki} = \binom{n - i}{k - 1} \Big/ \binom nk, \qquad
        \operatorname{Var}[\min_k] = \sum_i w_{ki}\, (x_{(i)} - \mathbb E[\min_k])^2

    with :math:`x_{(1)} \le \dots \le x_{(n)}`: there are :math:`\binom{n-i}{k-1}` subsets whose least is the i-th. It
    is the U-statistic of the best of k new trials, without bias where trials are independent draws of one search, as
    those of a random search are. Dodge et al. (2019) plot the same with replacement, which is biased.

    The interval is the percentile bootstrap over trials (each resample has n). As k comes near n it rests on the few
    best trials, which a bootstrap cannot renew: there it is too narrow.

    Args:
        values: of the n trials; one that failed at the worst value, for it was paid for.
        k: sizes of the search; by default 1 to n, or 200 of them where n is larger.
        direction: "min", or "max" where the greatest is best.
        reps: resamples.
        level: of the interval.
        seed: of the resamples.

    Raises:
        ValueError: there is no value, one is not finite, a k is not in 1 to n, or the direction is neither.
    """
    x = np.asarray(values, dtype=float)
    if direction not in ("min", "max"):
        raise ValueError(f"direction {direction!r}: 'min' or 'max'")
    if not len(x) or not np.isfinite(x).all():
        raise ValueError("the best of k needs finite values, one at least")
    n = len(x)
    ks = sizes(n) if k is None else np.asarray(k, dtype=int)
    if len(ks) and (ks.min() < 1 or ks.max() > n):
        raise ValueError(f"the best of {ks.min()} to {ks.max()} trials cannot be told from {n}")
    sign = 1.0 if direction == "min" else -1.0
    x = np.sort(sign * x)
    rng = np.random.default_rng(seed)
    drawn = np.sort(x[rng.integers(0, n, (reps, n))], axis=1) if reps else np.empty((0, n))
    found = np.concatenate([moments(rows, x, drawn, level) for rows in weights(ks, n)], axis=1)
    value, deviation, low, high = found if sign > 0 else (-found[0], found[1], -found[3], -found[2])
    return BestOfK(ks, value, deviation, low, high)


def sizes(n: int) -> Int[NDArray, " ks"]:
    """1 to n, or ``CURVE`` of them at equal ratios."""
    return np.arange(1, n + 1) if n <= CURVE else np.unique(np.geomspace(1, n, CURVE).round().astype(int))


def weights(ks: Int[NDArray, " ks"], n: int) -> Iterator[Float[NDArray, "part n"]]:
    """The weights of the order statistics, a row a k, in parts that fit in memory.

    They are products, :math:`w_{k1} = k/n` and :math:`w_{k,i+1} = w_{ki} (n - i - k + 1)/(n - i)`: nothing overflows,
    and what underflows is 0 to any purpose.
    """
    i = np.arange(1, n)
    for part in np.array_split(ks, max(1, -(-len(ks) * n // ENTRIES))):
        ratios = np.maximum(0, n - i - part[:, None] + 1) / (n - i)
        yield np.cumprod(np.concatenate([part[:, None] / n, ratios], axis=1), axis=1)


def moments(
    rows: Float[NDArray, "part n"], x: Float[NDArray, " n"], drawn: Float[NDArray, "reps n"], level: float
) -> Float[NDArray, "4 part"]:
    """Mean, deviation and interval for the sizes that ``rows`` are the weights of."""
    mean = rows @ x
    deviation = np.sqrt((rows * (x - mean[:, None]) ** 2).sum(1))
    if not len(drawn):
        return np.stack([mean, deviation, mean, mean])
    low, high = np.quantile(drawn @ rows.T, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.stack([mean, deviation, low, high])
