"""The tables of what judgements say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

from gansuite.judgements.judgement import REAL, Judgement
from gansuite.judgements.judges import Share, left_share, pace, taken_for_real, won
from gansuite.judgements.measures import Measures
from gansuite.judgements.prediction import Logistic, Score
from gansuite.judgements.strengths import Strengths
from gansuite.metrics.estimate import Interval
from gansuite.studies.table import Table


def contestants_table(judgements: Sequence[Judgement], names: Sequence[str], found: Strengths | None) -> Table:
    """A line a contestant, the strongest first."""
    real = REAL in names
    rows = []
    for name in names:
        share = won(judgements, name)
        assert share is not None
        row = [name, None if found is None else found.strength(name), share.value, share.n]
        if real:
            row.append(interval(taken_for_real(judgements, name)) if name != REAL else None)
        rows.append(row)
    columns = ["contestant", "strength ↑", "share won ↑", "judgements", *(["taken for real ↑"] if real else [])]
    notes = ["Strengths are logarithms of odds, their mean 0: ahead by 1 is to be preferred 2.7 times as often as not."]
    if found is not None:
        notes.append(f"Strengths: {found.method}. Shares: Wilson's interval.")
    if real:
        notes.append(
            "Taken for real: the share of a run's samples chosen over a real one; 0.5 is not to be told apart."
        )
    return Table(columns, rows, notes)


def pairs_table(judgements: Sequence[Judgement], names: Sequence[str], found: Strengths | None) -> Table:
    """A line for each two contestants."""
    rows = []
    for one, other in combinations(names, 2):
        share = won([each for each in judgements if {each.left, each.right} == {one, other}], one)
        model = None if found is None else found.preferred(one, other)
        rows.append([f"{one} over {other}", 0 if share is None else share.n, interval(share), model])
    return Table(
        ["pair", "judgements", "share", "probability by strengths"],
        rows,
        ["The share is of this pair's own judgements; the probability also rests on those of each with others."],
    )


def judges_table(judgements: Sequence[Judgement]) -> Table:
    """A line a judge."""
    rows = []
    for judge in dict.fromkeys(each.judge for each in judgements):
        own = [each for each in judgements if each.judge == judge]
        left = left_share(own)
        rows.append([judge, len(own), pace(own), None if left is None else left[0].value])
    return Table(["judge", "judgements", "median seconds", "share left"], rows)


def scores_table(scores: Sequence[Score], measures: Measures) -> Table:
    """A line for each way to foretell a choice."""
    rows = [[s.name, s.log_loss, interval(s.accuracy), s.pairs, s.verdict] for s in scores]
    guessing = ["guessing", math.log(2), 0.5, scores[0].pairs, None]
    return Table(
        ["choices foretold by", "log-loss", "accuracy ↑", "pairs", "verdict"],
        [guessing, *rows],
        [
            "Every choice is foretold by a model that has not seen its pair of samples; ridge penalty 1.",
            *(f"{note}." for note in measures.notes),
        ],
    )


def weights_table(model: Logistic | None, measures: Measures) -> Table:
    """A line a measure."""
    if model is None:
        return Table(["measure", "weight"], [])
    rows = [
        [name, Interval(float(w), float(w - 1.96 * e), float(w + 1.96 * e))]
        for name, w, e in zip(measures.names, model.weights, model.errors, strict=True)
    ]
    note = (
        "Logarithm of the odds that the sample with more of it is chosen, for a typical difference, all others equal."
    )
    return Table(["measure", "weight"], rows, [note])


def interval(value: Share | None) -> Interval | None:
    return None if value is None else value.value
