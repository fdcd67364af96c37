"""Learning curves: what a metric did over every run of a task, and the median over the seeds of each method."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from numpy.typing import NDArray

from gansuite.report.curves import GOOD, LOG_BEYOND, MUTED, POINTS, STYLE, finite, scale
from gansuite.report.view import View
from gansuite.studies.cell import Result, folder_of
from gansuite.studies.comparison.plots import ENDS, WIDTH, legend, legend_height, spread
from gansuite.studies.picture import look, many_coloured

BEYOND = (-0.5, 1.5)
"""Where a picture of the score ends, whatever a run did."""


@dataclass(frozen=True)
class Course:
    """What a metric did over one run.

    Args:
        steps: at which it was taken, [k].
        seconds: of training until then by the clock, measurements among them, [k].
        values: [k]; normalised ones if ``scaled``.
        scaled: whether 0 is held-out real data and 1 the untrained generator.
        failed: whether the run ended before its time.
        direction: "min" or "max": which values are good. Of normalised ones it is always "min".
    """

    steps: NDArray[np.float64]
    seconds: NDArray[np.float64]
    values: NDArray[np.float64]
    scaled: bool = True
    failed: bool = False
    direction: str = "min"


def courses_of(
    runs: Mapping[str, Sequence[Result]], folder: Path, metric: str
) -> tuple[dict[str, list[Course]], list[str]]:
    """A metric over the runs of each method, and the names of the runs whose folder is gone.

    Values are normalised ones if every run has them, else all are as they were measured. A run that failed before
    anything was measured has a course without points, for it counts where the median is taken.
    """
    rows: dict[str, list[tuple[Result, list[Mapping[str, Any]]]]] = {}
    gone = []
    for method, each in runs.items():
        rows[method] = []
        for run in each:
            place = folder_of(run, folder)
            if place.is_dir():
                taken = View.load(place).estimates.get(metric, [])
                rows[method].append((run, [row for row in taken if finite(row.get("value"))]))
            elif run.finished:
                gone.append(run.name)
            else:
                rows[method].append((run, []))
    every = [taken for each in rows.values() for _, taken in each if taken]
    scaled = all(any(finite(normalised(row)) for row in taken) for taken in every)
    courses = {
        method: [course_of(taken, scaled, not run.finished) for run, taken in each if taken or not run.finished]
        for method, each in rows.items()
    }
    return courses, gone


def course_of(rows: Sequence[Mapping[str, Any]], scaled: bool, failed: bool = False) -> Course:
    """The course that the rows of a run's log tell, each with a finite value."""
    kept = [row for row in rows if finite(normalised(row))] if scaled else rows
    values = [normalised(row) if scaled else row["value"] for row in kept]
    direction = "min" if scaled or not kept else str(kept[-1].get("direction") or "min")
    steps, seconds, values = (
        np.array(each, dtype=float)
        for each in ([row["step"] for row in kept], [row.get("seconds") or 0.0 for row in kept], values)
    )
    return Course(steps, seconds, values, scaled, failed, direction)


def normalised(row: Mapping[str, Any]) -> Any:
    """The normalised value in a row of a log; None where there is none."""
    return (row.get("normalised") or {}).get("value")


def median(courses: Sequence[Course]) -> Course | None:
    """The median over runs, at the steps at which every finished one has a value.

    A run that failed counts as worse than all others from its end on: where half of the runs have ended so, there is no
    median. Seconds are the median of those of the runs that came so far. None where the runs share no step.
    """
    finished = [course for course in courses if not course.failed]
    if not finished:
        return None
    steps = sorted(set.intersection(*({*course.steps.tolist()} for course in finished)))
    worst = -math.inf if finished[0].direction == "max" else math.inf
    at = [dict(zip(each.steps.tolist(), zip(each.values, each.seconds, strict=True), strict=True)) for each in courses]
    kept = []
    for step in steps:
        # One that failed may lack a step before its end, such as the last one of the others: it did not get there.
        values = [each[step][0] if step in each else worst for each in at]
        middle = float(np.median(values)) if np.isfinite(values).sum() * 2 > len(values) else math.inf
        if math.isfinite(middle):
            kept.append((step, np.median([each[step][1] for each in at if step in each]), middle))
    if not kept:
        return None
    return Course(*np.array(kept, dtype=float).T, scaled=finished[0].scaled, direction=finished[0].direction)


def learning_curves(
    courses: Mapping[str, Sequence[Course]], over: Literal["steps", "seconds"], ranks: Mapping[str, int]
) -> str:
    """A thin line a run, a thick one with markers for the median over the seeds of each method.

    A run that failed ends where it failed, with a cross.

    Args:
        courses: the runs of each method, those without a course left out.
        over: what x is.
        ranks: the place of each method among all of the page, by which it has its look.

    Returns:
        ``<svg>`` for a page; empty where no run has a course.
    """
    every = [course for runs in courses.values() for course in runs if len(course.steps)]
    if not every:
        return ""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.5 + legend_height(courses)), layout="constrained")
        axes = figure.add_subplot()
        for method, runs in courses.items():
            style = look(ranks[method])
            for run in (run for run in runs if len(run.steps)):
                x, y = thinned(getattr(run, over)), thinned(run.values)
                axes.plot(x, y, color=style["color"], linewidth=0.6, alpha=0.45, marker="." if len(x) == 1 else None)
                if run.failed:
                    axes.plot(x[-1:], y[-1:], "x", color=style["color"], markersize=5, markeredgewidth=1.2)
            middle = median(runs)
            x, y = ([], []) if middle is None else (thinned(getattr(middle, over)), thinned(middle.values))
            axes.plot(
                x, y, label=method, markersize=4.5, linewidth=2.0, markevery=spread(len(x), ranks[method]), **style
            )
        values = np.concatenate([course.values for course in every])
        if all(course.scaled for course in every):
            framed(axes, values)
            scale(axes, logarithmic=False)
        else:
            scale(axes, bool(values.min() > 0 and values.max() > LOG_BEYOND * values.min()))
        if over == "seconds":
            axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
            axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.set_xlabel("step" if over == "steps" else "seconds by the clock, measurements among them")
        legend(figure, courses)
        return many_coloured(figure)


def framed(axes: Axes, values: NDArray[np.float64]) -> None:
    """The two ends of the score as lines, and a frame that a run gone astray does not stretch."""
    for place, words in ENDS.items():
        axes.axhline(place, color=GOOD if place == 0 else MUTED, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1)
        axes.annotate(
            words, (1, place), xycoords=("axes fraction", "data"), xytext=(0, 2), textcoords="offset points",
            ha="right", va="bottom", fontsize=6.5, color=MUTED,
        )  # fmt: skip
    axes.set_ylim(max(BEYOND[0], min(-0.05, values.min())), min(BEYOND[1], max(1.08, values.max())))


def beyond(courses: Collection[Course]) -> int:
    """How many runs leave the picture of the score."""
    return sum(course.scaled and bool((course.values < BEYOND[0]).any() or (course.values > BEYOND[1]).any())
               for course in courses)  # fmt: skip


def thinned(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """At most so many points as a picture shows, the first and the last among them."""
    if len(values) <= POINTS:
        return values
    return values[np.linspace(0, len(values) - 1, POINTS).round().astype(int)]
