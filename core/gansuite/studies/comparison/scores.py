"""Scores of runs that can be compared across tasks: how far each run is from real data, on one scale a task."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from gansuite.plugins.wording import counted
from gansuite.report.curves import finite
from gansuite.studies.cell import Result
from gansuite.studies.comparison.rows import Row
from gansuite.studies.statistics import LEVEL

Key = tuple[str, str]


@dataclass(frozen=True)
class Scores:
    """Normalised scores of training runs: 0 as good as held-out real data, 1 the untrained generator of the task.

    Args:
        methods: in the order of the grid.
        tasks: a domain, or a data set of it: what the bootstrap is stratified by.
        metrics: of each task, the primary metric whose normalised value is the score.
        values: (method, task) to [runs], in the order of the seeds; a run without a score has the worst one of its
            task: 1, or what the worst run with a score has if that is more.
        collapsed: likewise, whether a run failed, has no finite value, or is no better than the untrained generator.
        seeds: likewise, the seeds.
        errors: likewise, the standard error of each run's own evaluation; nan where it has none.
        notes: what was done about runs without a score of their own, a line each.
    """

    methods: tuple[str, ...]
    tasks: tuple[str, ...]
    metrics: Mapping[str, str]
    values: Mapping[Key, NDArray]
    collapsed: Mapping[Key, NDArray]
    seeds: Mapping[Key, tuple[int, ...]]
    errors: Mapping[Key, NDArray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def of(self, method: str) -> list[NDArray]:
        """A method's scores, one array a task."""
        return [self.values[method, task] for task in self.tasks]

    def paired(self, first: str, second: str) -> bool:
        """Whether two methods were run with the same seeds in every task."""
        return all(self.seeds[first, task] == self.seeds[second, task] for task in self.tasks)

    def share_collapsed(self, method: str) -> tuple[int, int]:
        """How many of a method's runs collapsed, and of how many."""
        flags = np.concatenate([self.collapsed[method, task] for task in self.tasks])
        return int(flags.sum()), len(flags)

    @property
    def fewest(self) -> int:
        """The smallest number of runs of a method on a task."""
        return min(len(values) for values in self.values.values())

    def tasks_of(self, method: str) -> list[str]:
        """The tasks on which a method was run."""
        return [task for task in self.tasks if (method, task) in self.values]

    def joint(self) -> Scores | None:
        """Those methods that were run on two tasks or more, on all the tasks that they share; None if there are none.

        Every method stands on the same tasks, for a mean over easier ones would say nothing about the method.
        """
        methods = tuple(method for method in self.methods if len(self.tasks_of(method)) > 1)
        tasks = tuple(task for task in self.tasks if all((method, task) in self.values for method in methods))
        if not methods or len(tasks) < 2:
            return None
        keys = [(method, task) for method in methods for task in tasks]
        parts = [{key: part[key] for key in keys if key in part} for part in (self.values, self.collapsed, self.errors)]
        values, collapsed, errors = parts
        seeds = {key: self.seeds[key] for key in keys}
        metrics = {task: self.metrics[task] for task in tasks}
        return Scores(methods, tasks, metrics, values, collapsed, seeds, errors, self.notes)


def scores_of(rows: Sequence[Row], metrics: Mapping[str, str]) -> Scores:
    """The scores of all rows, each task's by its metric."""
    tasks = tuple(dict.fromkeys(row.task for row in rows))
    values: dict[Key, NDArray] = {}
    collapsed: dict[Key, NDArray] = {}
    errors: dict[Key, NDArray] = {}
    seeds: dict[Key, tuple[int, ...]] = {}
    notes: list[str] = []
    for task in tasks:
        of_task = [row for row in rows if row.task == task]
        ends = scale_of(of_task, metrics[task])
        found = {row.method: [score(run, metrics[task], ends) for run in row.in_order] for row in of_task}
        known = [value for each in found.values() for value in each if value is not None]
        worst = max([1.0, *known])
        for row in of_task:
            key, own = (row.method, task), found[row.method]
            values[key] = np.array([worst if value is None else value for value in own])
            collapsed[key] = np.array([value is None or value >= 1.0 for value in own])
            errors[key] = np.array([error(run, metrics[task], ends) for run in row.in_order])
            seeds[key] = tuple(0 if run.seed is None else run.seed for run in row.in_order)
        notes += told_of(task, metrics[task], worst, of_task, found)
    methods = tuple(dict.fromkeys(row.method for row in rows))
    return Scores(methods, tasks, metrics, values, collapsed, seeds, errors, tuple(notes))


def told_of(
    task: str, metric: str, worst: float, rows: Sequence[Row], found: Mapping[str, Sequence[float | None]]
) -> Iterator[str]:
    """What was done about runs of a task that have no score of their own."""
    lacking = sum(value is None for each in found.values() for value in each)
    if lacking:
        have, count = ("has", "counts") if lacking == 1 else ("have", "count")
        yield (
            f"{task}: {counted(lacking, 'run')} failed or {have} no finite {metric}, and {count} as {worst:.3g}, the"
            " worst score."
        )
    unlike = sum(borrows(run, metric) for row in rows for run in row.finished)
    if unlike:
        yield (
            f"{task}: in {counted(unlike, 'run')} {metric} did not tell the untrained generator from real data; the"
            " scale is that of the task's other runs."
        )


def normalised(run: Result, metric: str) -> Mapping[str, Any] | None:
    """The normalised value with its interval, where a run has one."""
    found = run.metrics.get(metric, {}).get("normalised") if run.finished else None
    return found if found and finite(found.get("value")) else None


def borrows(run: Result, metric: str) -> bool:
    """Whether a run's metric has a finite value and no normalised one."""
    return run.finished and normalised(run, metric) is None and finite(run.metrics.get(metric, {}).get("value"))


def scale_of(rows: Sequence[Row], metric: str) -> tuple[float, float] | None:
    """Where 0 and 1 lie for all runs of a task: the medians of their floors and of their untrained generators' values.

    A run's own normalised value has ends of its own. Where an untrained generator is a matter of the seed, as random
    graphs are, or of the architecture, a worse run with a worse beginning would score better.
    """
    found = [run.metrics[metric] for row in rows for run in row.runs if normalised(run, metric)]
    ends = [(each.get("floor"), each.get("untrained")) for each in found]
    known = [pair for pair in ends if all(map(finite, pair))]
    if not known:
        return None
    floor, untrained = np.median(np.array(known, dtype=float), axis=0)
    return float(floor), float(untrained)


def score(run: Result, metric: str, ends: tuple[float, float] | None) -> float | None:
    """A run's value on the scale of its task; None where it failed or has no finite one."""
    value = run.metrics.get(metric, {}).get("value") if run.finished else None
    if ends is None or ends[0] == ends[1] or not finite(value):
        own = normalised(run, metric) if finite(value) else None
        return None if own is None else float(own["value"])
    return (value - ends[0]) / (ends[1] - ends[0])


def error(run: Result, metric: str, ends: tuple[float, float] | None) -> float:
    """The standard error of one run's evaluation, from the width of its own interval; nan where there is none."""
    found = run.metrics.get(metric, {}) if run.finished else {}
    low, high = found.get("low"), found.get("high")
    if ends is None or ends[0] == ends[1] or not finite(low) or not finite(high):
        return math.nan
    return (high - low) / 2 / float(stats.norm.ppf((1 + LEVEL) / 2)) / abs(ends[1] - ends[0])
