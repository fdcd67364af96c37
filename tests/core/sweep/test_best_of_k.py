"""What a budget of k trials buys: against all subsets, closed forms, and broken inputs."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from gansuite.studies.best_of_k import best_of_k, sizes, weights

VALUES = np.array([0.7, 0.1, 2.5, 0.1, -1.0, 3.0, 0.4, 0.9])


@pytest.mark.parametrize("direction", ["min", "max"])
@pytest.mark.parametrize("k", range(1, 9))
def test_mean_and_deviation_are_those_over_all_subsets(direction: str, k: int) -> None:
    best = np.array([(min if direction == "min" else max)(subset) for subset in itertools.combinations(VALUES, k)])
    found = best_of_k(VALUES, [k], direction=direction, reps=0)
    np.testing.assert_allclose(found.value, [best.mean()], rtol=1e-12)
    np.testing.assert_allclose(found.deviation, [best.std()], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("n", [2, 7, 100, 10_000])
def test_the_least_of_k_of_the_first_n_numbers(n: int) -> None:
    """Of 1 to n drawn without replacement: mean (n + 1)/(k + 1), variance k (n + 1)(n - k)/((k + 1)² (k + 2))."""
    k = sizes(n)
    found = best_of_k(np.arange(1, n + 1), reps=0)
    np.testing.assert_array_equal(found.k, k)
    np.testing.assert_allclose(found.value, (n + 1) / (k + 1), rtol=1e-10)
    variance = k * (n + 1) * (n - k) / ((k + 1) ** 2 * (k + 2))
    np.testing.assert_allclose(found.deviation**2, variance, rtol=1e-8, atol=1e-12)


def test_weights_are_shares_of_subsets_at_every_size_without_overflow() -> None:
    k = np.array([1, 2, 5000, 9999, 10_000])
    (rows,) = weights(k, 10_000)
    assert np.isfinite(rows).all() and (rows >= 0).all()
    np.testing.assert_allclose(rows.sum(1), 1, rtol=1e-11)
    np.testing.assert_allclose(rows[:, 0], k / 10_000)
    np.testing.assert_allclose(rows[0], 1e-4)
    assert rows[-1, 1:].max() == 0


def test_ends_and_order() -> None:
    found = best_of_k(VALUES, reps=0)
    assert found.value[0] == pytest.approx(VALUES.mean())
    assert found.value[-1] == VALUES.min() and found.deviation[-1] == 0
    assert (np.diff(found.value) < 0).all()
    again = best_of_k(VALUES[::-1].copy(), reps=0)
    np.testing.assert_allclose(again.value, found.value, rtol=1e-12)


def test_greatest_is_least_mirrored_with_its_interval() -> None:
    least, greatest = best_of_k(VALUES, seed=3), best_of_k(-VALUES, direction="max", seed=3)
    for first, second in (("value", "value"), ("low", "high"), ("high", "low")):
        np.testing.assert_allclose(getattr(least, first), -getattr(greatest, second), rtol=1e-12)
    np.testing.assert_allclose(least.deviation, greatest.deviation, rtol=1e-12)


def test_no_bias_and_the_interval_covers_where_k_is_far_from_n() -> None:
    """Of exponential trials the least of k is exponential with mean 1/k."""
    rng, k, covered, means = np.random.default_rng(0), [1, 5], [], []
    truth = 1 / np.array(k)
    for seed in range(300):
        found = best_of_k(rng.exponential(size=60), k, reps=300, seed=seed)
        covered.append((found.low <= truth) & (truth <= found.high))
        means.append(found.value)
    error = np.std(means, axis=0) / np.sqrt(300)
    assert (np.abs(np.mean(means, axis=0) - truth) < 4 * error).all()
    assert (np.mean(covered, axis=0) > 0.88).all() and (np.mean(covered, axis=0) < 0.985).all()


def test_equal_seeds_give_equal_intervals_and_one_value_a_point() -> None:
    first, second, other = (best_of_k(VALUES, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.low, second.low)
    assert (first.low != other.low).any()
    assert (first.low <= first.value + 1e-12).all() and (first.value <= first.high + 1e-12).all()
    one = best_of_k([0.5])
    assert (one.value, one.low, one.high, one.deviation) == (0.5, 0.5, 0.5, 0.0)


def test_ten_thousand_trials_take_a_moment() -> None:
    began = time.process_time()
    found = best_of_k(np.random.default_rng(0).lognormal(size=10_000), reps=100)
    assert len(found.k) < 210 and found.k[-1] == 10_000
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("values", "k", "direction", "words"),
    [
        ([], None, "min", "finite values, one at least"),
        ([1.0, float("nan")], None, "min", "finite"),
        ([1.0, float("inf")], None, "min", "finite"),
        ([1.0, 2.0], [3], "min", "cannot be told from 2"),
        ([1.0, 2.0], [0], "min", "cannot be told from 2"),
        ([1.0], None, "target", "'min' or 'max'"),
    ],
)
def test_what_has_no_best_of_k(values: list[float], k: list[int] | None, direction: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        best_of_k(values, k, direction=direction)
