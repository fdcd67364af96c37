"""Statistics of scores over several tasks, with a bootstrap that resamples training runs inside each task.

A score says how far a run is from real data: 0 is as good as held-out real data, 1 the untrained generator, so less is
better. ``values`` are one array of runs a task, ``[n_t]``; every task has equal weight whatever its number of runs.

Source: Agarwal, Schwarzer, Castro, Courville, Bellemare, "Deep Reinforcement Learning at the Edge of the Statistical
Precipice", NeurIPS 2021, for all but the exchange test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gansuite.metrics.estimate import Interval
from gansuite.studies.statistics import LEVEL

Values = Sequence[NDArray]
Number = NDArray | np.floating
"""An array, of no dimensions for plain scores."""
Statistic = Callable[[Values], Number]
"""Of one array ``[..., n_t]`` a task, an array ``[...]``."""
Contrast = Callable[[Values, Values], Number]
"""The same of two methods; it changes its sign when they change their places."""
REPS = 2000


def iqm_of(groups: Values) -> Number:
    r"""Interquartile mean: the mean of the middle half of all runs.

    .. math:: 2 \int_{1/4}^{3/4} F^{-1}(u) \, du, \qquad F = \frac1T \sum_t F_t

    with F_t the distribution of task t's runs. A run that a quartile falls upon counts in part, so that it is defined
    for any number of runs (rliable leaves out whole runs; both agree where 4 divides the number of all runs).
    """
    x = np.concatenate(groups, axis=-1)
    if len({g.shape[-1] for g in groups}) == 1:
        upper = np.arange(1, x.shape[-1] + 1) / x.shape[-1]
        kept = upper.clip(0.25, 0.75) - (upper - upper[0]).clip(0.25, 0.75)
        return 2 * (np.sort(x, axis=-1) * kept).sum(-1)
    weight = np.concatenate([np.full(g.shape[-1], 1 / (g.shape[-1] * len(groups))) for g in groups])
    order = np.argsort(x, axis=-1)
    upper = np.cumsum(weight[order], axis=-1)
    kept = upper.clip(0.25, 0.75) - (upper - weight[order]).clip(0.25, 0.75)
    return 2 * (np.take_along_axis(x, order, -1) * kept).sum(-1)


def median_of(groups: Values) -> Number:
    """The median over the tasks of each task's mean."""
    return np.median(np.stack([g.mean(-1) for g in groups], -1), -1)


def mean_of(groups: Values) -> Number:
    """The mean over the tasks of each task's mean."""
    return np.stack([g.mean(-1) for g in groups], -1).mean(-1)


def gap_of(groups: Values) -> Number:
    """Optimality gap: the mean of max(score, 0), so that what beats real data makes up for nothing."""
    return mean_of([g.clip(min=0.0) for g in groups])


def iqm(values: Values, *, reps: int = REPS, rng: np.random.Generator, level: float = LEVEL) -> Interval:
    """:func:`iqm_of` with its interval."""
    return bootstrap(iqm_of, values, reps=reps, rng=rng, level=level)


def median(values: Values, *, reps: int = REPS, rng: np.random.Generator, level: float = LEVEL) -> Interval:
    """:func:`median_of` with its interval."""
    return bootstrap(median_of, values, reps=reps, rng=rng, level=level)


def optimality_gap(values: Values, *, reps: int = REPS, rng: np.random.Generator, level: float = LEVEL) -> Interval:
    """:func:`gap_of` with its interval."""
    return bootstrap(gap_of, values, reps=reps, rng=rng, level=level)


def bootstrap(
    statistic: Statistic, values: Values, *, reps: int = REPS, rng: np.random.Generator, level: float = LEVEL
) -> Interval:
    """A statistic with its percentile interval over ``reps`` resamples of the runs of each task.

    Raises:
        ValueError: there is no task, a task has no run, or a score is not finite.
    """
    values = checked(values)
    drawn = statistic([x[rows] for x, rows in zip(values, resamples(values, reps, rng), strict=True)])
    return spread(float(statistic(values)), drawn, level)


def difference(
    first: Values,
    second: Values,
    statistic: Statistic = iqm_of,
    *,
    paired: bool = False,
    reps: int = REPS,
    rng: np.random.Generator,
    level: float = LEVEL,
) -> Interval:
    """First minus second of a statistic. ``paired``: the k-th runs of both share a seed, and are resampled together."""
    first, second = aligned(first, second, paired)
    rows = resamples(first, reps, rng)
    others = rows if paired else resamples(second, reps, rng)
    drawn = statistic([x[i] for x, i in zip(first, rows, strict=True)]) - statistic(
        [y[i] for y, i in zip(second, others, strict=True)]
    )
    return spread(float(statistic(first) - statistic(second)), drawn, level)


def probability_of_improvement(
    x: Values,
    y: Values,
    *,
    paired: bool = False,
    reps: int = REPS,
    rng: np.random.Generator,
    level: float = LEVEL,
) -> Interval:
    r"""How often a run of the first method has a better (smaller) score than one of the second; ties count half.

    .. math:: \frac1T \sum_t \frac{1}{n_t m_t} \sum_{ij} \bigl( [x_{ti} < y_{tj}] + \tfrac12 [x_{ti} = y_{tj}] \bigr)

    which is Mann and Whitney's U over its greatest value, averaged over the tasks.
    """
    x, y = aligned(x, y, paired)
    drawn = np.zeros(reps)
    for a, b in zip(x, y, strict=True):
        wins = (a[:, None] < b) + 0.5 * (a[:, None] == b)
        times = counts(len(a), reps, rng)
        others = times if paired else counts(len(b), reps, rng)
        drawn += ((times @ wins) * others).sum(1) / (wins.size * len(x))
    return spread(0.5 + float(better_of(x, y)), drawn, level)


@dataclass(frozen=True)
class Profile:
    """A performance profile: ``share`` of runs whose score is at most each of ``taus``, with its interval; all [k]."""

    taus: NDArray
    share: NDArray
    low: NDArray
    high: NDArray


def profile(
    values: Values, taus: NDArray, *, reps: int = REPS, rng: np.random.Generator, level: float = LEVEL
) -> Profile:
    """P(score <= tau) over the runs of all tasks, with an interval at every tau (not of the whole curve)."""
    values, taus = checked(values), np.asarray(taus, dtype=float)
    share, drawn = np.zeros(len(taus)), np.zeros((reps, len(taus)))
    for x in values:
        below = (x[:, None] <= taus).astype(float)
        share += below.mean(0) / len(values)
        drawn += counts(len(x), reps, rng) @ below / (len(x) * len(values))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Profile(taus, share, low, high)


def better_of(x: Values, y: Values) -> Number:
    """The probability of improvement less one half, of ``[..., n_t]`` and ``[..., m_t]`` a task."""
    parts = [np.sign(b[..., None, :] - a[..., :, None]).mean((-2, -1)) for a, b in zip(x, y, strict=True)]
    return np.stack(parts, -1).mean(-1) / 2


def exchange_test(
    first: Values,
    second: Values,
    contrast: Contrast = better_of,
    *,
    paired: bool = False,
    reps: int = 10_000,
    rng: np.random.Generator,
) -> float:
    r"""Two-sided p of "the two methods have the same scores", by exchanging their names.

    .. math:: p = \frac{1 + \#\{r : |d_r| \ge |d|\}}{1 + R}

    d being the contrast of the two, d_r the same after the names are exchanged by chance: within each pair of runs that
    share a task and a seed if ``paired``, else among all runs of a task. It errs no more often than it says for any
    number of runs, which a bootstrap of few runs does not. The contrast goes by ranks within each task: the difference
    of IQM would not notice exchanges among the outer half of the runs, and so tell less apart.

    Source: Phipson and Smyth, "Permutation P-values Should Never Be Zero", 2010, for the ones.
    """
    first, second = aligned(first, second, paired)
    ones: list[NDArray] = []
    others: list[NDArray] = []
    for a, b in zip(first, second, strict=True):
        if paired:
            swap = rng.random((reps, len(a))) < 0.5
            ones.append(np.where(swap, b, a))
            others.append(np.where(swap, a, b))
        else:
            mixed = rng.permuted(np.tile(np.concatenate([a, b]), (reps, 1)), axis=1)
            ones.append(mixed[:, : len(a)])
            others.append(mixed[:, len(a) :])
    observed = abs(float(contrast(first, second)))
    as_large = np.abs(contrast(ones, others)) >= observed - 1e-12 * max(1.0, observed)
    return float((1 + as_large.sum()) / (1 + reps))


def holm(p: Sequence[float]) -> list[float]:
    """P-values corrected so that among all of them the chance of one false rejection is at most the level.

    Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979.
    """
    order = np.argsort(p, kind="stable")
    steps = np.asarray(p, dtype=float)[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.maximum.accumulate(steps).clip(max=1.0)
    return adjusted.tolist()


def checked(values: Values) -> list[NDArray]:
    """The scores of every task as floats.

    Raises:
        ValueError: there is no task, a task has no run, or a score is not finite.
    """
    arrays = [np.asarray(x, dtype=float) for x in values]
    if not arrays or any(x.ndim != 1 or len(x) == 0 or not np.isfinite(x).all() for x in arrays):
        raise ValueError("scores are one array of finite numbers a task, and no task is empty")
    return arrays


def aligned(first: Values, second: Values, paired: bool) -> tuple[list[NDArray], list[NDArray]]:
    """The scores of two methods on the same tasks.

    Raises:
        ValueError: the tasks, or under ``paired`` their numbers of runs, are not the same.
    """
    first, second = checked(first), checked(second)
    if len(first) != len(second):
        raise ValueError("both methods need scores of the same tasks")
    if paired and any(len(a) != len(b) for a, b in zip(first, second, strict=True)):
        raise ValueError("paired scores need the same seeds")
    return first, second


def resamples(values: Values, reps: int, rng: np.random.Generator) -> list[NDArray]:
    """Runs drawn with replacement inside each task: [reps, n_t] of each."""
    return [rng.integers(len(x), size=(reps, len(x))) for x in values]


def counts(n: int, reps: int, rng: np.random.Generator) -> NDArray:
    """The same as how often each run is drawn: [reps, n]."""
    return rng.multinomial(n, np.full(n, 1 / n), size=reps).astype(float)


def spread(value: float, drawn: Number, level: float) -> Interval:
    """The percentile interval of what was drawn."""
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))
