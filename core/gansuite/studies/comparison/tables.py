"""The tables of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gansuite.studies.comparison.joint import Aggregate, Pair
from gansuite.studies.comparison.rows import ARROWS, Row, unfinished
from gansuite.studies.comparison.scores import Scores
from gansuite.studies.comparison.spent import evaluations, same, size
from gansuite.studies.intervals import wilson
from gansuite.studies.statistics import LEVEL, mean
from gansuite.studies.table import Table, Value


def tabulate(
    rows: Sequence[Row], names: Sequence[str], directions: Mapping[str, str], failures: Sequence[str]
) -> Table:
    """Our means over the seeds, and below each recipe what was published of it."""
    columns = ["", *(name + ARROWS.get(directions.get(name, ""), "") for name in names), "steps", "CPU-s", "runs"]
    lines: list[list[Value]] = []
    for index, row in enumerate(rows):
        count = f"{len(row.finished)} of {len(row.runs)}" if unfinished(row) else len(row.runs)
        steps = same([run.record.get("steps") for run in row.finished])
        means = [row.mean(name) for name in names]
        lines.append([row.label, *means, steps, row.cpu_seconds, count])
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


def across_table(scores: Scores, found: Sequence[Aggregate]) -> Table:
    """A method a row: its scores in one number, with intervals, and how many of its runs collapsed."""
    columns = ["", "IQM ↓", "median ↓", "optimality gap ↓", "collapsed ↓", "runs"]
    rows: list[list[Value]] = []
    for each in found:
        hits, n = scores.share_collapsed(each.method)
        rows.append([each.method, each.iqm, each.median, each.gap, wilson(hits, n), n])
    metrics = ", ".join(f"{task}: {metric}" for task, metric in scores.metrics.items())
    notes = [
        f"Score of a run: the normalised value of its task's metric ({metrics}); 0 is held-out real data, 1 the"
        " untrained generator.",
        f"IQM: mean of the middle half of all runs; median: over the tasks, of their mean scores; optimality gap: mean"
        f" of max(score, 0). {LEVEL:.0%} intervals by bootstrap of the runs inside each task.",
        "Collapsed: share of runs that failed, have no finite score, or one of 1 and more, with Wilson's interval; they"
        " count in all other columns too.",
        *scores.notes,
    ]
    return Table(columns, rows, notes)


def pairs_table(found: Sequence[Pair], paired: bool, least: float = 0.0) -> Table:
    """Two methods a row: how their scores differ, who is better how often, and whether that can be chance.

    ``least`` is the smallest p that so many runs can give.
    """
    columns = ["", "difference of IQM", "P(first better)", "p", "p (Holm)", "told apart"]
    rows: list[list[Value]] = [
        [f"{each.first} - {each.second}", each.difference, each.chance, each.p, each.corrected, each.told_apart]
        for each in found
    ]
    how = "seed by seed" if paired else "within each task"
    notes = [
        "Below 0, and above one half, the first is better. Intervals by bootstrap, the methods resampled"
        f" {'together, ' if paired else ''}{how}.",
        f"p: exchange test of P(first better), the names of the two methods exchanged {how}; Holm's correction is for"
        f" {len(found)} pairs. The intervals are not corrected.",
    ]
    if least * len(found) > 0.05:
        notes.append(f"So few runs cannot give a p below {least:.2g}: no pair can be told apart. Give more seeds.")
    return Table(columns, rows, notes)


def scores_table(scores: Scores) -> Table:
    """The mean score of every method on every task."""
    columns = ["", *(f"{task} ↓" for task in scores.tasks)]
    rows: list[list[Value]] = []
    for method in scores.methods:
        known = [scores.values.get((method, task)) for task in scores.tasks]
        rows.append([method, *(None if each is None else mean(each.tolist()) for each in known)])
    return Table(columns, rows, [f"Mean score over the runs ± half the {LEVEL:.0%} interval (Student) over seeds."])


def runs_table(scores: Scores, rows: Sequence[Row]) -> Table:
    """How reliable each method is on each task, and how far the runs' spread is more than their evaluation's error."""
    columns = ["", "runs", "failed", "collapsed ↓", "SD between runs", "SE of one evaluation"]
    lines: list[list[Value]] = []
    for row in rows:
        key = row.method, row.task
        values, flags, errors = scores.values[key], scores.collapsed[key], scores.errors[key]
        spread = float(values.std(ddof=1)) if len(values) > 1 else None
        error = float(np.nanmean(errors)) if np.isfinite(errors).any() else None
        share = wilson(int(flags.sum()), len(flags))
        lines.append([row.label, len(row.runs), len(unfinished(row)), share, spread, error])
    notes = [
        "Of the score. The deviation between runs holds that of their evaluation; the error of one evaluation is taken"
        " from the width of its own interval."
    ]
    return Table(columns, lines, notes)


def cost_table(rows: Sequence[Row]) -> Table:
    """What the runs of each row have spent."""
    columns = ["", "steps", "samples a gradient was taken on", "parameters", "CPU-s"]
    timed = any(run.record.get("trained_seconds") for row in rows for run in row.finished)
    columns += ["CPU-s of the rounds"] if timed else []
    lines: list[list[Value]] = []
    for row in rows:
        runs = row.finished
        seen = same([evaluations(run) for run in runs]) or {}
        told = ", ".join(f"{turn} {count:,}" for turn, count in seen.items()) or None
        steps = same([run.record.get("steps") for run in runs])
        line: list[Value] = [row.label, steps, told, same([size(run) for run in runs]), row.cpu_seconds]
        rounds = [run.record["trained_seconds"] for run in runs if run.record.get("trained_seconds")]
        lines.append([*line, mean(rounds) if rounds else None] if timed else line)
    notes = [
        "Samples: batches that a turn has had, times their size. CPU-s of a run with its evaluation, without imports."
        " A - stands where the runs of a row differ or did not tell."
    ]
    return Table(columns, lines, notes)
