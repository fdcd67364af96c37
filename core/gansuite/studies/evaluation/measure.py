"""The work of a cell: every metric of every corruption of one draw of real samples."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.two_sample import Side, TwoSample, checked
from gansuite.plugins.registry import registry
from gansuite.plugins.wording import one_line, reason_of
from gansuite.studies.evaluation.corruptions import CORRUPTIONS
from gansuite.studies.evaluation.domains import Domain, domain

FED = ("features", "probabilities", "samples", "judge")
"""What a metric may need, to be in the study."""


class Taken:
    """A metric of this domain against one real side, which it prepares once.

    Args:
        table: the metric's name and options.
        place: the domain that feeds it.
        real: the real samples.
        seed: of whatever the metric draws.

    Raises:
        UserError: the domain cannot feed it.
    """

    def __init__(self, table: Mapping[str, Any], place: Domain, real: Tensor, seed: int) -> None:
        self.label, self.seed = str(table["name"]), seed
        self.metric = registry().bind("metric", dict(table), f"metric {self.label}").make()
        self.view = place.view(self.metric.needs)
        self.real = self.view(real)
        self.more = {"judge": place.judge} if self.metric.needs == "judge" else {}
        self.side: Side | None = None

    def ordinary(self, fake: Tensor) -> list[Estimate]:
        """The metric as everyone calls it, with its interval."""
        found = self.metric(self.real, fake, seed=self.seed, **self.more)
        return [found] if isinstance(found, Estimate) else list(found)

    def values(self, fake: Tensor) -> dict[str, float]:
        """Its numbers alone, by name; without the interval, where that is the dear part and the value is the same."""
        metric = self.metric
        own_way = not isinstance(metric, TwoSample) or type(metric).__call__ is not TwoSample.__call__
        if own_way or metric.correct:
            return self.named({each.name: each.value for each in self.ordinary(fake)})
        sets = checked(metric.name, metric.minimum, metric.centre, real=self.real, fake=fake)
        side = self.side = self.side or metric.side(sets["real"], None, self.seed)
        row = metric.table(side, sets["fake"], None, self.seed)[0]
        names = [f"{metric.name}/{part.name}" if part.name else metric.name for part in metric.parts]
        return self.named(dict(zip(names, map(float, row), strict=False)))  # what follows the parts is for the extras

    def named(self, values: Mapping[str, float]) -> dict[str, float]:
        """The numbers by the name under which the metric is known here."""
        return {name.replace(self.metric.name, self.label, 1): value for name, value in values.items()}


def measure(
    folder: Path,
    device: str,
    *,
    data: str,
    n: int,
    metrics: Sequence[Mapping[str, Any]],
    corruptions: Sequence[str] = (),
    strengths: Sequence[float] = (),
    seed: int = 0,
) -> dict[str, Any]:
    """The task of a cell: one repeat, on the CPU.

    Returns:
        ``n``, as many as the domain has at most; ``null``: each number of fresh real samples; ``values``: by number
        and corruption, one a strength (NaN where the metric refused); ``parts``: direction and ideal of each number;
        ``cpu``: seconds of an ordinary call with its interval, by metric; ``left_out``: metrics, and
        ``meaningless``: corruptions, each with the reason; ``refused``: where NaNs come from, by metric and reason.
    """
    place = domain(data)
    n = min(n, place.room)
    real, material = place.draw(n, seed)
    taken, left_out = made(metrics, place, real, seed)
    null = material.fresh(Rng(seed, "study", "evaluation", data, "null"))
    record: dict[str, Any] = {"n": n, "null": {}, "parts": {}, "cpu": {}, "left_out": left_out}
    for each in list(taken):
        try:
            view = each.view(null)
            each.ordinary(view)  # what a first call compiles or imports is not charged
            began = time.process_time()
            estimates = each.ordinary(view)
            record["cpu"][each.label] = time.process_time() - began
        except Exception as error:
            left_out[each.label] = words(error)
            taken.remove(each)
            continue
        record["null"] |= each.named({e.name: e.value for e in estimates})
        parts = {e.name: {"direction": e.direction, "ideal": e.ideal} for e in estimates}
        record["parts"] |= {name.replace(each.metric.name, each.label, 1): part for name, part in parts.items()}
    values: dict[str, dict[str, list[float]]] = {part: {} for part in record["null"]}
    meaningless: dict[str, str] = {}
    refused: dict[str, list[str]] = {}
    for name in corruptions:
        corruption = CORRUPTIONS[name]
        if obstacle := corruption.obstacle(material):
            meaningless[name] = obstacle
            continue
        for s in strengths:
            rng = Rng(seed, "study", "evaluation", data, name, str(s))
            samples = corruption.make(material, s, rng)
            views = {view: view(samples) for view in {each.view for each in taken}}
            for each in taken:
                found: dict[str, float] = {}
                try:
                    found = each.values(views[each.view])
                except Exception as error:
                    refused.setdefault(f"{each.label}: {words(error)}", []).append(f"{name} {s:g}")
                for part in parts_of(each.label, values):
                    values[part].setdefault(name, []).append(found.get(part, math.nan))
    return {**record, "values": values, "meaningless": meaningless, "refused": refused}


def baseline(
    folder: Path, device: str, *, data: str, rows: int, metrics: Sequence[Mapping[str, Any]], seed: int = 0
) -> dict[str, Any]:
    """The task of a cell of the bias curve: every number of ``rows`` fresh real samples against as many others."""
    if rows > domain(data).room:
        return {"n": rows, "null": {}, "parts": {}, "cpu": {}, "left_out": {}}
    return measure(folder, device, data=data, n=rows, metrics=metrics, seed=seed)


def made(
    metrics: Sequence[Mapping[str, Any]], place: Domain, real: Tensor, seed: int
) -> tuple[list[Taken], dict[str, str]]:
    """The metrics that the domain can feed, and why it cannot the others."""
    taken, left_out = [], {}
    for table in metrics:
        try:
            taken.append(Taken(table, place, real, seed))
        except Exception as error:
            left_out[str(table["name"])] = words(error)
    return taken, left_out


def parts_of(label: str, values: Mapping[str, Any]) -> list[str]:
    """The numbers of a metric."""
    return [part for part in values if part == label or part.startswith(f"{label}/")]


def words(error: Exception) -> str:
    """What went wrong, in one line."""
    return one_line(error) if isinstance(error, UserError) else reason_of(error)
