"""What judgements say of the judges: sides, agreement, pace, and fakes taken for real."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import bdtr

from gansuite.judgements.judgement import REAL, Judgement
from gansuite.metrics.estimate import Interval
from gansuite.metrics.models.points import student
from gansuite.studies.intervals import wilson


@dataclass(frozen=True)
class Share:
    """A share of n judgements with its interval; ties count half, in the share and in its n."""

    n: int
    value: Interval


def share(points: Sequence[float]) -> Share | None:
    """The mean of points 0, 1/2, 1 with Wilson's interval; halves are rounded against the far end of the interval."""
    if not points:
        return None
    n, total = len(points), sum(points)
    low, high = wilson(math.floor(total), n), wilson(math.ceil(total), n)
    return Share(n, Interval(total / n, low.low, high.high))


def won(judgements: Sequence[Judgement], name: str, against: str | None = None) -> Share | None:
    """The share of its judgements that a contestant won, against all others or one of them."""
    found = [
        each.points if each.left == name else 1 - each.points
        for each in judgements
        if name in (each.left, each.right) and (against is None or against in (each.left, each.right))
    ]
    return share(found)


def taken_for_real(judgements: Sequence[Judgement], name: str) -> Share | None:
    """The share of a run's samples that were chosen over a real one; 1/2 where nobody can tell them apart.

    Like the error rate of HYPE (Zhou et al. 2019), of pairs instead of single samples.
    """
    return won(judgements, name, REAL)


def left_share(judgements: Sequence[Judgement]) -> tuple[Share, float] | None:
    """The share of choices of the left side, and the two-sided p of a fair coin; ties left out."""
    sides = [each.points for each in judgements if each.sided and each.winner != "tie"]
    if not sides:
        return None
    n, hits = len(sides), int(sum(sides))
    return Share(n, wilson(hits, n)), min(1.0, 2 * float(bdtr(min(hits, n - hits), n, 0.5)))


def agreement(judgements: Sequence[Judgement]) -> Share | None:
    """The probability that two judges choose alike on the same two samples; None where no two have judged the same.

    The mean over pairs of samples with Student's interval (Wilson's where each has two judges); 1/2 is what coins
    agree in. A tie agrees with a tie alone.
    """
    items: dict[frozenset[tuple[str, str]], dict[str, tuple[str, ...]]] = {}
    for each in judgements:
        if each.items is not None:
            chosen = {"left": (each.left,), "right": (each.right,), "tie": ()}[each.winner]
            items.setdefault(each.items, {})[each.judge] = chosen  # a judge's last word
    shares = [
        float(np.mean([one == other for one, other in combinations(said.values(), 2)]))
        for said in items.values()
        if len(said) > 1
    ]
    if not shares:
        return None
    if set(shares) <= {0.0, 1.0}:  # two judges each
        return share(shares)
    if len(shares) == 1:
        return Share(1, Interval(shares[0], 0.0, 1.0))
    found = student(np.array(shares))
    return Share(len(shares), Interval(found.value, max(found.low, 0.0), min(found.high, 1.0)))


def pace(judgements: Sequence[Judgement]) -> float | None:
    """Median seconds of a judgement."""
    seconds = [each.seconds for each in judgements if each.seconds is not None]
    return float(np.median(seconds)) if seconds else None
