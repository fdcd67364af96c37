"""What the runs of a domain scored, all on one scale, and what they spent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from scipy import stats

from gansuite.studies.cell import Result
from gansuite.studies.variance import Analysis, two_way

PRIMARY = "frechet"
SECOND = "density-coverage/coverage"
FACTORS = ("prior", "training")
Of = Float[np.ndarray, "priors trainings runs"]


@dataclass(frozen=True)
class Domain:
    """The runs of one domain, those that failed among them: arrays [prior, training, run] in the order of the levels.

    Args:
        name: of the domain.
        levels: names of the priors, and of the trainings.
        runs: results of each cell, in the order of their seeds.
        marginals: the result of the samples with the data's marginals.
    """

    name: str
    levels: tuple[tuple[str, ...], tuple[str, ...]]
    runs: Mapping[tuple[str, str], Sequence[Result]]
    marginals: Result

    @property
    def n(self) -> int:
        """Runs of each cell."""
        return min(map(len, self.runs.values()))

    @property
    def cells(self) -> list[tuple[str, str]]:
        """All combinations of a prior and a training."""
        return [(prior, training) for prior in self.levels[0] for training in self.levels[1]]

    def ends(self, metric: str = PRIMARY) -> tuple[float, float]:
        """The metric of real samples held out, and of the samples with the data's marginals."""
        found = self.marginals.metrics[metric]
        return found["floor"], found["value"]

    def normalised(self, metric: str) -> Of:
        r"""s = (m - floor) / (marginals - floor): 0 as good as real samples, 1 as the product of the data's marginals.

        Every cell of a domain is measured by the same two. A generator's own value before training would be no
        common measure: networks differ before they have learnt anything (two of our generators of graphs tenfold).
        A run that failed, or whose metric is not finite, is NaN.
        """
        floor, marginals = self.ends(metric)
        rows = [[value_of(run, metric) for run in self.runs[cell][: self.n]] for cell in self.cells]
        shape = (len(self.levels[0]), len(self.levels[1]), self.n)
        return ((np.array(rows) - floor) / (marginals - floor)).reshape(shape)

    @cached_property
    def scores(self) -> Of:
        """Normalised Fréchet distances; a run that failed has the worst of the domain, and no less than 1."""
        found = self.normalised(PRIMARY)
        worst = max(1.0, float(np.nanmax(found, initial=1.0)))
        return np.where(np.isfinite(found), found, worst)

    @cached_property
    def collapsed(self) -> Bool[np.ndarray, "priors trainings runs"]:
        """Runs that failed, or are no better than the data's marginals."""
        return self.scores >= 1

    @property
    def analysed(self) -> Of:
        """log(1 + s), s below 0 as 0: what the analysis of variance is of.

        Scores have a long tail, and one failed cell would hold all the variance; log(1 + s) is s where s is
        small, and counts factors where it is large.
        """
        return np.log1p(self.scores.clip(min=0.0))

    @cached_property
    def analysis(self) -> Analysis:
        """The analysis of variance of log(1 + s)."""
        return two_way(self.analysed, FACTORS)

    @cached_property
    def of_ranks(self) -> Analysis:
        """The same of the ranks of the scores among all runs of the domain, ties sharing theirs.

        Source: Conover & Iman, Rank transformations as a bridge (1981).
        """
        return two_way(stats.rankdata(self.scores).reshape(self.scores.shape), FACTORS)


def value_of(run: Result, metric: str) -> float:
    """A metric of a run; NaN where there is none."""
    value = run.metrics.get(metric, {}).get("value") if run.finished else None
    return float(value) if value is not None and math.isfinite(value) else math.nan


def domains_of(results: Sequence[Result]) -> list[Domain]:
    """The results by domain; those whose marginals, or whole cells, are lacking are left out."""
    grouped: dict[str, dict[str, Any]] = {}
    for result in results:
        group = grouped.setdefault(str(result.factors["domain"]), {"runs": {}})
        if "prior" in result.factors:
            cell = (str(result.factors["prior"]), str(result.factors["training"]))
            group["runs"].setdefault(cell, []).append(result)
        else:
            group["marginals"] = result
    return [
        Domain(
            name, (tuple(dict.fromkeys(p for p, _ in runs)), tuple(dict.fromkeys(t for _, t in runs))), runs, marginals
        )
        for name, group in grouped.items()
        if (runs := group["runs"]) and (marginals := group.get("marginals")) and marginals.finished
    ]
