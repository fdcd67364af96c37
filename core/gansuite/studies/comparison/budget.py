"""Equal budgets: stated, enforced, and looked over when the runs are done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gansuite.errors import UserError
from gansuite.plugins.wording import did_you_mean, show
from gansuite.recipes import Recipe, read
from gansuite.studies.comparison.rows import Row
from gansuite.studies.comparison.tasks import Arm
from gansuite.studies.comparison.vary import parse_path

SETS = {"steps": "train.steps", "seconds": "train.seconds"}
"""The option of a recipe that holds a run to a budget."""
AXES = (*SETS, "parameters")
TOLERANCE = 0.05
"""By what share the networks' sizes may differ from the budget, or a run fall short of its seconds."""


@dataclass(frozen=True)
class Budget:
    """What every run may spend: ``{"steps": 2000}``, ``{"seconds": 60.0}``, ``{"parameters": 100000}``, or several."""

    limits: Mapping[str, float]

    @classmethod
    def parse(cls, texts: Sequence[str], others: Sequence[str] = ()) -> Budget:
        """``"steps=2000"`` and the like; ``others`` are the settings and variations that must not touch them.

        Raises:
            UserError: there is no such budget, it is no positive number, or a setting says otherwise.
        """
        limits: dict[str, float] = {}
        for text in texts:
            axis, equals, right = (part.strip() for part in text.partition("="))
            if axis not in AXES:
                raise UserError(f"--budget {text}: there is no budget of {show(axis)}{did_you_mean(axis, AXES)}")
            limits[axis] = positive(text, right) if equals else positive(text, "")
            if axis != "seconds" and limits[axis] != int(limits[axis]):
                raise UserError(f"--budget {text}: give a whole number")
            for other in others:
                if parse_path(other) == SETS.get(axis):
                    raise UserError(f"{other}: --budget {text} sets it for all runs; leave one of them out")
        return cls(limits)

    @property
    def settings(self) -> list[str]:
        """The settings that hold every run to it."""
        return [f"{SETS[axis]}={number(limit)}" for axis, limit in self.limits.items() if axis in SETS]

    @property
    def words(self) -> str:
        """The budget in words; empty where there is none."""
        units = {
            "steps": "{} steps",
            "seconds": "{} CPU-seconds of training on one thread",
            "parameters": f"{{}} parameters within {TOLERANCE:.0%}",
        }
        return ", ".join(units[axis].format(number(limit)) for axis, limit in self.limits.items())

    def check(self, arms: Mapping[str, Arm]) -> None:
        """Refuse networks whose sizes are not those of the budget, before any run.

        Raises:
            UserError: with the number of parameters of each row that is off.
        """
        wanted = self.limits.get("parameters")
        if wanted is None:
            return
        known: dict[str, Any] = {}
        sizes = {}
        for label, arm in arms.items():
            recipe = read({**arm.cell.arguments["recipe"], "name": "sized"})
            if arm.key not in known:
                known[arm.key] = recipe.data.dataset.make().spec
            sizes[label] = sum(parameters_of(recipe, known[arm.key]).values())
        off = {label: size for label, size in sizes.items() if abs(size - wanted) > TOLERANCE * wanted}
        if off:
            told = ", ".join(f"{label} {size:,}" for label, size in off.items())
            raise UserError(
                f"--budget parameters={number(wanted)}: not within {TOLERANCE:.0%}: {told}; change the networks' widths"
            )

    def broken(self, rows: Sequence[Row]) -> Iterator[str]:
        """What the budget could not hold: runs that ended by their steps before their seconds were used up."""
        limit = self.limits.get("seconds")
        if limit is None:
            return
        for row in rows:
            spent = [run.record.get("trained_seconds") or 0.0 for run in row.finished]
            short = [each for each in spent if each < (1 - TOLERANCE) * limit]
            if short:
                yield (
                    f"Budget not used up: {len(short)} of {len(spent)} runs of {row.label} ended by [train] steps after"
                    f" {min(short):.3g} of {number(limit)} CPU-seconds; raise --set train.steps=N."
                )


def positive(text: str, right: str) -> float:
    """A number above 0.

    Raises:
        UserError: it is none.
    """
    try:
        value = float(right)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e12:
        raise UserError(
            f"--budget {text}: write it as AXIS=NUMBER, such as --budget steps=2000; axes: {', '.join(AXES)}"
        )
    return value


def number(value: float) -> str:
    """A budget as it is typed."""
    return str(int(value)) if value == int(value) else f"{value:g}"


def parameters_of(recipe: Recipe, spec: Any) -> dict[str, int]:
    """The number of parameters of every player."""
    import torch

    from gansuite.build import build_model

    game = build_model(recipe, spec, torch.device("cpu")).game
    owned = {name: dict.fromkeys(p for part in game.owned(name) for p in part.parameters()) for name in recipe.players}
    return {name: sum(p.numel() for p in parameters) for name, parameters in owned.items()}
