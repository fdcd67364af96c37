"""Bradley-Terry strengths of contestants from judgements, with intervals that know of the judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.sparse.csgraph import connected_components, shortest_path
from scipy.special import chdtrc, expit, ndtri, stdtrit, xlogy

from gansuite.errors import UserError
from gansuite.judgements.judgement import Judgement, names_of
from gansuite.metrics.estimate import Interval
from gansuite.metrics.models.tournament import DRAW, fitted, information_of

LEVEL = 0.95
JUDGES = 5
"""Judges from which on intervals rest on the differences between judges."""


@dataclass(frozen=True)
class Strengths:
    """Strengths of contestants, logarithms of odds, whose mean is 0.

    Args:
        names: of the contestants.
        wins: how often i was preferred to j; ties are halves.
        values: the strengths.
        covariance: of them.
        quantile: of the intervals, in standard errors.
        method: how they and their intervals were found, in words.
        reaches: whether i was preferred to j, or to one who was preferred to j, and so on: else nothing says how far
            below j it may lie.
    """

    names: Sequence[str]
    wins: Float[np.ndarray, "k k"]
    values: Float[np.ndarray, " k"]
    covariance: Float[np.ndarray, "k k"]
    quantile: float
    method: str
    reaches: Bool[np.ndarray, "k k"]

    @property
    def above(self) -> list[str]:
        """Contestants whose strength has no upper bound: no chain of preferences leads from all others up to them."""
        return [n for i, n in enumerate(self.names) if (self.reaches[:, i] <= self.reaches[i]).all() and self.split]

    @property
    def below(self) -> list[str]:
        """Contestants whose strength has no lower bound."""
        return [n for i, n in enumerate(self.names) if (self.reaches[i] <= self.reaches[:, i]).all() and self.split]

    @property
    def split(self) -> bool:
        """Whether some never lost to the others, so that the likelihood has no maximum (Ford 1957)."""
        return not bool(self.reaches.all())

    def strength(self, name: str) -> Interval:
        """A contestant's strength, with an open end where nothing bounds it."""
        i = self.names.index(name)
        half = self.quantile * float(self.covariance[i, i]) ** 0.5
        value = float(self.values[i])
        low = -np.inf if name in self.below else value - half
        return Interval(value, low, np.inf if name in self.above else value + half)

    def ahead(self, name: str, other: str) -> Interval:
        """How much stronger one is than the other."""
        i, j = self.names.index(name), self.names.index(other)
        value = float(self.values[i] - self.values[j])
        c = self.covariance
        half = self.quantile * max(float(c[i, i] + c[j, j] - 2 * c[i, j]), 0.0) ** 0.5
        low = value - half if self.reaches[i, j] else -np.inf
        return Interval(value, low, value + half if self.reaches[j, i] else np.inf)

    def preferred(self, name: str, other: str) -> Interval:
        """The probability that one is preferred to the other, 1 / (1 + exp(-ahead))."""
        gap = self.ahead(name, other)
        return Interval(float(expit(gap.value)), float(expit(gap.low)), float(expit(gap.high)))

    def misfit(self) -> float | None:
        """How likely wins would lie as far from one scale as these do, were they on one; None where none could show it.

        The chi-squared test of the deviance from separate probabilities for all pairs that met.
        """
        met = self.wins + self.wins.T
        pairs = int((np.triu(met) > 0).sum())
        freedom = pairs - (len(self.names) - 1)
        if freedom < 1:
            return None
        p = expit(self.values[:, None] - self.values[None])
        share = np.divide(self.wins, met, out=np.zeros_like(met), where=met > 0)
        deviance = 2 * float((xlogy(self.wins, share) - xlogy(self.wins, p)).sum())
        return float(chdtrc(freedom, max(deviance, 0.0)))


def strengths(judgements: Sequence[Judgement]) -> Strengths:
    r"""Strengths by maximum likelihood of :math:`P(i \text{ preferred to } j) = 1 / (1 + e^{s_j - s_i})`.

    Intervals: with fewer than 5 judges Wald's, from the observed information I, as if all judgements were independent.
    Else by judge: with the score :math:`g_b` of the judgements of judge b among J, the covariance is

    .. math:: I^{-1} \Bigl( \sum_b g_b g_b^\top \Bigr) I^{-1} \, \frac{J}{J - 1}

    and the quantile Student's with J - 1 degrees of freedom: judges differ, and one judge's choices are alike.

    Where some never lost to the others, the likelihood has no maximum. Each side of every pair that met is then given
    half a win more, and the end of the interval that nothing bounds is infinite.

    Raises:
        UserError: there is nothing to judge by, or contestants that never met, not even by way of others.

    Source: Bradley & Terry (1952); Hunter (2004); by cluster: Liang & Zeger (1986).
    """
    if not judgements:
        raise UserError("there are no judgements yet")
    names = names_of(list(judgements))
    judges = list(dict.fromkeys(each.judge for each in judgements))
    tables = tallied(judgements, names, judges)
    wins = tables.sum(0)
    met = wins + wins.T
    refuse_apart(names, met)
    reaches = np.isfinite(shortest_path((wins > 0).astype(float), unweighted=True))
    split = not reaches.all()
    table = wins + DRAW * (met > 0) if split else wins
    values, _ = fitted(table)
    inverse = np.linalg.pinv(information_of(table + table.T, values), hermitian=True)
    method = "maximum likelihood"
    if split:
        method += ", half a win more for each side of every pair that met"
    if len(judges) < JUDGES:
        quantile, covariance = float(ndtri((1 + LEVEL) / 2)), inverse
        method += "; Wald, judgements as independent"
    else:
        p = expit(values[:, None] - values[None])
        scores = (tables - (tables + tables.transpose(0, 2, 1)) * p).sum(2)  # [judges, k]
        covariance = inverse @ (scores.T @ scores) @ inverse * len(judges) / (len(judges) - 1)
        quantile = float(stdtrit(len(judges) - 1, (1 + LEVEL) / 2))
        method += f"; by judge, Student with {len(judges) - 1} degrees of freedom"
    return Strengths(names, wins, values, covariance, quantile, method, reaches)


def tallied(
    judgements: Sequence[Judgement], names: Sequence[str], judges: Sequence[str]
) -> Float[np.ndarray, "judges k k"]:
    """How often i was preferred to j, by judge."""
    tables = np.zeros((len(judges), len(names), len(names)))
    who, of = {n: i for i, n in enumerate(names)}, {n: i for i, n in enumerate(judges)}
    for each in judgements:
        left, right, judge = who[each.left], who[each.right], of[each.judge]
        tables[judge, left, right] += each.points
        tables[judge, right, left] += 1 - each.points
    return tables


def refuse_apart(names: Sequence[str], met: Float[np.ndarray, "k k"]) -> None:
    """Refuse contestants in groups that never met."""
    count, of = connected_components(met > 0, directed=False)
    if count > 1:
        groups = " | ".join(", ".join(n for n, g in zip(names, of, strict=True) if g == i) for i in range(count))
        raise UserError(
            f"{count} groups of contestants never met, so they have no common scale: {groups}; judge between them"
        )
