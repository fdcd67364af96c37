"""The primary metric of each task: the one whose normalised value is the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gansuite.errors import UserError
from gansuite.report.curves import finite
from gansuite.studies.cell import Result
from gansuite.studies.comparison.rows import Row
from gansuite.studies.comparison.scores import normalised
from gansuite.studies.comparison.tasks import Arm, Place


def check(arms: Mapping[str, Arm], places: Mapping[str, Place], named: Sequence[str]) -> None:
    """Refuse before any run what the recipes tell already: that the tasks will have no metric in common.

    Raises:
        UserError: a joint table is wanted and there is no metric for it, or one was named that a task will not have.
    """
    measured: dict[str, list[set[str]]] = {}
    told: dict[str, list[str]] = {}
    for label, arm in arms.items():
        names = [str(table["name"]).rpartition("/")[2] for table in arm.cell.arguments["recipe"].get("metrics", ())]
        measured.setdefault(places[label].task, []).append(set(names))
        told.setdefault(places[label].task, names)
    shared = {task: set.intersection(*sets) for task, sets in measured.items()}
    each = "; ".join(f"{task}: {', '.join(names) or 'none'}" for task, names in told.items())
    for task, names in shared.items():
        if named and not any(component(name) in names for name in named):
            raise UserError(
                f"--metric {' --metric '.join(named)}: not all recipes of {task} measure it; name one of each task as"
                f" well ({each})"
            )
    joined = len({(place.task, place.method) for place in places.values()}) > len(
        {place.method for place in places.values()}
    )
    if not named and joined and not set.intersection(*shared.values()):
        firsts = dict.fromkeys(names[0] for names in told.values() if names)
        example = " --metric ".join(firsts)
        hint = f"name the one of each that scores its runs, as --metric {example}, or " if firsts else ""
        raise UserError(f"the tasks have no metric in common ({each}); {hint}give the recipes one")


def component(name: str) -> str:
    """The metric that reports a number of this name: ``graph-mmd`` of ``graph-mmd/degree``, ``kid`` of ``kid@raw``."""
    return name.partition("/")[0].partition("@")[0]


def primary(rows: Sequence[Row], named: Sequence[str]) -> dict[str, str]:
    """The metric of each task whose normalised value is the score.

    That is the first of ``named`` that all finished runs of the task have; without names the first one that the runs of
    all tasks have, with a normalised value. Empty where there is none.

    Raises:
        UserError: a metric that was named has no normalised value.
    """
    tasks = dict.fromkeys(row.task for row in rows)
    by_task = {task: [run for row in rows if row.task == task for run in row.finished] for task in tasks}
    if not named:
        every = [run for runs in by_task.values() for run in runs]
        candidates = dict.fromkeys(name for run in every for name in run.metrics)
        usable = (
            name
            for name in candidates
            if all(name in run.metrics for run in every)
            and all(any(normalised(run, name) for run in runs) for runs in by_task.values() if runs)
        )
        first = next(usable, None)
        return {} if first is None else dict.fromkeys(tasks, first)
    chosen = {}
    for task, runs in by_task.items():
        metric = next((name for name in named if all(name in run.metrics for run in runs)), None)
        if metric is None:
            raise UserError(
                f"--metric {' --metric '.join(named)}: the runs of {task} have {', '.join(common(runs)) or 'no metric'}"
                " in common; name one of these as well"
            )
        if any(finite(run.metrics[metric].get("value")) for run in runs) and not any(
            normalised(run, metric) for run in runs
        ):
            usable = [name for name in common(runs) if any(normalised(run, name) for run in runs)]
            raise UserError(
                f"--metric {metric}: it has no normalised value in {task}, where real data or the untrained generator"
                f" have no value of their own; {'name ' + ' or '.join(usable) if usable else 'no metric there has one'}"
            )
        chosen[task] = metric
    return chosen


def common(runs: Sequence[Result]) -> list[str]:
    """The metrics that all of these runs have."""
    return [
        name for name in dict.fromkeys(n for run in runs for n in run.metrics) if all(name in r.metrics for r in runs)
    ]
