"""Statistics over tasks: reference vectors, enumeration, a reference library, what a bootstrap must not change."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from scipy import stats

from gansuite.studies.across import (
    Number,
    Values,
    bootstrap,
    difference,
    exchange_test,
    gap_of,
    holm,
    iqm,
    iqm_of,
    mean_of,
    median,
    median_of,
    optimality_gap,
    probability_of_improvement,
    profile,
)
from gansuite.studies.intervals import wilson

RNG = np.random.default_rng(7)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def means(first: Values, second: Values) -> Number:
    """The difference of means as a contrast."""
    return mean_of(first) - mean_of(second)


def by_task(runs: list[list[float]]) -> list[np.ndarray]:
    """What the reference vectors write as a row a run, a column a task."""
    return list(np.array(runs, dtype=float).T)


# metrics.md 6.2, from rliable's own tests.
FLAT, STEPS = by_task([[1, 2], [2, 2], [1, 1], [2, 1]]), by_task([[1, 1], [2, 2], [3, 3]])


def test_the_reference_vectors():
    for statistic in (iqm_of, median_of, mean_of):
        assert statistic(FLAT) == pytest.approx(1.5)
        assert statistic(STEPS) == pytest.approx(2.0)


@pytest.mark.parametrize(("tasks", "runs"), [(1, 4), (2, 2), (3, 4), (6, 10)])
def test_iqm_is_the_trimmed_mean_where_whole_runs_are_left_out(tasks: int, runs: int):
    values = list(RNG.lognormal(size=(tasks, runs)))
    assert iqm_of(values) == pytest.approx(stats.trim_mean(np.concatenate(values), 0.25))


def test_iqm_counts_a_run_on_a_quartile_in_part():
    assert iqm_of([np.array([1.0, 2, 3, 4, 5, 6])]) == pytest.approx((0.5 * 2 + 3 + 4 + 0.5 * 5) / 3)
    assert iqm_of([np.array([9.0])]) == 9
    assert iqm_of([np.array([4.0, 0.0])]) == 2


def test_tasks_have_equal_weight_whatever_their_number_of_runs():
    few, many = np.array([0.62, 1.0]), np.array([0.5, 0.6, 0.7, 0.8])
    twice = np.repeat(few, 2)
    assert iqm_of([few, many]) == pytest.approx(iqm_of([twice, many]))
    assert mean_of([few, many]) == pytest.approx((0.81 + 0.65) / 2)
    assert median_of([few, many, np.array([0.9])]) == pytest.approx(0.81)
    x = RNG.normal(size=(5, 7))
    assert iqm_of([x[:, :3], x[:, 3:]]).shape == (5,)
    assert np.asarray(iqm_of([x[:, :3], x[:, 3:]]))[2] == pytest.approx(iqm_of([x[2, :3], x[2, 3:]]))


def test_the_gap_gives_no_credit_beyond_real_data():
    assert gap_of([np.array([-1.0, 1.0]), np.array([0.0, 0.5])]) == pytest.approx((0.5 + 0.25) / 2)


def test_the_bootstrap_resamples_inside_each_task():
    """Two tasks of constant scores have one resample; across tasks they would have many."""
    apart = [np.zeros(4), np.ones(4)]
    found = bootstrap(mean_of, apart, rng=rng())
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)


def test_the_interval_is_that_of_all_resamples():
    """Three runs have 27 resamples: the quantiles of their means, enumerated."""
    x = np.array([0.0, 1.0, 5.0])
    means = [np.mean(each) for each in itertools.product(x, repeat=3)]
    found = bootstrap(mean_of, [x], reps=200_000, rng=rng(), level=0.8)
    low, high = np.quantile(means, [0.1, 0.9], method="inverted_cdf")
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    wide = bootstrap(mean_of, [x], rng=rng(), level=0.95)
    assert wide.low <= found.low and wide.high >= found.high


def test_equal_seeds_give_equal_intervals():
    values = list(RNG.normal(size=(3, 5)))
    for of in (iqm, median, optimality_gap):
        assert of(values, rng=rng()) == of(values, rng=rng())
        assert of(values, rng=rng()) != of(values, rng=np.random.default_rng(1))


def test_probability_of_improvement_is_mann_and_whitney():
    x, y = by_task([[1], [2], [3]]), by_task([[2], [2], [1]])
    wins = [(a < b) + 0.5 * (a == b) for a in (1, 2, 3) for b in (2, 2, 1)]
    found = probability_of_improvement(x, y, rng=rng())
    assert found.value == pytest.approx(np.mean(wins))
    first, second = RNG.normal(size=8), RNG.normal(size=5).round(1)
    u = stats.mannwhitneyu(-first, -second).statistic / 40  # theirs counts the greater
    assert probability_of_improvement([first], [second], rng=rng()).value == pytest.approx(u)
    mixed = probability_of_improvement([first, x[0]], [second, y[0]], rng=rng()).value
    assert mixed == pytest.approx((u + np.mean(wins)) / 2)


def test_one_third_where_one_of_three_tasks_is_won():
    """The reference's vector: better in one task, worse in two."""
    x, y = by_task([[0, 2, 2], [0, 2, 2]]), by_task([[1, 1, 1], [1, 1, 1]])
    assert probability_of_improvement(x, y, rng=rng()).value == pytest.approx(1 / 3)
    assert probability_of_improvement(y, x, rng=rng()).value == pytest.approx(2 / 3)


def test_pairs_are_resampled_together():
    """Scores that differ by a constant in every seed differ by it in every resample, if seeds stay together."""
    x = [RNG.normal(size=6) for _ in range(3)]
    y = [each + 0.25 for each in x]
    together = difference(x, y, mean_of, paired=True, rng=rng())
    assert (together.value, together.low, together.high) == pytest.approx((-0.25, -0.25, -0.25))
    apart = difference(x, y, mean_of, rng=rng())
    assert apart.value == pytest.approx(-0.25) and apart.high - apart.low > 0.3
    one = np.arange(5.0)
    assert probability_of_improvement([one], [one], paired=True, rng=rng()).value == 0.5
    same = probability_of_improvement([one], [one], paired=True, rng=rng())
    assert (same.low, same.high) == (0.5, 0.5)
    assert probability_of_improvement([one], [one], rng=rng()).low < 0.3


def test_a_profile_is_the_mean_share_of_runs_below():
    values, taus = [np.array([0.1, 0.4]), np.array([0.2, 0.2, 0.9])], np.array([0.0, 0.2, 0.4, 1.0])
    found = profile(values, taus, rng=rng())
    assert found.share.tolist() == pytest.approx([0, (1 / 2 + 2 / 3) / 2, (1 + 2 / 3) / 2, 1])
    assert (found.low <= found.share).all() and (found.share <= found.high).all()
    assert found.low[-1] == found.high[-1] == 1
    assert 0 < found.low[1] < 0.5 < found.high[1]


def test_the_exchange_test_is_the_share_of_all_exchanges():
    x, y = [np.array([0.0, 0.1, 0.2, 0.3])], [np.array([0.5, 0.7, 0.1, 0.9])]
    gaps = (x[0] - y[0])[None] * np.array(list(itertools.product([1, -1], repeat=4)))
    exact = np.mean(np.abs(gaps.mean(1)) >= abs((x[0] - y[0]).mean()) - 1e-12)
    found = exchange_test(x, y, means, paired=True, reps=40_000, rng=rng())
    assert found == pytest.approx(exact, abs=0.01)
    both = np.concatenate([x[0], y[0]])
    splits = [list(each) for each in itertools.combinations(range(8), 4)]
    sums = np.array([both[each].mean() - np.delete(both, each).mean() for each in splits])
    exact = np.mean(np.abs(sums) >= abs((x[0] - y[0]).mean()) - 1e-12)
    assert exchange_test(x, y, means, reps=40_000, rng=rng()) == pytest.approx(exact, abs=0.01)


def test_by_ranks_it_is_mann_and_whitneys_exact_test():
    x, y = RNG.normal(size=6), RNG.normal(size=5) + 1
    exact = stats.mannwhitneyu(x, y, method="exact").pvalue
    assert exchange_test([x], [y], reps=40_000, rng=rng()) == pytest.approx(exact, abs=0.01)


def test_the_exchange_test_never_says_impossible_and_keeps_its_level():
    x, y = [np.zeros(10), np.zeros(10)], [np.ones(10), np.ones(10)]
    assert exchange_test(x, y, paired=True, reps=999, rng=rng()) == pytest.approx(1 / 1000)
    assert exchange_test(x, x, paired=True, reps=99, rng=rng()) == 1
    source = np.random.default_rng(3)
    p = [
        exchange_test(
            list(source.normal(size=(4, 3))), list(source.normal(size=(4, 3))), paired=True, reps=199, rng=source
        )
        for _ in range(300)
    ]
    assert np.mean(np.array(p) <= 0.05) < 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def test_holm():
    """Worked by hand: 4 x .01, 3 x .013, 2 x .04, 1 x .5, never falling, never above 1."""
    assert holm([0.013, 0.5, 0.01, 0.04]) == pytest.approx([0.04, 0.5, 0.04, 0.08])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_wilson():
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    known = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0, 0.1611), (1, 29): (0.0061, 0.1718)}
    for (hits, n), (low, high) in known.items():
        found = wilson(hits, n)
        assert (found.value, found.low, found.high) == (
            hits / n,
            pytest.approx(low, abs=1e-4),
            pytest.approx(high, abs=1e-4),
        )
    assert wilson(20, 20).high == pytest.approx(1)


@pytest.mark.parametrize("values", [[], [np.array([])], [np.array([1.0, np.nan])], [np.ones((2, 2))]])
def test_what_are_no_scores(values: list[np.ndarray]):
    with pytest.raises(ValueError, match="finite numbers"):
        iqm(values, rng=rng())
    with pytest.raises(ValueError, match="same seeds"):
        difference([np.ones(2)], [np.ones(3)], paired=True, rng=rng())
    with pytest.raises(ValueError, match="same tasks"):
        difference([np.ones(2)], [np.ones(2), np.ones(2)], rng=rng())


def test_2000_resamples_of_60_runs_take_milliseconds():
    values = list(RNG.normal(size=(6, 10)))
    iqm(values, rng=rng())
    began = time.process_time()
    for _ in range(5):
        iqm(values, rng=rng())
    assert (time.process_time() - began) / 5 < 0.1


def test_coverage_of_three_runs_is_what_the_page_says():
    """A bootstrapped mean of three normal scores: .745 in metrics.md, .765 in benchmarks/interval_coverage.py."""
    source = np.random.default_rng(1)
    hits = []
    for _ in range(400):
        found = bootstrap(mean_of, [source.normal(size=3)], reps=400, rng=source)
        hits.append(found.low <= 0 <= found.high)
    assert np.mean(hits) == pytest.approx(0.75, abs=0.07)
