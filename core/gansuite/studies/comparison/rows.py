"""The rows of a comparison: the runs of one recipe at one setting, over the seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gansuite.recipes.tables import Published
from gansuite.studies.cell import Result
from gansuite.studies.picture import Reported
from gansuite.studies.statistics import Mean, mean

ARROWS = {"max": " ↑", "min": " ↓"}


@dataclass(frozen=True)
class Row:
    """The runs of one recipe at one setting, over the seeds: those of a ``method`` on a ``task``."""

    label: str
    runs: Sequence[Result]
    published: Published | None = None
    task: str = ""
    method: str = ""

    @property
    def in_order(self) -> list[Result]:
        """All runs, in the order of their seeds."""
        return sorted(self.runs, key=lambda run: run.seed or 0)

    @property
    def finished(self) -> list[Result]:
        return [run for run in self.runs if run.finished]

    def values(self, metric: str) -> list[float]:
        """A metric's value in every finished run that has a finite one."""
        found = [run.metrics.get(metric, {}).get("value") for run in self.finished]
        return [value for value in found if value is not None and math.isfinite(value)]

    def mean(self, metric: str) -> Mean | None:
        values = self.values(metric)
        return mean(values) if values else None

    @property
    def cpu_seconds(self) -> Mean | None:
        """CPU-seconds of a finished run, where they were counted."""
        counted = [run.cpu_seconds for run in self.finished if run.cpu_seconds]
        return mean(counted) if counted else None

    def figure(self, metric: str) -> Reported | None:
        """What the paper reports, and the ± it gives."""
        value = self.published.values.get(metric) if self.published else None
        return None if value is None else value if isinstance(value, tuple) else (value, None)


def unfinished(row: Row) -> list[Result]:
    return [run for run in row.runs if not run.finished]


def metrics_of(rows: Sequence[Row]) -> tuple[list[str], dict[str, str]]:
    """The metrics in the order in which runs report them, then those that only papers do; and their directions."""
    directions: dict[str, str] = {}
    names: dict[str, None] = {}
    for run in (run for row in rows for run in row.finished):
        names |= dict.fromkeys(run.metrics)
        directions |= {name: each["direction"] for name, each in run.metrics.items() if each.get("direction")}
    for row in rows:
        names |= dict.fromkeys(row.published.values if row.published else ())
    return list(names), directions


def told(row: Row, names: Sequence[str]) -> dict[str, Any]:
    """A row for scripts: means, and every run's own value and interval."""
    runs = row.finished
    means = {name: row.mean(name) for name in names}
    return {
        "label": row.label,
        "task": row.task,
        "method": row.method,
        "factors": row.runs[0].factors,
        "n": len(runs),
        "metrics": {
            name: None
            if (found := means[name]) is None
            else found.as_dict() | {"half": found.half, "values": row.values(name)}
            for name in names
        },
        "cpu_seconds": None if row.cpu_seconds is None else row.cpu_seconds.as_dict(),
        "published": row.published.model_dump(mode="json") if row.published else None,
        "runs": [run.as_dict() for run in row.runs],
    }
