"""Bradley-Terry strengths against closed forms, planted truths and another way to fit them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from gansuite.errors import UserError
from gansuite.judgements.judgement import Judgement
from gansuite.judgements.strengths import strengths

Q = stats.norm.ppf(0.975)


def won(left: str, right: str, times: int) -> list[Judgement]:
    return [Judgement(left, right, "left")] * times


def test_two_contestants_by_hand() -> None:
    found = strengths(won("a", "b", 30) + won("b", "a", 10))
    gap = found.ahead("a", "b")
    assert gap.value == pytest.approx(np.log(3), abs=1e-8)
    assert (gap.high - gap.low) / 2 == pytest.approx(Q * np.sqrt(1 / 30 + 1 / 10), abs=1e-8)
    p = found.preferred("a", "b")
    assert p.value == pytest.approx(0.75) and p.low == pytest.approx(expit(gap.low)) and p.high < 0.87
    assert found.strength("a").value == pytest.approx(np.log(3) / 2) and not found.split
    assert found.misfit() is None
    assert "Wald" in found.method


def test_ties_are_halves() -> None:
    ties = strengths(won("a", "b", 10) + [Judgement("a", "b", "tie")] * 4)
    halves = strengths(won("a", "b", 12) + won("b", "a", 2))
    assert ties.ahead("a", "b") == halves.ahead("a", "b")


def test_the_likelihood_is_highest_there(judged) -> None:
    judgements = judged([0.0, 0.7, -0.3, 1.1], 240, np.random.default_rng(1))
    found = strengths(judgements)
    left, right = (np.array([int(getattr(each, side)) for each in judgements]) for side in ("left", "right"))
    points = np.array([each.points for each in judgements])

    def loss(s: np.ndarray) -> float:
        odds = s[left] - s[right]
        return -float((points * log_expit(odds) + (1 - points) * log_expit(-odds)).sum())

    best = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-8}).x
    ours = [found.strength(str(i)).value for i in range(4)]
    np.testing.assert_allclose(ours, best - best.mean(), atol=1e-5)
    assert sum(ours) == pytest.approx(0, abs=1e-9)


def test_the_order_of_judgements_and_their_sides_do_not_matter(judged) -> None:
    judgements = judged([0.0, 0.5, 1.0], 90, np.random.default_rng(2))
    other = {"left": "right", "right": "left", "tie": "tie"}
    turned = [Judgement(each.right, each.left, other[each.winner], each.judge) for each in reversed(judgements)]  # pyright: ignore[reportArgumentType]
    one, two = strengths(judgements), strengths(turned)
    for name in "012":
        a, b = one.strength(name), two.strength(name)
        np.testing.assert_allclose([a.value, a.low, a.high], [b.value, b.low, b.high], atol=1e-9)


def test_walds_intervals_cover(judged) -> None:
    rng, truth = np.random.default_rng(3), (0.0, 0.8, -0.4)
    hits = 0
    for _ in range(300):
        gap = strengths(judged(truth, 120, rng)).ahead("1", "2")
        hits += gap.low <= 1.2 <= gap.high
    assert 0.915 <= hits / 300 <= 0.98  # 0.95 lies 2.4 standard errors inside


def test_intervals_by_judge_cover_where_judges_differ_and_walds_do_not(judged) -> None:
    rng, truth, times = np.random.default_rng(4), (0.0, 0.6, -0.6), 120
    inside, wald = 0, 0
    for _ in range(times):
        judgements = [each for j in range(12) for each in judged(truth, 30, rng, f"judge {j}", spread=0.8)]
        # What the mean judge answers is not the mean taste: the target is the fit to infinitely many judges.
        found = strengths(judgements)
        assert found.method.endswith("by judge, Student with 11 degrees of freedom")
        gap = found.ahead("1", "2")
        inside += gap.low <= TARGET <= gap.high
        half = Q * np.sqrt(np.diag(alone(judgements))).sum()
        wald += abs(gap.value - TARGET) <= half
    assert inside / times >= 0.92
    assert wald / times <= inside / times - 0.1


def alone(judgements: list[Judgement]) -> np.ndarray:
    """The covariance of a fit that takes all judgements for one judge's; of 1 - 2 as a 1 x 1 matrix."""
    found = strengths([Judgement(each.left, each.right, each.winner) for each in judgements])
    i, j = found.names.index("1"), found.names.index("2")
    c = found.covariance
    return np.array([[c[i, i] + c[j, j] - 2 * c[i, j]]])


def target() -> float:
    """Strength 1 less 2 that fits the choices of infinitely many judges of spread 0.8."""
    rng = np.random.default_rng(5)
    own = np.array([0.0, 0.6, -0.6]) + 0.8 * rng.normal(size=(400_000, 3))
    p = {(i, j): float(expit(own[:, i] - own[:, j]).mean()) for i, j in ((1, 0), (2, 0), (2, 1))}

    def loss(s: np.ndarray) -> float:
        return -sum(q * log_expit(s[i] - s[j]) + (1 - q) * log_expit(s[j] - s[i]) for (i, j), q in p.items())

    best = minimize(loss, np.zeros(3)).x
    return float(best[1] - best[2])


TARGET = target()


def test_intervals_by_judge_by_hand() -> None:
    # Two contestants, five judges of 4 judgements: wins 4, 3, 2, 3, 1 of contestant a. The score of a judge is
    # w - 4 p, the information of the difference 20 p (1 - p).
    wins = np.array([4, 3, 2, 3, 1])
    judgements = [
        Judgement("a", "b", "left" if i < w else "right", f"judge {b}") for b, w in enumerate(wins) for i in range(4)
    ]
    p = 13 / 20
    error = np.sqrt(((wins - 4 * p) ** 2).sum() * 5 / 4) / (20 * p * (1 - p))
    gap = strengths(judgements).ahead("a", "b")
    assert (gap.high - gap.low) / 2 == pytest.approx(stats.t.ppf(0.975, 4) * error, rel=1e-6)


def test_who_never_lost_has_no_upper_bound() -> None:
    found = strengths(won("a", "b", 12))
    gap = found.ahead("a", "b")
    assert gap.value == pytest.approx(np.log(12.5 / 0.5)) and gap.high == np.inf and 0.3 < gap.low < gap.value
    assert (found.above, found.below) == (["a"], ["b"])
    assert found.strength("b").low == -np.inf and found.preferred("a", "b").high == 1
    assert "half a win" in found.method


def test_only_what_no_chain_of_preferences_bounds_is_open() -> None:
    found = strengths(won("a", "b", 3) + won("b", "c", 3) + won("c", "b", 2) + won("a", "d", 2) + won("d", "a", 2))
    assert set(found.above) == {"a", "d"} and set(found.below) == {"b", "c"}
    assert np.isfinite([found.ahead("b", "c").low, found.ahead("b", "c").high]).all()
    assert np.isfinite([found.ahead("a", "d").low, found.ahead("a", "d").high]).all()
    assert found.ahead("a", "c").high == np.inf and np.isfinite(found.ahead("a", "c").low)


def test_groups_that_never_met_are_named() -> None:
    with pytest.raises(UserError, match=r"2 groups .*: a, b \| c, d; judge between them"):
        strengths(won("a", "b", 3) + won("b", "a", 1) + won("c", "d", 2) + won("d", "c", 1))
    with pytest.raises(UserError, match="no judgements yet"):
        strengths([])


def test_pairs_that_fit_no_scale_are_found(judged) -> None:
    circle = [each for a, b in ("ab", "bc", "ca") for each in won(a, b, 18) + won(b, a, 6)]
    found = strengths(circle)
    # All strengths are 0, so each pair's deviance is that of 18 of 24 from a fair coin.
    deviance = 3 * 2 * (18 * np.log(18 / 12) + 6 * np.log(6 / 12))
    assert found.misfit() == pytest.approx(stats.chi2.sf(deviance, 1), rel=1e-6)
    rng = np.random.default_rng(6)
    p = [strengths(judged((0, 0.5, -0.5, 0.2), 300, rng)).misfit() for _ in range(150)]
    assert 0.01 <= np.mean(np.array(p) < 0.05) <= 0.1
