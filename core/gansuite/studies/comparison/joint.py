"""What holds across the tasks: aggregates of each method's scores, and the methods against each other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gansuite.metrics.estimate import Interval
from gansuite.studies import across
from gansuite.studies.comparison.scores import Scores

SEED = 0
"""Of every bootstrap: equal results give equal intervals."""


@dataclass(frozen=True)
class Aggregate:
    """A method's scores in one number, in three ways."""

    method: str
    iqm: Interval
    median: Interval
    gap: Interval


@dataclass(frozen=True)
class Pair:
    """Two methods: the first's IQM less the second's, the chance that a run of the first is better, and p-values."""

    first: str
    second: str
    difference: Interval
    chance: Interval
    p: float
    corrected: float

    @property
    def told_apart(self) -> bool:
        """Whether the exchange test, corrected for the number of pairs, finds a difference at the level of 5 %."""
        return self.corrected <= 0.05


def rng() -> np.random.Generator:
    """The source of every interval, the same for each."""
    return np.random.default_rng(SEED)


def aggregates(scores: Scores) -> list[Aggregate]:
    """Of every method, over all tasks."""
    found = []
    for method in scores.methods:
        values = scores.of(method)
        iqm, median, gap = (f(values, rng=rng()) for f in (across.iqm, across.median, across.optimality_gap))
        found.append(Aggregate(method, iqm, median, gap))
    return found


def pairs(scores: Scores) -> list[Pair]:
    """Every two methods; those with equal seeds are resampled, and exchanged, seed by seed."""
    found = []
    for first, second in itertools.combinations(scores.methods, 2):
        x, y, paired = scores.of(first), scores.of(second), scores.paired(first, second)
        difference = across.difference(x, y, paired=paired, rng=rng())
        chance = across.probability_of_improvement(x, y, paired=paired, rng=rng())
        p = across.exchange_test(x, y, paired=paired, rng=rng())
        found.append(Pair(first, second, difference, chance, p, p))
    corrected = across.holm([pair.p for pair in found])
    return [replace(pair, corrected=q) for pair, q in zip(found, corrected, strict=True)]


def least_p(scores: Scores) -> float:
    r"""The smallest p that the exchange test can give a pair: :math:`2 / 2^{N}` with N pairs of runs."""
    runs = sum(len(scores.values[scores.methods[0], task]) for task in scores.tasks)
    return min(1.0, 2.0 ** (1 - runs))


def best(found: Sequence[Aggregate]) -> list[Aggregate]:
    """The aggregates, the lowest IQM first."""
    return sorted(found, key=lambda each: each.iqm.value)
