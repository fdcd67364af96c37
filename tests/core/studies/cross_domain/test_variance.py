"""The analysis of variance against a table worked by hand, least squares, SciPy, enumeration and simulation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from gansuite.studies.variance import omega, p_value, permuted, ratios, resampled, sums, two_way

# Two factors of two levels, three runs a cell. Means 2, 4 / 5, 13, grand mean 6; deviations -1, 0, 1 everywhere:
# SS_A = 12 * 3² = 108, SS_B = 12 * 2.5² = 75, SS_AB = 12 * 1.5² = 27, SS_e = 4 * 2 = 8, of 218 in all.
TABLE = np.array([[[1.0, 2, 3], [3, 4, 5]], [[4, 5, 6], [12, 13, 14]]])


def random_runs(a: int = 3, b: int = 2, n: int = 4, seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(a, b, n)) + rng.normal(size=(a, 1, 1)) + rng.normal(size=(1, b, 1))


def least_squares(y: NDArray[np.float64]) -> list[float]:
    """Sums of squares as differences of residual sums of nested linear models, factors as indicator columns."""
    a, b, _ = y.shape
    first, second, _ = (index.ravel() for index in np.indices(y.shape))
    columns = {
        "1": np.ones((y.size, 1)),
        "a": np.eye(a)[first],
        "b": np.eye(b)[second],
        "ab": np.eye(a * b)[first * b + second],
    }

    def rest(*names: str) -> float:
        x = np.hstack([columns[name] for name in ("1", *names)])
        return float(np.square(y.ravel() - x @ np.linalg.lstsq(x, y.ravel(), rcond=None)[0]).sum())

    return [rest("b") - rest("a", "b"), rest("a") - rest("a", "b"), rest("a", "b") - rest("ab"), rest("ab")]


def test_a_table_worked_by_hand() -> None:
    found = two_way(TABLE, ("A", "B"))
    first, second, both, runs = found.sources
    assert [s.name for s in found.sources] == ["A", "B", "A x B", "runs"]
    assert [s.squares for s in found.sources] == pytest.approx([108, 75, 27, 8])
    assert [s.freedom for s in found.sources] == [1, 1, 1, 8]
    assert [s.eta for s in found.sources] == pytest.approx([108 / 218, 75 / 218, 27 / 218, 8 / 218])
    assert [s.share.value for s in (first, second, both)] == pytest.approx([107 / 219, 74 / 219, 26 / 219])
    assert runs.share.value == pytest.approx(12 / 219)
    assert [first.f, second.f, both.f, runs.f] == [pytest.approx(108), pytest.approx(75), pytest.approx(27), None]
    assert first.p_normal == pytest.approx(float(stats.f.sf(108, 1, 8)))
    assert found.gap.value == pytest.approx(33 / 219) and found.n == 3


@pytest.mark.parametrize("shape", [(2, 2, 3), (3, 2, 4), (4, 5, 2)])
def test_sums_of_squares_are_those_of_nested_least_squares_and_add_up(shape: tuple[int, int, int]) -> None:
    y = random_runs(*shape)
    assert sums(y) == pytest.approx(least_squares(y))
    assert sums(y).sum() == pytest.approx(float(np.square(y - y.mean()).sum()))


def test_a_factor_without_the_other_is_scipys_one_way_analysis() -> None:
    y = random_runs()
    one_way = y.transpose(0, 2, 1).reshape(3, 1, 8)  # the second factor has one level, so all of it is runs
    squares = sums(one_way)
    f = (squares[0] / 2) / ((squares[1:].sum()) / 21)
    assert f == pytest.approx(stats.f_oneway(*one_way[:, 0]).statistic)


def test_shifts_and_scales_change_no_share_and_transposing_swaps_the_factors() -> None:
    y = random_runs()
    assert omega(5 - 3 * y) == pytest.approx(omega(y))
    assert omega(y.transpose(1, 0, 2)) == pytest.approx(omega(y)[[1, 0, 2, 3]])
    assert omega(y).sum() == pytest.approx(1)


def test_omega_squared_has_no_bias_where_eta_squared_has() -> None:
    """alpha = ±1, beta = gamma = 0, deviation 1: half of the variance is A's."""
    rng = np.random.default_rng(0)
    y = np.array([1.0, -1]).reshape(2, 1, 1) + rng.normal(size=(40_000, 2, 2, 3))
    squares = sums(y)
    noise = squares[:, 3] / 8
    numerators = squares[:, :3] - noise[:, None]  # of omega squared before it is cut: abn = 12 times the components
    assert numerators.mean(0) / 12 == pytest.approx([1, 0, 0], abs=0.01)
    assert ((squares.sum(1) + noise) / 12).mean() == pytest.approx(2, abs=0.02)
    eta = squares / squares.sum(1, keepdims=True)
    assert eta[:, 1].mean() > 0.04  # nothing, and yet a share


def test_permutations_keep_to_the_levels_of_the_other_factor() -> None:
    y, rng = np.arange(24.0).reshape(3, 2, 4), np.random.default_rng(0)
    first, second = permuted(y, 0, 50, rng), permuted(y, 1, 50, rng)
    assert first.shape == second.shape == (50, 3, 2, 4)
    for level in range(2):
        assert (np.sort(first[:, :, level].reshape(50, -1)) == np.sort(y[:, level].ravel())).all()
    for level in range(3):
        assert (np.sort(second[:, level].reshape(50, -1)) == np.sort(y[level].ravel())).all()
    assert len(np.unique(first.reshape(50, -1), axis=0)) == 50


def test_deviations_from_the_additive_model_are_permuted_for_the_interaction() -> None:
    y = random_runs() + 10 * np.arange(3).reshape(3, 1, 1)
    additive = y.mean((1, 2), keepdims=True) + y.mean((0, 2), keepdims=True) - y.mean()
    mixed = permuted(y, 2, 50, np.random.default_rng(0)) - additive
    assert np.sort(mixed.reshape(50, -1)) == pytest.approx(np.tile(np.sort((y - additive).ravel()), (50, 1)))
    assert len(np.unique(mixed.reshape(50, -1), axis=0)) == 50


@pytest.mark.parametrize("source", [0, 1])
def test_p_is_that_of_all_permutations(source: int) -> None:
    """Two by two levels, two runs: 6 x 6 ways to deal the runs of each level of the other factor."""
    y = np.random.default_rng(3).normal(size=(2, 2, 2)) + np.array([0.0, 0.8]).reshape(
        (2, 1, 1) if source == 0 else (1, 2, 1)
    )
    lanes = y.transpose(1, 0, 2) if source == 0 else y
    found = []
    for picks in itertools.product(itertools.combinations(range(4), 2), repeat=2):
        dealt = [
            [lane.ravel()[list(pick)], np.delete(lane.ravel(), pick)] for lane, pick in zip(lanes, picks, strict=True)
        ]
        again = np.array(dealt)
        found.append(ratios(again.transpose(1, 0, 2) if source == 0 else again)[source])
    exact = float(np.mean(np.array(found) >= ratios(y)[source] * (1 - 1e-9)))
    assert p_value(y, source, 20_000, np.random.default_rng(0)) == pytest.approx(exact, abs=0.015)


@pytest.mark.parametrize("source", [0, 1, 2])
def test_where_nothing_is_true_small_p_are_as_rare_as_they_say(source: int) -> None:
    rng = np.random.default_rng(source)
    found = np.array([p_value(rng.exponential(size=(2, 2, 4)), source, 199, rng) for _ in range(600)])
    share = float((found <= 0.05).mean())
    assert 0.02 <= share <= 0.085  # 0.05 ± 3.4 standard errors


def test_an_interaction_is_no_main_effect() -> None:
    y = np.array([[1.0, -1], [-1, 1]])[..., None] + 0.05 * np.random.default_rng(0).normal(size=(2, 2, 4))
    prior, training, both, _ = two_way(y).sources
    assert both.share.value > 0.97 and both.p is not None and both.p < 0.001
    assert max(prior.share.value, training.share.value) < 0.01


def test_the_bootstrap_has_the_spread_of_the_runs_and_not_that_of_their_deviations() -> None:
    y = random_runs(2, 2, 3)
    drawn = resampled(y, 20_000, np.random.default_rng(0))
    assert drawn.var(0).mean(-1) == pytest.approx(y.var(-1, ddof=1), rel=0.03)
    assert drawn.mean(0).mean(-1) == pytest.approx(y.mean(-1), abs=0.02)


def test_intervals_hold_the_truth_about_as_often_as_the_docstring_says() -> None:
    rng, hits = np.random.default_rng(0), []
    effect = np.array([1.0, -1]).reshape(2, 1, 1) + np.array([[0.3], [-0.3]])
    truth = 1 / (1 + 0.09 + 1)
    for _ in range(200):
        share = two_way(effect + rng.normal(size=(2, 2, 5)), reps=200, permutations=1, rng=rng).sources[0].share
        hits.append(share.low <= truth <= share.high)
    assert 0.82 <= np.mean(hits) <= 0.99


def test_a_seed_gives_the_same_and_runs_all_alike_are_no_evidence() -> None:
    y = random_runs()
    assert two_way(y) == two_way(y)
    alike = two_way(np.full((2, 2, 3), 0.7))
    assert [s.share.value for s in alike.sources] == [0, 0, 0, 1] and alike.sources[0].p is None
    apart = two_way(np.broadcast_to(np.array([[[0.0]], [[1.0]]]), (2, 2, 3)).copy())
    assert apart.sources[0].share.value == 1 and apart.sources[0].f is None


@pytest.mark.parametrize("runs", [np.zeros((1, 2, 3)), np.zeros((2, 2, 1)), np.full((2, 2, 2), np.inf)])
def test_designs_that_say_nothing_are_refused(runs: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match=r"needs two of all three|worst score"):
        two_way(runs)
