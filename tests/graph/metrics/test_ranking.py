"""AUC and average precision against scikit-learn, ties and all, and the bootstrap's coverage."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from gansuite_graph.metrics.ranking import Ranking, bootstrapped


def drawn(seed: int, m: int, k: int, levels: int | None) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=m) + 0.7, rng.normal(size=k)
    return scores if levels is None else tuple(np.floor(each * levels) for each in scores)  # pyright: ignore[reportReturnType]


@pytest.mark.parametrize(("m", "k"), [(1, 1), (7, 3), (40, 60), (300, 200)])
@pytest.mark.parametrize("levels", [None, 3, 1, 0])
def test_against_scikit_learn(m, k, levels):
    positive, negative = drawn(m + k, m, k, levels)
    labels, scores = np.repeat([1, 0], [m, k]), np.concatenate([positive, negative])
    auc, ap = Ranking(positive, negative).values
    assert auc == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    assert ap == pytest.approx(average_precision_score(labels, scores), abs=1e-12)


def test_extremes():
    assert Ranking(np.array([2.0, 3.0]), np.array([0.0, 1.0])).values == (1.0, 1.0)
    assert Ranking(np.zeros(3), np.zeros(9)).values == pytest.approx((0.5, 0.25))
    assert Ranking(np.array([0.0]), np.array([1.0, 2.0])).values == pytest.approx((0.0, 1 / 3))


def test_a_resample_is_the_ranking_of_its_items():
    positive, negative = drawn(3, 12, 9, 2)
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 3, (5, 12)), rng.integers(0, 3, (5, 9))
    found = Ranking(positive, negative).of(*counts)
    for (auc, ap), a, b in zip(found, *counts, strict=True):
        expected = Ranking(np.repeat(positive, a), np.repeat(negative, b)).values
        assert (auc, ap) == pytest.approx(expected)


def test_resamples_are_a_function_of_the_seed(monkeypatch):
    ranking = Ranking(*drawn(0, 30, 30, None))
    draws = bootstrapped(ranking, 200, 1)
    assert draws.shape == (200, 2) and np.array_equal(bootstrapped(ranking, 200, 1), draws)
    assert not np.array_equal(bootstrapped(ranking, 200, 2), draws)
    monkeypatch.setattr("gansuite_graph.metrics.ranking.ROWS", 60 * 7)  # seven at a time
    assert bootstrapped(ranking, 200, 1).shape == (200, 2)
    assert bootstrapped(ranking, 200, 1).mean(0) == pytest.approx(draws.mean(0), abs=0.02)


def test_intervals_hold_what_they_say():
    """95 % percentile intervals of the AUC, of which Φ(0.7/√2) is the truth."""
    truth, covered, spread, values = 0.68970, 0, [], []
    for seed in range(200):
        ranking = Ranking(*drawn(seed, 60, 60, None))
        draws = bootstrapped(ranking, 300, seed)[:, 0]
        low, high = np.quantile(draws, [0.025, 0.975])
        covered += low <= truth <= high
        spread.append(draws.std())
        values.append(ranking.values[0])
    assert 0.9 <= covered / 200 <= 0.99
    assert np.mean(spread) == pytest.approx(np.std(values), rel=0.15)
