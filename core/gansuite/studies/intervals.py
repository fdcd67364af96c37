"""Intervals of shares."""

from __future__ import annotations

from scipy import stats

from gansuite.metrics.estimate import Interval
from gansuite.studies.statistics import LEVEL


def wilson(hits: int, n: int, level: float = LEVEL) -> Interval:
    r"""Wilson's score interval of a share; right where none or all of few runs are hit, too.

    .. math:: \frac{\hat p + z^2 / 2n \pm z \sqrt{\hat p (1 - \hat p) / n + z^2 / 4n^2}}{1 + z^2 / n}

    Raises:
        ValueError: there is no run, or more hits than runs.

    Source: Wilson, Journal of the American Statistical Association 22 (1927).
    """
    found = stats.binomtest(hits, n).proportion_ci(level, "wilson")
    return Interval(hits / n, float(found.low), float(found.high))
