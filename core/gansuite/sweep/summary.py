"""What the results of a sweep say, recipe by recipe, before any of it is put into words or drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import stats

from gansuite.studies.best_of_k import BestOfK, best_of_k
from gansuite.studies.cell import Result
from gansuite.studies.statistics import Mean, mean
from gansuite.sweep.desk import Desk
from gansuite.sweep.plan import Arm, Plan
from gansuite.sweep.slots import finals_of, loss, trials_of, winner
from gansuite.sweep.space import Parameter


@dataclass(frozen=True)
class Summary:
    """One recipe's trials and the runs of its winner.

    Args:
        arm: the recipe.
        plan: of the sweep.
        trials: results, in the order of their numbers.
        finals: results of the winner with fresh seeds.
        values: of the trials, those that failed at ``worst``.
        failed: which of them did, or gave no finite value.
        worst: the worst value that any run of the sweep gave, or its untrained generator; None where there is none.
        direction: "min" or "max".
    """

    arm: Arm
    plan: Plan
    trials: Sequence[Result]
    finals: Sequence[Result]
    values: Sequence[float]
    failed: Sequence[bool]
    worst: float | None
    direction: str

    @property
    def winner(self) -> Result | None:
        """The best trial."""
        number = winner(self.plan, list(self.trials))
        return next((trial for trial in self.trials if trial.factors["trial"] == number), None)

    @property
    def best(self) -> float | None:
        """The value of the best trial."""
        return None if self.winner is None else value_of(self.plan, self.winner)

    @cached_property
    def curve(self) -> BestOfK | None:
        """The expected best of k; None where no trial has a value."""
        return best_of_k(self.values, direction=self.direction) if self.values else None

    @property
    def fresh(self) -> list[float]:
        """The values over fresh seeds, failures at the worst value."""
        found = (value_of(self.plan, result) for result in self.finals)
        return [value for value in (self.worst if each is None else each for each in found) if value is not None]

    @property
    def mean(self) -> Mean | None:
        """Their mean."""
        return mean(self.fresh) if self.fresh else None


def value_of(plan: Plan, result: Result) -> float | None:
    """The metric that is searched for; None where the run failed or its value is not finite."""
    return result.metrics[plan.metric]["value"] if math.isfinite(loss(plan, result)) else None


def summarise(plan: Plan, desk: Desk) -> list[Summary]:
    """Every recipe of a sweep, as far as it is done."""
    trials = {arm.name: trials_of(plan, desk, arm) for arm in plan.arms}
    finals = {arm.name: finals_of(plan, desk, arm) for arm in plan.arms}
    runs = [run for each in (*trials.values(), *finals.values()) for run in each]
    found = [run.metrics[plan.metric] for run in runs if value_of(plan, run) is not None]
    direction = next((each["direction"] for each in found), "min")
    known = [value for each in found for value in (each["value"], each.get("untrained"))]
    finite = [value for value in known if value is not None and math.isfinite(value)]
    worst = (max if direction == "min" else min)(finite) if finite else None
    summaries = []
    for arm in plan.arms:
        values = [value_of(plan, trial) for trial in trials[arm.name]]
        filled = [value for value in (worst if each is None else each for each in values) if value is not None]
        failed = [each is None for each in values]
        summaries.append(Summary(arm, plan, trials[arm.name], finals[arm.name], filled, failed, worst, direction))
    return summaries


def spent(summary: Summary) -> dict[str, Any]:
    """What the trials of a recipe cost."""
    runs = [*summary.trials, *summary.finals]
    steps = {run.record.get("steps") for run in runs if run.finished}
    return {
        "steps": next(iter(steps)) if len(steps) == 1 else None,
        "cpu_seconds": sum(run.cpu_seconds for run in runs),
    }


def association(summary: Summary, parameter: Parameter) -> tuple[float, float] | None:
    r"""How much of the trials' order by value goes with an option, and the probability of as much by chance.

    For a number Spearman's correlation of the option with the value, with its sign; for a choice

    .. math:: \epsilon^2 = H / (n - 1) \in [0, 1]

    with Kruskal and Wallis' H of the values grouped by choice: the share of the variance of ranks that lies between
    choices, the square of what the correlation is for two numbers. None where nothing varied.
    """
    drawn = [trial.factors.get(parameter.name) for trial in summary.trials]
    values = np.asarray(summary.values)
    if len(values) != len(drawn) or len(values) < 4 or np.ptp(values) == 0:
        return None
    if parameter.choices is None:
        known = [isinstance(each, int | float) for each in drawn]
        x, y = np.array([each for each in drawn if isinstance(each, int | float)], dtype=float), values[known]
        if len(x) < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
            return None
        found = stats.spearmanr(x, y)
        return float(found.statistic), float(found.pvalue)  # pyright: ignore[reportAttributeAccessIssue]
    groups = [values[[str(each) == level for each in drawn]] for level in dict.fromkeys(map(str, drawn))]
    if len(groups) < 2:
        return None
    found = stats.kruskal(*groups)
    return float(found.statistic) / (len(values) - 1), float(found.pvalue)
