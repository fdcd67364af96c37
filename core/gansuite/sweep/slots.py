"""The work of a sweep: trials of every recipe, then its winner with fresh seeds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gansuite.errors import UserError
from gansuite.plugins.wording import did_you_mean, show
from gansuite.studies.cell import Cell, Result
from gansuite.studies.grid import TRAIN, tables_of, word
from gansuite.sweep.desk import Desk
from gansuite.sweep.plan import Arm, Plan
from gansuite.sweep.space import value_at

SEEDS = 10**7
"""Seeds that belong to one sweep."""
FRESH = 10**6
"""The first of them that no trial uses."""


@dataclass(frozen=True)
class Slot:
    """A run that a sweep owes: a trial of a recipe, or its winner (``final`` not None) with a fresh seed."""

    arm: Arm
    trial: int
    final: int | None = None

    @property
    def name(self) -> str:
        """What its files are called."""
        trial = f"{self.arm.name}-{self.trial:05d}"
        return trial if self.final is None else f"{trial}-final-{self.final:05d}"

    @property
    def label(self) -> str:
        """For a person."""
        return f"{self.arm.name} trial {self.trial}" if self.final is None else f"{self.arm.name} winner"

    def seed(self, plan: Plan) -> int:
        """Trials of one number share a seed over the recipes; no two seeds of a recipe are equal."""
        return plan.seed * SEEDS + (self.trial if self.final is None else FRESH + self.final)

    def cell(self, plan: Plan, values: Mapping[str, Any]) -> Cell:
        """Its run."""
        split = self.arm.selection if self.final is None else self.arm.report
        tables = tables_of(self.arm.recipe(values, self.seed(plan), split))
        place = {"recipe": self.arm.source, "trial": self.trial, "phase": "trial" if self.final is None else "final"}
        return Cell(TRAIN, {"recipe": tables}, self.label, place | levels(self.arm, tables, values), self.seed(plan))


def levels(arm: Arm, tables: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The value of everything that is varied: what was drawn, else what the recipe has.

    A recipe has a choice if it says the same with it and without.
    """
    found = {}
    for each in arm.parameters:
        there = value_at(tables, each.of[0])
        if each.name not in values and each.choices is not None:
            there = next((choice for choice in each.choices if arm.has(each, choice)), there)
        found[each.name] = values.get(each.name, there)
    return found


def pending(plan: Plan, desk: Desk) -> list[Slot]:
    """What has no result yet, in the order in which it is to be done: a trial of each recipe after the other.

    The winner of a recipe is known when all its trials have ended.
    """
    trials = [Slot(arm, number) for number in range(plan.trials) for arm in plan.arms]
    left = [slot for slot in trials if not desk.has(slot.name)]
    busy = {slot.arm.name for slot in left}
    finals = [slot for arm in plan.arms if arm.name not in busy for slot in final_slots(plan, desk, arm)]
    return left + [slot for slot in finals if not desk.has(slot.name)]


def final_slots(plan: Plan, desk: Desk, arm: Arm) -> Iterator[Slot]:
    """The winner's runs; none where all trials failed."""
    best = winner(plan, trials_of(plan, desk, arm))
    for number in range(plan.final_seeds if best is not None else 0):
        yield Slot(arm, best or 0, number)


def trials_of(plan: Plan, desk: Desk, arm: Arm) -> list[Result]:
    """The results of a recipe's trials that have ended, in the order of their numbers."""
    ended = desk.ended()
    slots = (Slot(arm, number) for number in range(plan.trials))
    return [ended[slot.name] for slot in slots if slot.name in ended]


def finals_of(plan: Plan, desk: Desk, arm: Arm) -> list[Result]:
    """The results of the winner's runs that have ended."""
    ended = desk.ended()
    return [ended[slot.name] for slot in final_slots(plan, desk, arm) if slot.name in ended]


def winner(plan: Plan, trials: list[Result]) -> int | None:
    """The number of the best trial, the first of several; None where none has a value."""
    losses = {result.factors["trial"]: loss(plan, result) for result in trials}
    best = min(losses, key=lambda number: (losses[number], number), default=None)
    return None if best is None or not math.isfinite(losses[best]) else best


def loss(plan: Plan, result: Result) -> float:
    """What came of a run, less being better; infinite where it failed or its value is not finite."""
    found = result.metrics.get(plan.metric, {}) if result.finished else {}
    value = found.get("value")
    if value is None or not math.isfinite(value):
        return math.inf
    return -value if found.get("direction") == "max" else value


def check_measured(plan: Plan, result: Result) -> None:
    """Whether a finished run has the metric that is searched for, with a better and a worse.

    Raises:
        UserError: no; what it has instead.
    """
    if not result.finished:
        return
    if plan.metric not in result.metrics:
        names = list(result.metrics)
        hint = did_you_mean(plan.metric, names) or f"; there is {' '.join(names)}"
        raise UserError(f"metric {show(plan.metric)} is not among what {result.name} measured{hint}")
    if result.metrics[plan.metric].get("direction") not in ("min", "max"):
        raise UserError(f"metric {show(plan.metric)} has no direction: on both sides of its ideal it is worse")


def words_of(arm: Arm, values: Mapping[str, Any]) -> str:
    """Values for a person: ``lr=0.0012 batch_size=64``."""
    told = (f"{each.name}={short(values.get(each.name))}" for each in arm.parameters)
    return " ".join(told)


def short(value: Any) -> str:
    """A value in few digits."""
    return f"{value:.3g}" if isinstance(value, float) else word(value)


def relocated(result: Result, arm: Arm) -> Result:
    """A result whose run folder is told from ``runs`` on, where each recipe has a folder of its own."""
    if "folder" not in result.record:
        return result
    return replace(result, record={**result.record, "folder": f"{arm.name}/{result.record['folder']}"})
