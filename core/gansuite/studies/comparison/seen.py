"""What a comparison sees in its runs: everything that the tables, the sentences and the page are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gansuite.studies.cell import Result
from gansuite.studies.comparison import primary, words
from gansuite.studies.comparison.joint import Aggregate, Pair, aggregates, least_p, pairs
from gansuite.studies.comparison.rows import ARROWS, Row, metrics_of, unfinished
from gansuite.studies.comparison.scores import Scores, scores_of
from gansuite.studies.comparison.tables import (
    across_table,
    cost_table,
    pairs_table,
    runs_table,
    scores_table,
    tabulate,
)
from gansuite.studies.picture import Dots, dot_plot
from gansuite.studies.table import Table

BESIDES = ("Reliability", "Cost")
"""Tables that are not the answer and stand behind it."""


@dataclass(frozen=True)
class Task:
    """What is seen of one task.

    Args:
        name: of the task.
        rows: its methods, each under the method's name where there are several tasks.
        table: its numbers.
        sentences: for each metric which method is best, by the metric's name.
        metric: which scores the runs; None where none does.
        picture: every run's values, a panel a metric; empty where nothing was measured.
    """

    name: str
    rows: Sequence[Row]
    table: Table
    sentences: dict[str, str]
    metric: str | None
    picture: str

    @property
    def runs(self) -> dict[str, Sequence[Result]]:
        """The runs of each method."""
        return {row.method: row.in_order for row in self.rows}


@dataclass(frozen=True)
class Seen:
    """What is seen in all rows.

    Args:
        rows: of all tasks.
        tasks: one by one.
        scores: of all runs; None where the runs have no normalised metric in common.
        joint: those of them that can be compared across tasks; None where none can.
        aggregates: of ``joint``.
        pairs: of ``joint``.
    """

    rows: Sequence[Row]
    tasks: Sequence[Task]
    scores: Scores | None
    joint: Scores | None
    aggregates: Sequence[Aggregate] = ()
    pairs: Sequence[Pair] = ()

    @property
    def why_not(self) -> str:
        """Why there is nothing across the tasks; empty where there is, or where there is one task alone."""
        return "" if self.joint else words.no_joint(self.scores, len(self.tasks))

    @property
    def failures(self) -> list[str]:
        """A line for every run that failed."""
        return [f"{run.name} failed: {run.reason}" for row in self.rows for run in unfinished(row)]

    @property
    def across(self) -> dict[str, Table]:
        """The tables across the tasks, by title."""
        if self.joint is None:
            return {}
        paired = all(self.joint.paired(each.first, each.second) for each in self.pairs)
        tables = {"Across the tasks": across_table(self.joint, self.aggregates)}
        tables |= {"Pairs of methods": pairs_table(self.pairs, paired, least_p(self.joint))} if self.pairs else {}
        return tables | {"Scores": scores_table(self.joint)}

    @property
    def reliability(self) -> dict[str, Table]:
        """What the runs did, besides their values: how they spread, how many collapsed, and what they spent."""
        reliability, cost = BESIDES
        tables = {} if self.scores is None else {reliability: runs_table(self.scores, self.rows)}
        return tables | {cost: cost_table(self.rows)}

    @property
    def tables(self) -> dict[str, Table]:
        """All tables by title, the first one the answer."""
        alone = len(self.tasks) == 1
        return self.across | {"Table" if alone else each.name: each.table for each in self.tasks} | self.reliability

    @property
    def answer(self) -> list[str]:
        """The sentences: across the tasks, then of each task, where there is a joint one the scoring metric's alone."""
        told = list(words.across_words(self.joint, self.aggregates, self.pairs)) if self.joint else []
        told += [self.why_not] if self.why_not else []
        for task in self.tasks:
            before = f"{task.name}, " if len(self.tasks) > 1 else ""
            names = [task.metric] if self.joint and task.metric in task.sentences else list(task.sentences)
            told += [before + task.sentences[name] for name in names if name in task.sentences]
        return told


def see(rows: Sequence[Row], named: Sequence[str] = ()) -> Seen:
    """What there is to see.

    Args:
        rows: of all tasks.
        named: the metrics that may score runs; without any, the first that all runs have.

    Raises:
        UserError: a metric that was named has no normalised value.
    """
    metrics = primary.primary(rows, named)
    scores = scores_of(rows, metrics) if metrics else None
    joint = scores.joint() if scores else None
    names = dict.fromkeys(row.task for row in rows)
    tasks = [task_of(name, rows, metrics.get(name), len(names) == 1) for name in names]
    if joint is None:
        return Seen(rows, tasks, scores, None)
    return Seen(rows, tasks, scores, joint, aggregates(joint), pairs(joint))


def task_of(name: str, rows: Sequence[Row], metric: str | None, alone: bool) -> Task:
    """One task's part of the rows."""
    own = [row if alone else replace(row, label=row.method) for row in rows if row.task == name]
    names, directions = metrics_of(own)
    failures = [f"{run.name} failed: {run.reason}" for row in own for run in unfinished(row)]
    panels = [
        Dots(
            each + ARROWS.get(directions.get(each, ""), ""),
            [(r.values(each), r.mean(each), r.figure(each)) for r in own],
        )
        for each in names
    ]
    picture = dot_plot([row.label for row in own], panels) if panels else ""
    sentences = {sentence.partition(": ")[0]: sentence for sentence in words.answer(own, names, directions)}
    return Task(name, own, tabulate(own, names, directions, failures), sentences, metric, picture)
