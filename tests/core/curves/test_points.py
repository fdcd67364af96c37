"""Where a curve lies at a given x."""

from __future__ import annotations

import pytest

from gansuite.curves.curves import Curves
from gansuite.curves.points import Point, at, colder, grid, measured
from gansuite.metrics.estimate import Estimate, Interval


def point(x: float, y: float, error: float = 0.1, alpha: float = 1.0) -> Point:
    x, y = float(x), float(y)
    return Point(alpha, Interval(x, x, x), Interval(y, y - error, y + error))


LINE = [point(1, 5), point(2, 3), point(4, 2)]


def test_between_points_the_curve_is_a_line():
    found = at(LINE, 3.0)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((2.5, 2.4, 2.6))
    assert at(LINE, 0.5) is None and at(LINE, 4.5) is None


def test_a_curve_that_turns_back_counts_by_its_better_branch():
    assert at([*LINE, point(2, 9)], 3.0).value == pytest.approx(2.5)  # pyright: ignore[reportOptionalMemberAccess]


def test_an_error_of_x_is_one_of_y_times_the_slope():
    wide = [
        Point(1.0, Interval(1.0, 0.5, 1.5), Interval(5.0, 5.0, 5.0)),
        Point(1.0, Interval(2.0, 1.9, 2.1), Interval(3.0, 3.0, 3.0)),
    ]
    found = at(wide, 1.5)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((3.0, 5.0))  # slope 2, half-width 0.5


def test_models_are_compared_where_all_of_them_are():
    other = [point(1.5, 4), point(6, 1)]
    places = grid([LINE, other], 3)
    assert places == pytest.approx([2.125, 2.75, 3.375])
    assert grid([LINE, [point(9, 1), point(10, 0)]]) == []


def test_dominance_is_told_only_where_intervals_part():
    axes = ("nll", "nll-oracle")
    below = [point(p.x.value, p.y.value - 1) for p in LINE]
    near = [point(p.x.value, p.y.value + 0.05) for p in LINE]
    curves = Curves({axes: {"run": LINE, "twin": below, "control": near}}, {}, 100, 0, {})
    rows = curves.dominance(axes)
    assert {row["run"]["twin"] for row in rows} == {"worse"}
    assert {row["run"]["control"] for row in rows} == {"not told apart"}
    assert "0 better, 5 worse, 0 not told apart of 5 places" in curves.sentences()[0]


def test_more_is_better_is_turned_round():
    bleu = Estimate("bleu/5", 0.3, 0.2, 0.5, 10, 10, "", direction="max")
    assert measured(bleu) == Interval(-0.3, -0.5, -0.2)


def test_only_the_colder_branches_are_compared():
    hot = [point(5, 9, alpha=0.5), point(3, 7, alpha=0.8)]
    assert colder([*hot, *LINE]) == LINE
    short = [point(1, 5), point(2, 4)]  # does not reach where only the other's hot branch would meet it
    rows = Curves({("nll", "nll-oracle"): {"run": LINE, "twin": [point(5, 9), *short]}}, {}, 9, 0, {}).dominance(
        ("nll", "nll-oracle")
    )
    assert max(row["x"] for row in rows) < 2.0
