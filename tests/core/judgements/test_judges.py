"""What is told of judges, by hand and by scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gansuite.judgements.judgement import Judgement, names_of
from gansuite.judgements.judges import agreement, left_share, pace, share, taken_for_real, won

J = Judgement


def test_shares_count_both_sides_and_ties_as_halves() -> None:
    judgements = [
        J("a", "b", "left"),
        J("b", "a", "left"),
        J("a", "c", "tie"),
        J("c", "a", "right"),
        J("b", "c", "left"),
    ]
    found = won(judgements, "a")
    assert found is not None and found.n == 4 and found.value.value == 2.5 / 4
    low, high = (stats.binomtest(k, 4).proportion_ci(method="wilson") for k in (2, 3))
    assert (found.value.low, found.value.high) == pytest.approx((low.low, high.high))
    against = won(judgements, "a", "b")
    assert against is not None and (against.n, against.value.value) == (2, 0.5)
    assert won(judgements, "z") is None and share([]) is None


def test_fakes_taken_for_real() -> None:
    judgements = [J("a", "real", "left")] * 3 + [J("real", "a", "left")] * 7 + [J("a", "b", "left")] * 5
    found = taken_for_real(judgements, "a")
    assert found is not None and (found.n, found.value.value) == (10, 0.3)
    assert taken_for_real(judgements, "b") is None
    assert names_of(judgements) == ["a", "b", "real"]
    assert names_of([J("real", "a", "left")]) == ["a", "real"]


@pytest.mark.parametrize(("left", "right"), [(20, 20), (31, 9), (0, 6), (3, 4)])
def test_a_preference_for_a_side_by_the_exact_test(left: int, right: int) -> None:
    judgements = [J("a", "b", "left")] * left + [J("b", "a", "right")] * right + [J("a", "b", "tie")] * 3
    found = left_share([*judgements, J("a", "b", "left", sided=False)])
    assert found is not None
    exact = stats.binomtest(left, left + right)
    assert found[0].n == left + right and found[1] == pytest.approx(exact.pvalue)
    assert found[0].value.low == pytest.approx(exact.proportion_ci(method="wilson").low)
    assert left_share([J("a", "b", "tie")]) is None


def seen(a: str, b: str, winner: str, judge: str, item: int) -> Judgement:
    return J(a, b, winner, judge, 0, None, str(item), str(item))  # pyright: ignore[reportArgumentType]


def test_agreement_is_of_the_same_samples_whatever_their_sides() -> None:
    judgements = [
        seen("a", "b", "left", "x", 1), seen("b", "a", "right", "y", 1),  # alike: a
        seen("a", "b", "left", "x", 2), seen("a", "b", "right", "y", 2),  # not
        seen("a", "b", "tie", "x", 3), seen("a", "b", "left", "y", 3),  # not
        seen("a", "b", "left", "x", 4),  # nobody else
        seen("a", "b", "right", "y", 5), seen("b", "a", "left", "x", 5),  # alike: b
    ]  # fmt: skip
    found = agreement(judgements)
    assert found is not None and (found.n, found.value.value) == (4, 0.5)
    assert found.value.low == pytest.approx(stats.binomtest(2, 4).proportion_ci(method="wilson").low)
    assert agreement([J("a", "b", "left", "x"), J("a", "b", "left", "y")]) is None  # not known to be the same


def test_agreement_of_three() -> None:
    judgements = [seen("a", "b", w, j, i) for i, said in enumerate(("LLL", "LLR", "RRL")) for j, w in
                  zip("xyz", ({"L": "left", "R": "right"}[c] for c in said), strict=True)]  # fmt: skip
    found = agreement(judgements)
    values = [1, 1 / 3, 1 / 3]
    assert found is not None and found.value.value == pytest.approx(np.mean(values))
    interval = stats.t.interval(0.95, 2, np.mean(values), stats.sem(values))
    assert found.value.low == pytest.approx(max(interval[0], 0)) and found.value.high == pytest.approx(
        min(interval[1], 1)
    )


def test_pace() -> None:
    assert pace([J("a", "b", "left", seconds=s) for s in (1.0, 9.0, None, 2.0)]) == 2.0
    assert pace([J("a", "b", "left")]) is None
