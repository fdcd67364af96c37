"""What judgements say: tables, sentences, a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gansuite.errors import UserError
from gansuite.judgements.asking import makers
from gansuite.judgements.judgement import REAL, Judgement, names_of
from gansuite.judgements.judges import Share, agreement, left_share, taken_for_real, won
from gansuite.judgements.measures import Measures
from gansuite.judgements.prediction import Logistic, Score, cross_validated, fit, score
from gansuite.judgements.strengths import Strengths, strengths
from gansuite.judgements.tables import (
    contestants_table,
    judges_table,
    pairs_table,
    scores_table,
    weights_table,
)
from gansuite.judgements.words import asked, sentences, worth
from gansuite.metrics.estimate import Interval
from gansuite.studies.picture import Dots, dot_plot
from gansuite.studies.statistics import Mean
from gansuite.studies.study import Findings

TITLE = "Judgements"
SHOWN = 20
"""Lines that were skipped which are told."""


def findings(
    judgements: Sequence[Judgement],
    *,
    skipped: Sequence[str] = (),
    measures: Measures | None = None,
    strict: bool = True,
    facts: Mapping[str, str] = {},
) -> Findings:
    """Strengths, win shares, judges, and how well measures of the samples foretell the choices.

    Args:
        judgements: of any number of judges.
        skipped: lines that could not be read.
        measures: of the samples, to predict judgements by; None: nothing is predicted.
        strict: whether contestants that never met are refused; else shares stand alone, with a warning.
        facts: how it was made.

    Raises:
        UserError: there are no judgements, or ``strict`` and contestants that never met.
    """
    warnings = [f"{len(skipped)} lines were skipped: {'; '.join(skipped[:SHOWN])}"] if skipped else []
    found: Strengths | None = None
    try:
        found = strengths(judgements)
    except UserError as error:
        if strict or not judgements:
            raise
        warnings.append(f"No strengths: {error}.")
    names = names_of(list(judgements))
    if found is not None:
        names = sorted(names, key=lambda name: -found.strength(name).value)
    scores, model = predicted(judgements, measures) if measures else ([], None)
    tables = {"Pairs": pairs_table(judgements, names, found), "Judges": judges_table(judgements)}
    if scores and measures:
        tables["Predicting the choices"] = scores_table(scores, measures)
        tables["What counted"] = weights_table(model, measures)
    return Findings(
        contestants_table(judgements, names, found),
        sentences(judgements, names, found, scores),
        data(judgements, names, found, scores, model, measures, skipped),
        pictures={} if found is None else {"Strengths": picture(names, found)},
        tables=tables,
        facts=facts,
        asked=[asked(judgements)],
        warnings=[*warnings, *worth(judgements)],
    )


def predicted(judgements: Sequence[Judgement], measures: Measures) -> tuple[list[Score], Logistic | None]:
    """The scores of predictions by measures, and by who made the samples, on choices that they have not seen."""
    known = [each for each in judgements if measures.knows(each)]
    if len({each.items for each in known}) < 2:
        return [], None
    points = np.array([each.points for each in known])
    groups = [each.items for each in known]
    names = names_of(known)
    by = {"who made them": makers(known, names)}
    if measures.names:
        by = {"measures of the samples": measures.differences(known), **by}
    scores = [score(name, cross_validated(x, points, groups), points, groups) for name, x in by.items()]
    return scores, fit(by["measures of the samples"], points) if measures.names else None


def picture(names: Sequence[str], found: Strengths) -> str:
    """Strengths with their intervals; an end that nothing bounds is left out."""
    rows = []
    for name in names:
        s = found.strength(name)
        closed = math.isfinite(s.low) and math.isfinite(s.high)
        ends = (s.low, s.high) if closed else (None, None)
        rows.append(([], Mean(0, s.value, *ends), None))
    return dot_plot(names, [Dots("strength (logarithm of odds)", rows)])


def data(
    judgements: Sequence[Judgement],
    names: Sequence[str],
    found: Strengths | None,
    scores: Sequence[Score],
    model: Logistic | None,
    measures: Measures | None,
    skipped: Sequence[str],
) -> dict[str, Any]:
    """The same for scripts; an open end of an interval is null."""
    left = left_share(judgements)
    return {
        "judgements": len(judgements),
        "judges": len({each.judge for each in judgements}),
        "contestants": {
            name: {
                "strength": None if found is None else plain(found.strength(name)),
                "share": plain(won(judgements, name)),
                "taken_for_real": plain(taken_for_real(judgements, name)) if name != REAL else None,
            }
            for name in names
        },
        "method": None if found is None else found.method,
        "preferred": {
            one: {other: plain(found.preferred(one, other)) for other in names if other != one} for one in names
        }
        if found is not None
        else None,
        "misfit_p": None if found is None else found.misfit(),
        "agreement": plain(agreement(judgements)),
        "left": None if left is None else {**(plain(left[0]) or {}), "p": left[1]},
        "prediction": [
            {
                "by": s.name,
                "log_loss": plain(s.log_loss),
                "gain": plain(s.gain),
                "accuracy": plain(s.accuracy),
                "pairs": s.pairs,
                "verdict": s.verdict,
            }
            for s in scores
        ],
        "weights": dict(zip(measures.names, map(float, model.weights), strict=True)) if model and measures else None,
        "notes": [] if measures is None else measures.notes,
        "skipped": list(skipped),
    }


def plain(value: Interval | Share | None) -> dict[str, Any] | None:
    """An interval as JSON."""
    if value is None:
        return None
    if isinstance(value, Share):
        return {**(plain(value.value) or {}), "n": value.n}
    return {k: v if math.isfinite(v) else None for k, v in vars(value).items()}
