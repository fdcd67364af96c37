"""Asking where the answer is least foreseen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from gansuite.judgements.contestants import Contestant
from gansuite.judgements.judgement import Judgement
from gansuite.judgements.measures import Measures
from gansuite.judgements.prediction import fit
from gansuite.judgements.schedule import Pairing, Schedule

CANDIDATES = 16
BEGINNING = 8
"""Rounds by the schedule, before there is anything to foresee by."""


class Uncertain:
    """Of sixteen pairs that the schedule has to offer, the one whose prediction has the highest entropy.

    The prediction is the logistic model of the judge's choices so far on the measures of both samples and on who made
    them. The samples offered are new ones in every round.

    Args:
        schedule: whose pairs, sides and samples are offered.
        contestants: who is judged.
        measures: of their samples.

    Source: after Christiano et al. (2017), section 2.2.4, who ask where an ensemble disagrees.
    """

    def __init__(self, schedule: Schedule, contestants: Sequence[Contestant], measures: Measures) -> None:
        self.schedule, self.measures = schedule, measures
        self.names = [each.name for each in contestants]

    def __call__(self, round: int, past: Sequence[Judgement] = ()) -> Pairing:
        known = [each for each in past if self.measures.knows(each)]
        if len(known) < BEGINNING:
            return self.schedule(round)
        x = np.hstack([self.measures.differences(known), makers(known, self.names)])
        model = fit(x, np.array([each.points for each in known]))
        offered = [self.schedule(BEGINNING + CANDIDATES * round + i) for i in range(CANDIDATES)]
        as_judged = [
            Judgement(self.names[o.left], self.names[o.right], "tie", left_sample=str(o.left_sample),
                      right_sample=str(o.right_sample))
            for o in offered
        ]  # fmt: skip
        p = model(np.hstack([self.measures.differences(as_judged), makers(as_judged, self.names)]))
        return offered[int(np.abs(p - 0.5).argmin())]  # where the entropy of a coin of this p is highest


def makers(judgements: Sequence[Judgement], names: Sequence[str]) -> Float[np.ndarray, "n k"]:
    """Who made the samples: 1 in the column of the left one's maker, -1 in that of the right one's."""
    found = np.zeros((len(judgements), len(names)))
    for row, each in zip(found, judgements, strict=True):
        row[names.index(each.left)] += 1
        row[names.index(each.right)] -= 1
    return found
