"""The page of a comparison: what holds across the tasks, then a section for each task."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from markupsafe import Markup

from gansuite.metrics.estimate import Interval
from gansuite.report.words import number
from gansuite.studies import across
from gansuite.studies.cell import Result
from gansuite.studies.comparison.curves import BEYOND, beyond, courses_of, learning_curves
from gansuite.studies.comparison.joint import aggregates, rng
from gansuite.studies.comparison.plots import ENDS, improvement, intervals, profiles
from gansuite.studies.comparison.samples import SHOWN, columns_of, fitted, middle_run, samples_html
from gansuite.studies.comparison.scores import Scores
from gansuite.studies.intervals import wilson
from gansuite.studies.page import Part, picture_html, table_html
from gansuite.studies.table import Table

WHAT_DOTS_ARE = "Small dots are runs, the large one is their mean with its interval, a diamond what a paper reports."
BUDGET = 10e6
"""Bytes of samples on a page, an equal share for each task; what has no room is said."""
TAUS = 121
"""Points of a performance profile."""


@dataclass(frozen=True)
class Task:
    """A task's part of the page.

    Args:
        name: of the task.
        table: its numbers.
        runs: of each method, in the order of the seeds; failed ones among them.
        metric: whose learning curves are drawn; None: the first one that was measured.
        picture: the runs' values, a panel a metric.
        words: what is said of it.
    """

    name: str
    table: Table
    runs: Mapping[str, Sequence[Result]]
    metric: str | None = None
    picture: str = ""
    words: Sequence[str] = ()


def sections(
    folder: Path,
    tasks: Sequence[Task],
    scores: Scores | None,
    joint: Scores | None,
    *,
    across_tables: Mapping[str, Table] = {},
    reliability: Mapping[str, Table] = {},
    why_not: str = "",
) -> list[Part]:
    """The page's sections: across the tasks, each task, then what the runs were worth and cost.

    Args:
        folder: of the comparison.
        tasks: in their order.
        scores: of every method in every task; None where the runs have none.
        joint: those of the methods that can be compared across tasks; None where there is nothing to say.
        across_tables: tables across the tasks, by title.
        reliability: tables of the runs and what they cost, below the shares of collapsed runs.
        why_not: why there is nothing across the tasks, and what would make it so, in a line.
    """
    ranks = {method: rank for rank, method in enumerate(dict.fromkeys(m for task in tasks for m in task.runs))}
    told: list[Part] = []
    if joint is not None:
        told.append(Part("Across the tasks", joint_html(joint, across_tables, ranks)))
    elif why_not:
        told.append(Part("Across the tasks", Markup('<p class="note">{}</p>').format(why_not)))
    if len(tasks) == 1:  # whose words are the answer at the page's head
        tasks = [replace(tasks[0], words=())]
    told += [task_part(folder, task, scores, ranks, BUDGET / len(tasks)) for task in tasks]
    last = Markup("") if scores is None else collapse_html(scores, ranks)
    return [*told, Part("Reliability and cost", last + tables_html(reliability))]


def joint_html(scores: Scores, tables: Mapping[str, Table], ranks: Mapping[str, int]) -> Markup:
    """Aggregates, profiles and who is better than whom, with their tables."""
    values = {method: scores.of(method) for method in scores.methods}
    found = aggregates(scores)
    every = np.concatenate([x for of_tasks in values.values() for x in of_tasks])
    taus = np.linspace(min(0.0, float(every.min())), max(1.0, min(float(every.max()), BEYOND[1])), TAUS)
    shares = {method: across.profile(values[method], taus, rng=rng()) for method in scores.methods}
    figures = {
        "Interquartile mean": intervals({each.method: each.iqm for each in found}, ranks, ENDS),
        "Median of the tasks' means": intervals({each.method: each.median for each in found}, ranks, ENDS),
        "Share of runs with a score of at most τ": profiles(shares, ranks),
    }
    words = Markup(
        "<p>A run's score is the normalised value of one metric a task ({}): 0 is as good as held-out real data, 1 the"
        " untrained generator, so less is better. Intervals are bootstraps over the training runs inside each task.</p>"
    )
    metrics = ", ".join(f"{task}: {metric}" for task, metric in scores.metrics.items())
    told = words.format(metrics) + tables_html(tables) + grid(figures)
    if len(scores.methods) < 2:
        return told
    words = "Probability that a run of the row's method beats one of the column's, averaged over the tasks."
    return (
        told + heading("Probability of improvement") + picture_html(improvement(scores.methods, chances(scores)), words)
    )


def chances(scores: Scores) -> dict[tuple[str, str], Interval]:
    """The probability that a run of one method is better than one of the other, of every two."""
    found: dict[tuple[str, str], Interval] = {}
    for x, y in itertools.combinations(scores.methods, 2):
        paired = scores.paired(x, y)
        chance = across.probability_of_improvement(scores.of(x), scores.of(y), paired=paired, rng=rng())
        found[x, y] = chance
        found[y, x] = Interval(1 - chance.value, 1 - chance.high, 1 - chance.low)
    return found


def collapse_html(scores: Scores, ranks: Mapping[str, int]) -> Markup:
    """The share of runs that failed or are no better than the untrained generator, by task."""
    figures = {}
    for task in scores.tasks:
        flags = {method: scores.collapsed[method, task] for method in scores.methods if (method, task) in scores.values}
        shares = {method: wilson(int(each.sum()), len(each)) for method, each in flags.items()}
        figures[task] = intervals(shares, ranks, span=(-0.02, 1.02))
    words = "Share of runs that failed, have no finite score, or are no better than the untrained generator"
    return heading("Collapse") + Markup("<p>{} (Wilson's interval).</p>{}").format(words, grid(figures))


def task_part(folder: Path, task: Task, scores: Scores | None, ranks: Mapping[str, int], budget: float) -> Part:
    """A task: its table, every run's values, learning curves, and samples."""
    parts = [Markup("<p>{}</p>").format(line) for line in task.words]
    parts.append(table_html(task.name, task.table))
    if task.picture:
        parts.append(picture_html(task.picture, WHAT_DOTS_ARE))
    measured = (name for runs in task.runs.values() for run in runs for name in run.metrics)
    if metric := task.metric or next(measured, None):
        parts.append(curves_html(folder, task, metric, ranks))
    parts.append(heading("Samples"))
    chosen = [
        (method, middle_run(runs, scores_of(scores, method, task.name))) for method, runs in task.runs.items() if runs
    ]
    columns, presenter = columns_of(chosen, folder, SHOWN)
    columns, words = fitted(columns, budget)
    parts.append(samples_html(columns, words))
    needs = ([], []) if presenter is None else ([presenter.style], [presenter.script])
    return Part(task.name, Markup("").join(parts), *([text for text in each if text] for each in needs))


def scores_of(scores: Scores | None, method: str, task: str) -> dict[int, float] | None:
    """The scores of a method's runs by seed; None where it has none."""
    if scores is None or (method, task) not in scores.values:
        return None
    return dict(zip(scores.seeds[method, task], scores.values[method, task].tolist(), strict=True))


def curves_html(folder: Path, task: Task, metric: str, ranks: Mapping[str, int]) -> Markup:
    """The learning curves of a task's metric, over steps and over seconds."""
    courses, gone = courses_of(task.runs, folder, metric)
    every = [course for each in courses.values() for course in each]
    figures = {
        f"{metric} over steps": learning_curves(courses, "steps", ranks),
        f"{metric} over time": learning_curves(courses, "seconds", ranks),
    }
    told = []
    if any(figures.values()):
        told.append(
            "Thin: each run; thick: the median over the seeds, where a run that failed (×) is worse than others."
        )
    else:
        told.append(f"No run's log has {metric}.")
    if far := beyond(every):
        told.append(
            f"{far} of {len(every)} runs leave the picture, which ends at {number(BEYOND[0])} and {number(BEYOND[1])}."
        )
    if gone:
        told.append(f"The folders of {len(gone)} runs are gone, and their curves with them: {', '.join(gone[:5])}.")
    lines = Markup("").join(Markup('<p class="fine">{}</p>').format(line) for line in told)
    return heading("Learning curves") + grid(figures) + lines


def heading(words: str) -> Markup:
    """The head of a part of a section."""
    return Markup("<h3>{}</h3>").format(words)


def tables_html(tables: Mapping[str, Table]) -> Markup:
    """Tables under their titles."""
    return Markup("").join(heading(title) + table_html(title, table) for title, table in tables.items())


def grid(figures: Mapping[str, str]) -> Markup:
    """Pictures with their titles, beside each other; on a phone below each other. Those that are empty are left out."""
    each = Markup('<figure class="curve"><figcaption><b>{}</b></figcaption>{}</figure>')
    shown = Markup("").join(each.format(title, Markup(picture)) for title, picture in figures.items() if picture)
    return Markup('<div class="curves">{}</div>').format(shown)
