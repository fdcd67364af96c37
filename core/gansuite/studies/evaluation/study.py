"""``gansuite study evaluation``: what every metric sees of known defects, from which strength on, at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le

from gansuite.errors import UserError
from gansuite.plugins.entry import Entry
from gansuite.plugins.registry import registry
from gansuite.plugins.wording import did_you_mean, one_line, show
from gansuite.studies.cell import Cell, Result
from gansuite.studies.evaluation import answer
from gansuite.studies.evaluation.corruptions import CORRUPTIONS
from gansuite.studies.evaluation.domains import bound_data
from gansuite.studies.evaluation.heat_map import bias_curves, heat_map
from gansuite.studies.evaluation.measure import FED
from gansuite.studies.evaluation.verdicts import Reading, readings
from gansuite.studies.grid import cells_of, read_grid
from gansuite.studies.statistics import Mean, mean
from gansuite.studies.study import Findings, Study

STRENGTHS: Mapping[str, tuple[float, ...]] = {"smoke": (0.25, 1.0)}
USUAL = (0.0625, 0.125, 0.25, 0.5, 1.0)
LIGHTER: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "smoke": {"c2st": {"defects": 0}, "geometry-score": {"draws": 20}, "ms-ssim": {"pairs": 50}},
    "small": {"c2st": {"defects": 0}, "geometry-score": {"draws": 300}, "ms-ssim": {"pairs": 200}},
}
"""Options of dear metrics at the smaller scales, by scale and metric; the usual ones elsewhere."""
COLOURS = "blue: called worse, brown: called better than real samples"


class Evaluation(Study):
    """Real samples, corrupted in a known way by a known amount, through every metric that is installed.

    No model is trained. Samples that nothing else has seen are corrupted at five strengths (and not at all: the control
    ``nothing``) and compared with as many other real ones. Every metric that needs features, probabilities,
    samples or a judge is in it, a plugin's too, with its usual options and the domain's own extractor. For each number
    and corruption: the rank correlation with the strength, the least strength that is told from real samples, and
    whether it is called worse or better; for each number its value for real samples by their number, and the seconds.

    Args:
        data: data sets, by the names of the study (ring, circle, mixture, signals, counting, drums) or as a recipe
            names them, with commas between; absent: those of the scale.
        metrics: metrics, with commas between; absent: all.
        corruptions: corruptions, with commas between; absent: all.
        n: samples a side; absent: as the scale has it. A data set with fewer takes what it has.
        repeats: independent draws; at p < .01 five are the fewest that can show anything.

    Source: Xu et al., An empirical study on evaluation metrics of generative adversarial networks (2018).
    """

    title = "What metrics see"

    def __init__(
        self,
        scale: str,
        *,
        data: str | None = None,
        metrics: str | None = None,
        corruptions: str | None = None,
        n: Annotated[int, Ge(8), Le(100_000)] | None = None,
        repeats: Annotated[int, Gt(0), Le(10_000)] | None = None,
    ) -> None:
        self.scale, self.n, self.repeats = scale, n, repeats
        self.data = None if data is None else named(data)
        self.chosen = None if metrics is None else named(metrics)
        self.corruptions = list(CORRUPTIONS) if corruptions is None else named(corruptions)
        for name in self.corruptions:
            if name not in CORRUPTIONS:
                raise UserError(f"--corruptions {show(name)}: no such corruption{did_you_mean(name, CORRUPTIONS)}")
        self.strengths = STRENGTHS.get(scale, USUAL)
        self.notes: list[str] = []

    def cells(self) -> list[Cell]:
        grids = read_grid(Path(__file__).with_name("evaluation.toml"), self.scale)
        tables = self.tables()
        found = []
        for grid in grids:
            levels = {"data": self.data or self.installed(list(grid.factors["data"]))}
            for name in self.data or ():
                bound_data(name)
            levels |= {"n": [self.n]} if self.n and "n" in grid.factors else {}
            block = grid.model_copy(update={"factors": {**grid.factors, **levels}, "seeds": self.repeats or grid.seeds})
            more: dict[str, Any] = {"metrics": tables}
            if "n" in grid.factors:
                more |= {"corruptions": self.corruptions, "strengths": list(self.strengths)}
            found += [replace(cell, arguments={**cell.arguments, **more}) for cell in cells_of(block)]
        return found

    def tables(self) -> list[dict[str, Any]]:
        """Name and options of every metric that a set of samples is enough for; the others are noted.

        Raises:
            UserError: one that was asked for cannot be had.
        """
        lighter, tables = LIGHTER.get(self.scale, {}), []
        for name in self.chosen or map(known_as, registry().entries("metric")):
            table = {"name": name, **lighter.get(name, {})}
            try:
                needs = registry().bind("metric", table, f"--metrics {show(name)}").make().needs
            except UserError as error:
                if self.chosen:
                    raise
                self.note(f"{name} is left out: {one_line(error)}")
                continue
            if needs in FED:
                tables.append(table)
                if name in lighter:
                    self.note(f"{name} with {', '.join(f'{key} = {value}' for key, value in lighter[name].items())}")
            elif self.chosen:
                raise UserError(f"--metrics {show(name)}: it needs {needs}, and the study has samples only")
        return tables

    def installed(self, names: Sequence[object]) -> list[str]:
        """Those of the scale's data sets whose plugin is there."""
        found = []
        for name in names:
            try:
                bound_data(str(name))
                found.append(str(name))
            except UserError as error:
                self.note(f"{name} is left out: {one_line(error)}")
        return found

    def note(self, words: str) -> None:
        """Remember what is left out, once."""
        if words not in self.notes:
            self.notes.append(words)

    def findings(self, results: Sequence[Result]) -> Findings:
        failures = [f"{result.name} failed: {result.reason}" for result in results if not result.finished]
        done = [result for result in results if result.finished]
        found = list(readings([result for result in done if "n" in result.factors], self.strengths))
        curves = baselines(done)
        cost = costs(done)
        notes = [*self.notes, *left_out(done)]
        pictures = {name: picture for name, picture in pictured(found, curves).items() if picture}
        data = {
            "readings": [each.as_dict() for each in found],
            "null": {
                name: {part: {str(n): m.as_dict() for n, m in curve.items()} for part, curve in parts.items()}
                for name, parts in curves.items()
            },
            "cpu_seconds": {name: {str(n): s for n, s in by_n.items()} for name, by_n in cost.items()},
            "notes": notes,
        }
        sentences = [*answer.sentences(found, curves, cost), *failures]
        return Findings(answer.tabulate(found, cost, notes), sentences, data, pictures, failures)


def known_as(entry: Entry) -> str:
    """The name by which a metric is found, as short as may be."""
    name = entry.component.name
    return name if entry.plugin == "core" and len(registry().named(name, "metric")) == 1 else entry.address


def named(words: str) -> list[str]:
    """``a,b`` as names.

    Raises:
        UserError: there is none.
    """
    found = [word.strip() for word in words.split(",") if word.strip()]
    if not found:
        raise UserError(f"{show(words)} names nothing")
    return found


def baselines(results: Sequence[Result]) -> dict[str, dict[str, dict[int, Mean]]]:
    """Data set to number to n to the mean value of real samples over the repeats."""
    values: dict[str, dict[str, dict[int, list[float]]]] = {}
    for result in results:
        for part, value in result.record["null"].items():
            if "rows" in result.factors and abs(value) < float("inf"):
                curve = values.setdefault(str(result.factors["data"]), {}).setdefault(part, {})
                curve.setdefault(result.record["n"], []).append(value)
    return {
        data: {part: {n: mean(curve[n]) for n in sorted(curve)} for part, curve in parts.items()}
        for data, parts in values.items()
    }


def costs(results: Sequence[Result]) -> dict[str, dict[int, float]]:
    """Metric to n to CPU-seconds of an ordinary call with its interval: the mean over data sets and repeats."""
    spent: dict[str, dict[int, list[float]]] = {}
    for result in results:
        for metric, seconds in result.record["cpu"].items():
            spent.setdefault(metric, {}).setdefault(result.record["n"], []).append(seconds)
    return {metric: {n: mean(by_n[n]).value for n in sorted(by_n)} for metric, by_n in spent.items()}


def left_out(results: Sequence[Result]) -> list[str]:
    """What a data set could not feed, and which corruptions mean nothing for it, each once."""
    lines: dict[str, None] = {}
    for result in results:
        data, record = result.factors["data"], result.record
        if "rows" in result.factors:
            continue  # a metric that needs more rows has its curve begin later
        for about in ("left_out", "meaningless"):
            for name, reason in record.get(about, {}).items():
                lines[f"{data}: no {name} ({reason})"] = None
        for reason, where in record.get("refused", {}).items():
            lines[f"{data}: {reason} (first at {where[0]})"] = None
    return list(lines)


def pictured(found: Sequence[Reading], curves: Mapping[str, Mapping[str, Mapping[int, Mean]]]) -> dict[str, str]:
    """The heat map over all data sets, one of each, and the curves of each."""
    rows, columns = answer.order(found)
    over_all = f"data sets that notice it, of those where it means anything; {COLOURS}"
    pictures = {"all data sets": heat_map(rows, columns, answer.overview(found), over_all)} if found else {}
    for data in dict.fromkeys(each.data for each in found):
        own = [each for each in found if each.data == data]
        kept_rows, kept_columns = answer.order(own)
        cells = {(each.part, each.corruption): (each.spearman, answer.threshold(each)) for each in own}
        pictures[data] = heat_map(kept_rows, kept_columns, cells, f"least strength noticed; {COLOURS}")
    for data, parts in curves.items():
        longer = {part: curve for part, curve in parts.items() if len(curve) > 1}
        pictures[f"real samples of {data} by n"] = bias_curves(longer) if longer else ""
    return pictures
