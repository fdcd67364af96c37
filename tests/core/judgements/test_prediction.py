"""Predicting judgements: against scikit-learn, planted weights, and losses by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from gansuite.judgements.prediction import cross_validated, fit, folds, score

LOG2 = np.log(2)


def choices(n: int, weights: tuple[float, ...], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, len(weights))) * [3.0, 0.1, 1.0][: len(weights)]
    return x, (rng.random(n) < expit(x @ np.array(weights))).astype(float)


def test_the_fit_is_that_of_scikit_learn() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    x, y = choices(80, (0.5, -4.0, 0.0))
    model = fit(x, y, ridge=2.0)
    scale = np.sqrt((x**2).mean(0))
    other = linear_model.LogisticRegression(C=0.5, fit_intercept=False, tol=1e-10, max_iter=10_000).fit(x / scale, y)
    np.testing.assert_allclose(model.weights, other.coef_[0], atol=1e-4)
    np.testing.assert_allclose(model(x), other.predict_proba(x / scale)[:, 1], atol=1e-4)
    p = model(x)
    curvature = (x / scale).T @ ((x / scale) * (p * (1 - p))[:, None]) + 2 * np.eye(3)
    np.testing.assert_allclose(model.errors, np.sqrt(np.diag(np.linalg.inv(curvature))), rtol=1e-5)


def test_planted_weights_come_back_and_a_tie_is_half_a_choice() -> None:
    x, y = choices(20_000, (0.4, -5.0, 0.0), seed=1)
    model = fit(x, y)
    np.testing.assert_allclose(model.weights / model.scale, [0.4, -5.0, 0.0], atol=0.25)
    assert (np.abs(model.weights - np.array([0.4, -5.0, 0.0]) * model.scale) < 4 * model.errors).all()
    twice = fit(np.vstack([x[:50], x[:50]]), np.concatenate([y[:50], 1 - y[:50]]), ridge=2.0)
    np.testing.assert_allclose(twice.weights, fit(x[:50], np.full(50, 0.5), ridge=1.0).weights, atol=1e-6)


def test_changing_sides_changes_the_answer() -> None:
    x, y = choices(40, (0.5, -4.0, 0.0))
    one, other = fit(x, y), fit(-x, 1 - y)
    np.testing.assert_allclose(one(x), 1 - one(-x), atol=1e-12)
    np.testing.assert_allclose(one.weights, other.weights, atol=1e-5)


def test_a_measure_that_never_differs_counts_for_nothing() -> None:
    x, y = choices(40, (0.5, -4.0))
    model = fit(np.hstack([x, np.zeros((40, 1))]), y)
    assert model.weights[2] == 0 and model.errors[2] == pytest.approx(1)
    assert (fit(np.zeros((0, 2)), np.zeros(0))(x) == 0.5).all()


def test_left_out_means_left_out() -> None:
    x, y = choices(30, (0.5, -4.0, 0.0))
    groups = [i // 2 for i in range(30)]
    p = cross_validated(x, y, groups)
    for group in (0, 7):
        own = np.array(groups) == group
        np.testing.assert_array_equal(p[own], fit(x[~own], y[~own])(x[own]))
        assert np.abs(p[own] - fit(x, y)(x[own])).min() > 1e-5


def test_many_groups_are_ten_folds_and_no_group_is_torn() -> None:
    groups = [i % 150 for i in range(400)]
    of = folds(groups, seed=3)
    assert set(of) == set(range(10)) and np.bincount(of).min() > 30
    assert all(len(set(of[np.array(groups) == g])) == 1 for g in range(150))
    assert (folds(groups, seed=4) != of).any()


def test_the_score_by_hand() -> None:
    p, y = np.array([0.9, 0.6, 0.2, 0.5, 0.7]), np.array([1, 0, 0, 1, 0.5])
    groups = ["a", "a", "b", "c", "d"]
    found = score("x", p, y, groups)
    losses = -np.log([0.9, 0.4, 0.8, 0.5]), -np.log([0.7, 0.3]).mean()
    means = np.array([losses[0][:2].mean(), losses[0][2], losses[0][3], losses[1]])
    low, high = stats.t.interval(0.95, 3, means.mean(), stats.sem(means))
    assert found.log_loss.value == pytest.approx(means.mean())
    assert (found.log_loss.low, found.log_loss.high) == pytest.approx((low, high))
    assert (found.gain.low, found.gain.high) == pytest.approx((LOG2 - high, LOG2 - low))
    assert found.accuracy is not None and (found.accuracy.n, found.accuracy.value.value) == (4, 2.5 / 4)
    assert found.pairs == 4 and found.verdict == "4 pairs are too few to say"


def test_verdicts() -> None:
    x, y = choices(60, (1.5, 0.0, 0.0))
    good = score("x", cross_validated(x, y, range(60)), y, range(60))
    assert good.verdict == "better than guessing" and 0 < good.log_loss.value < LOG2 and good.accuracy.value.value > 0.7  # pyright: ignore
    coins = (np.random.default_rng(9).random(60) < 0.5).astype(float)
    assert score("x", cross_validated(x, coins, range(60)), coins, range(60)).verdict != "better than guessing"
    wrong = score("x", np.where(y > 0, 0.2, 0.8), y, range(60))
    assert wrong.verdict == "worse than guessing"


def test_guessing_is_rarely_called_better() -> None:
    rng, calls = np.random.default_rng(10), 0
    for _ in range(60):
        x, y = rng.normal(size=(30, 2)), (rng.random(30) < 0.5).astype(float)
        calls += score("x", cross_validated(x, y, range(30)), y, range(30)).verdict == "better than guessing"
    assert calls / 60 <= 0.05
