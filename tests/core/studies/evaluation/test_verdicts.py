"""What is read off the values of a metric: correlation, threshold, and whether it was fooled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gansuite.studies.evaluation.verdicts import Reading, correlation, differ, reading

S = (0.25, 0.5, 1.0)
MIN = {"direction": "min", "ideal": None}
R = 8


def noise(seed: int = 0, columns: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Values of ``R`` repeats for real samples, and for samples that are just as real."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=R), rng.normal(size=(R, columns))


def read(null: np.ndarray, values: np.ndarray, direction: str = "min", ideal: float | None = None) -> Reading:
    return reading("ring", "kad", "noise", 64, S, null, values, {"direction": direction, "ideal": ideal})


def test_the_correlation_is_spearmans():
    null, values = noise()
    bad = np.column_stack([null, values + np.arange(3)])
    s = np.broadcast_to([0.0, *S], bad.shape)
    expected = stats.spearmanr(s.ravel(), bad.ravel())[0]
    assert correlation([0.0, *S], bad) == pytest.approx(expected, abs=1e-12)
    bad[2, 1] = math.nan
    kept = ~np.isnan(bad)
    assert correlation([0.0, *S], bad) == pytest.approx(stats.spearmanr(s[kept], bad[kept])[0], abs=1e-12)
    assert correlation([0.0, *S], np.ones_like(bad)) is None


def test_the_threshold_is_where_it_stays_different():
    null, values = noise()
    assert read(null, values).threshold is None and read(null, values).verdict == "blind"
    found = read(null, values + np.array([0, 9, 9]))
    assert (found.threshold, found.verdict) == (0.5, "sees")
    assert read(null, values + np.array([9, 0, 9])).threshold == 1.0
    assert read(null, values + np.array([9, 9, 0])).threshold is None
    assert found.shift == pytest.approx(9 / null.std(ddof=1), rel=0.3)


def test_better_than_real_is_fooled():
    null, values = noise()
    lower = read(null, values - np.array([0, 9, 9]))
    assert (lower.verdict, lower.threshold) == ("fooled", 0.5)
    assert lower.spearman is not None and lower.spearman < -0.5 and lower.shift is not None and lower.shift < -3
    assert read(null, values - np.array([0, 9, 9]), "max").verdict == "sees"


@pytest.mark.parametrize("side", [-1, 1])
def test_a_target_is_missed_on_both_sides(side: int):
    null, values = noise()
    assert read(null, values + side * np.array([0, 9, 9]), "target", 0.0).verdict == "sees"
    assert read(null + 20, values + 20 + side * np.array([0, 9, 9]), "target").verdict == "sees"
    assert read(null + 9 * side, values + np.array([9 * side, 0, 0]), "target", 0.0).verdict == "fooled"


def test_infinite_values_count_by_their_rank_and_missing_ones_not():
    null, values = np.full(R, math.inf), np.full((R, 3), math.inf)
    assert read(null, values, "max").verdict == "blind"
    values[:, 1:] = 50.0
    found = read(null, values, "max")
    assert (found.verdict, found.threshold, found.null, found.values) == ("sees", 0.5, None, [None, 50.0, 50.0])
    values[:, 2] = math.inf
    assert read(np.full(R, 50.0), values, "max").verdict == "fooled"
    values[: R // 2 + 1, 2] = math.nan
    assert read(null, values, "max").verdict == "refuses"


def test_the_test_is_as_strict_as_it_says():
    rng = np.random.default_rng(0)
    alarms = [differ(rng.normal(size=R), rng.normal(size=R)) for _ in range(4000)]
    exact = 0.0070  # the largest two-sided size of the rank sum of 8 and 8 below .01, by enumeration
    assert np.mean(alarms) == pytest.approx(exact, abs=0.004)
    assert not differ(np.zeros(R), np.zeros(R)) and differ(np.zeros(R), np.ones(R))
    assert differ(np.arange(5.0), np.arange(5.0) + 9) and not differ(np.arange(4.0), np.arange(4.0) + 9)
