"""What a reader may conclude from judgements, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from gansuite.judgements.judgement import REAL, Judgement
from gansuite.judgements.judges import agreement, left_share, taken_for_real
from gansuite.judgements.prediction import Score
from gansuite.judgements.strengths import JUDGES, Strengths


def sentences(
    judgements: Sequence[Judgement], names: Sequence[str], found: Strengths | None, scores: Sequence[Score]
) -> list[str]:
    """What a reader may conclude."""
    told = []
    if found is not None:
        for one, other in pairwise(names):
            p = found.preferred(one, other)
            sure = "" if p.low > 0.5 else "; the interval includes 0.5, so they are not told apart"
            told.append(f"{one} is preferred to {other} with probability {p}{sure}.")
        never = ", ".join(found.above)
        if found.split:
            told.append(
                f"{never} never lost to the others: nothing bounds the strength from above, and half a win was given "
                "to each side of every pair that met."
            )
        if (p := found.misfit()) is not None and p < 0.01:
            told.append(f"The pairs' shares do not fit one scale (p = {p:.2g}): read them pair by pair.")
    for name in names:
        if name != REAL and (share := taken_for_real(judgements, name)):
            told.append(f"Samples of {name} were chosen over real ones in {share.value} of {share.n} pairs.")
    if together := agreement(judgements):
        told.append(f"Two judges agree on {together.value} of {together.n} pairs judged twice or more; coins on 0.5.")
    if left := left_share(judgements):
        bias = "a preference for one side" if left[1] < 0.05 else "no preference for a side shows"
        told.append(f"The left one was chosen in {left[0].value} of {left[0].n} (p = {left[1]:.2g}): {bias}.")
    for each in scores:
        right = f", accuracy {each.accuracy.value}" if each.accuracy else ""
        told.append(
            f"Choices foretold by {each.name}: log-loss {each.log_loss} (guessing 0.693){right}: {each.verdict}."
        )
    return told


def worth(judgements: Sequence[Judgement]) -> list[str]:
    """What the intervals are worth."""
    judges = len({each.judge for each in judgements})
    if judges >= JUDGES:
        return []
    many = "one judge" if judges == 1 else f"{judges} judges"
    return [
        f"These are the preferences of {many}: the intervals say how they would choose again, and nothing of other "
        f"people. From {JUDGES} judges on they count judges."
    ]


def asked(judgements: Sequence[Judgement]) -> str:
    """What was asked, how often, of how many."""
    questions = list(dict.fromkeys(each.question for each in judgements if each.question))
    judges = len({each.judge for each in judgements})
    ties = sum(each.winner == "tie" for each in judgements)
    told = f"{len(judgements)} judgements of {judges} judge{'s' * (judges > 1)}"
    return (
        told + (f", {ties} of them ties" if ties else "") + (f". Asked: {' / '.join(questions)}" if questions else "")
    )
