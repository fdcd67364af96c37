"""``gansuite compare``: recipes over seeds in one table, beside what their papers report."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gansuite.errors import UserError
from gansuite.recipes import read
from gansuite.recipes.merge import parse_setting
from gansuite.recipes.tables import Published
from gansuite.studies.cell import Cell, Result
from gansuite.studies.grid import Grid, cells_of
from gansuite.studies.picture import Dots, Reported, dot_plot
from gansuite.studies.statistics import LEVEL, Mean, difference, mean
from gansuite.studies.study import Findings, Study
from gansuite.studies.table import Table, Value

ARROWS = {"max": " ↑", "min": " ↓"}


@dataclass(frozen=True)
class Row:
    """The runs of one recipe at one setting, over the seeds."""

    label: str
    runs: Sequence[Result]
    published: Published | None = None

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

    def figure(self, metric: str) -> Reported | None:
        """What the paper reports, and the ± it gives."""
        value = self.published.values.get(metric) if self.published else None
        return None if value is None else value if isinstance(value, tuple) else (value, None)


class Comparison(Study):
    """Recipes, times ``vary``, times seeds 0 to ``seeds`` - 1.

    Args:
        recipes: files or names.
        seeds: runs of each; a run's seed takes the place of the recipe's.
        vary: settings with several values, ``"players.generator.width=64,128"``: all their combinations are run.
        settings: settings of all runs, ``"train.steps=2000"``.
    """

    title = "Comparison"

    def __init__(
        self, recipes: Sequence[str], seeds: int = 5, vary: Sequence[str] = (), settings: Sequence[str] = ()
    ) -> None:
        self.recipes = list(dict.fromkeys(map(str, recipes)))
        for setting in [*settings, *vary]:
            if parse_path(setting) == "seed":
                raise UserError(f"{setting}: the seeds of a comparison are 0 to N - 1: give --seeds N")
        self.grid = Grid(recipes=self.recipes, seeds=seeds, set=list(settings), factors=dict(map(parse_vary, vary)))

    @property
    def folder(self) -> Path:
        """Where it is kept by default: the same for the same recipes and settings, so that a later call goes on."""
        asked = json.dumps([sorted(self.recipes), self.grid.set, self.grid.factors])
        return Path("runs") / f"compare-{hashlib.blake2b(asked.encode(), digest_size=4).hexdigest()}"

    def cells(self) -> list[Cell]:
        return cells_of(self.grid)

    def findings(self, results: Sequence[Result]) -> Findings:
        rows = self.rows(results)
        names, directions = metrics_of(rows)
        failures = [f"{run.name} failed: {run.reason}" for row in rows for run in unfinished(row)]
        table = tabulate(rows, names, directions, failures)
        panels = [
            Dots(
                name + ARROWS.get(directions.get(name, ""), ""),
                [(r.values(name), r.mean(name), r.figure(name)) for r in rows],
            )
            for name in names
        ]
        pictures = {"Metrics": dot_plot([row.label for row in rows], panels)} if panels else {}
        data = {
            "seeds": self.grid.seeds,
            "level": LEVEL,
            "metrics": names,
            "directions": directions,
            "rows": [told(row, names) for row in rows],
        }
        return Findings(table, list(answer(rows, names, directions)) + failures, data, pictures, failures)

    def rows(self, results: Sequence[Result]) -> list[Row]:
        """The results by row, in the order of the grid, with the figures of each recipe."""
        published = {source: read(source).published for source in self.recipes}
        grouped: dict[str, list[Result]] = {}
        for result in results:
            grouped.setdefault(result.label, []).append(result)
        return [Row(label, runs, published[runs[0].factors["recipe"]]) for label, runs in grouped.items()]


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


def tabulate(
    rows: Sequence[Row], names: Sequence[str], directions: Mapping[str, str], failures: Sequence[str]
) -> Table:
    """Our means over the seeds, and below each recipe what was published of it."""
    columns = ["", *(name + ARROWS.get(directions.get(name, ""), "") for name in names), "steps", "CPU-s", "runs"]
    lines: list[list[Value]] = []
    for index, row in enumerate(rows):
        count = f"{len(row.finished)} of {len(row.runs)}" if unfinished(row) else len(row.runs)
        steps = {run.record.get("steps") for run in row.finished}
        cpu = mean([run.cpu_seconds for run in row.finished]) if row.finished else None
        means = [row.mean(name) for name in names]
        lines.append([row.label, *means, *(steps if len(steps) == 1 else [None]), cpu, count])
        last = index + 1 == len(rows) or rows[index + 1].published is not row.published
        if row.published and last:
            figures = [row.figure(name) for name in names]
            told = [None if f is None else f"{f[0]:.3g}" + ("" if f[1] is None else f" ± {f[1]:.2g}") for f in figures]
            lines.append([f"  published: {row.published.source}", *told, None, None, None])
    notes = [f"Mean over the runs ± half the {LEVEL:.0%} interval (Student) over seeds; CPU-s of one thread a run."]
    for row in rows:
        for name in names:
            lacking = len(row.finished) - len(row.values(name))
            if lacking and lacking < len(row.finished):
                notes.append(f"{row.label}: {name} is missing or not finite in {lacking} of {len(row.finished)} runs.")
    return Table(columns, lines, [*notes, *failures])


def answer(rows: Sequence[Row], names: Sequence[str], directions: Mapping[str, str]) -> Iterator[str]:
    """For each metric the best row, and whether the next one can be told from it."""
    for name in names:
        known = [(found, row) for row in rows if (found := row.mean(name)) is not None]
        if directions.get(name) not in ARROWS or len(known) < 2:
            continue
        known.sort(key=lambda pair: pair[0].value, reverse=directions[name] == "max")
        (first, best), (_, second) = known[:2]
        best_word = "highest" if directions[name] == "max" else "lowest"
        tied = [row.label for found, row in known if found.value == first.value]
        if len(tied) > 1:
            yield f"{name}: {', '.join(tied)} share the {best_word} mean, {first.value:.3g}."
            continue
        sentence = f"{name}: {best.label} has the {best_word} mean, {first} (n = {first.n})"
        gap = difference(best.values(name), second.values(name))
        if gap is None or gap.low is None or gap.high is None:
            yield f"{sentence}; with one run each nothing is said about the next, {second.label}."
            continue
        apart = gap.low > 0 or gap.high < 0
        verdict = "and is told from" if apart else "but cannot be told from"
        yield (
            f"{sentence}, {verdict} the next, {second.label}: difference {gap.value:.3g}, {LEVEL:.0%} interval"
            f" {gap.low:.3g} to {gap.high:.3g} (Welch)."
        )


def told(row: Row, names: Sequence[str]) -> dict[str, Any]:
    """A row for scripts: means, and every run's own value and interval."""
    runs = row.finished
    means = {name: row.mean(name) for name in names}
    return {
        "label": row.label,
        "factors": row.runs[0].factors,
        "n": len(runs),
        "metrics": {
            name: None
            if (found := means[name]) is None
            else found.as_dict() | {"half": found.half, "values": row.values(name)}
            for name in names
        },
        "cpu_seconds": mean([run.cpu_seconds for run in runs]).as_dict() if runs else None,
        "published": row.published.model_dump(mode="json") if row.published else None,
        "runs": [run.as_dict() for run in row.runs],
    }


def parse_path(setting: str) -> str:
    """The option that a setting names."""
    return setting.partition("=")[0].strip()


def parse_vary(text: str) -> tuple[str, dict[str, list[str]]]:
    """``"a.b=1,2"``: the option, and a level for each of its values.

    Raises:
        UserError: there is no ``=``, or a value is none.
    """
    path, equals, right = text.partition("=")
    values = [value.strip() for value in split(right)]
    if not equals or not all(values):
        raise UserError(f"--vary {text}: write it as table.option=VALUE,VALUE, such as --vary data.batch_size=16,64")
    levels = {value: [f"{path.strip()}={value}"] for value in values}
    for settings in levels.values():
        parse_setting(settings[0])
    return path.strip(), levels


def split(text: str) -> list[str]:
    """The parts between commas that stand in no brackets and no quotes."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter in "[{") - (letter in "]}")
        if letter == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
