"""The birthday paradox: supports of known size, the interval of few pairs, and what continuous data is told."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import chi2

import gansuite.metrics.statistics.support_size as module
from gansuite.metrics import MetricError, birthday
from gansuite.metrics.statistics.support_size import Birthday, Repeats, count, within


def uniform(size, n, seed):
    return torch.randint(size, (n, 1), generator=torch.Generator().manual_seed(seed)).double()


def gaussian(n, d, seed):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("size", "n"), [(1000, 126), (10_000, 1200)])
def test_uniform_support_is_recovered_and_covered(size, n):
    """The mean number of pairs is s (s - 1) / 2N; batches of 4 sqrt(N) = 126 hold 8 pairs each."""
    found = np.array([count(uniform(size, n, i), 0.0, None).support() for i in range(200)])
    assert 1 / np.mean(1 / found[:, 0]) == pytest.approx(size, rel=0.07)
    assert 0.92 <= np.mean((found[:, 1] <= size) & (size <= found[:, 2])) <= 0.995
    one = birthday(uniform(size, n, 0))
    assert [one.value, one.low, one.high] == found[0].tolist()


def test_half_of_the_batches_hold_a_duplicate():
    """P(duplicate in s) = .5 at s = 38 for N = 1000 (1 - prod (1 - i / N)); the rule s² / 2 ln 2 gives N back."""
    sizes = [birthday(uniform(1000, 1000, i), seed=i).extras["half"] for i in range(10)]
    truth = next(s for s in range(2, 99) if 1 - math.prod(1 - i / 1000 for i in range(s)) >= 0.5)
    assert truth == 38 and np.mean(sizes) == pytest.approx(truth, rel=0.1)
    assert birthday(uniform(10_000, 4000, 0)).extras["half"] == pytest.approx(118, rel=0.15)


def test_batches_count_the_pairs_within_them():
    x = torch.tensor([[0.0], [0], [1], [2], [1], [3], [3], [3], [9]])
    found = birthday(x, 4)
    assert (found.extras["pairs"], found.extras["duplicates"]) == (12, 4)  # 0 0 1 2 | 1 3 3 3 | 9 is left out
    assert found.value == 3
    assert birthday(x).extras["duplicates"] == 1 + 1 + 3 and birthday(x).value == 36 / 5


def test_interval_is_garwoods():
    repeats = Repeats(torch.tensor([1] * 14 + [0] * 986), 1000)
    value, low, high = repeats.support()
    assert value == pytest.approx(1000 / 7)
    assert low == pytest.approx(1000 / (chi2.ppf(0.975, 16) / 2)) and high == pytest.approx(
        1000 / (chi2.ppf(0.025, 14) / 2)
    )


def test_uneven_laws_are_told_by_their_repeat_rate_and_covered():
    p = 1 / np.arange(1, 1001.0) ** 0.9
    p /= p.sum()
    truth, below = 1 / (p**2).sum(), torch.from_numpy(p.cumsum())
    found = []
    for i in range(150):
        u = torch.rand(500, generator=torch.Generator().manual_seed(i), dtype=torch.float64)
        found.append(count(torch.searchsorted(below, u)[:, None].double(), 0.0, None).support())
    value, low, high = np.array(found).T
    assert np.mean((low <= truth) & (truth <= high)) >= 0.9
    assert value.mean() == pytest.approx(truth, rel=0.05)


def test_no_duplicate_is_a_bound_told_well():
    found = birthday(torch.arange(200.0)[:, None])
    assert math.isinf(found.value) and math.isinf(found.high)
    assert found.low == pytest.approx(19900 / -math.log(0.025))
    assert "no duplicate among 200 samples" in found.extras["warning"]
    assert found.as_dict()["value"] is None and found.as_dict()["low"] > 0


def test_one_thing_alone():
    for threshold in (0.0, 0.5):
        found = birthday(torch.zeros(50, 3), threshold=threshold)
        assert (found.value, found.low, found.extras["half"]) == (1, 1, 2)


def test_threshold_counts_close_pairs(monkeypatch):
    monkeypatch.setattr(module, "tiles", lambda n, m: (slice(i, min(i + 7, n)) for i in range(0, n, 7)))
    x = gaussian(60, 2, 0).double() + 100
    close = torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist") <= 0.2
    assert torch.equal(within(x, 0.2), close.sum(1) - 1)
    found = birthday(x, threshold=0.2, seed=1)
    assert found.extras["duplicates"] == (int(close.sum()) - 60) // 2
    exact = birthday(uniform(40, 60, 0), seed=1)
    assert birthday(uniform(40, 60, 0), threshold=0.5, seed=1).extras["half"] == exact.extras["half"]


def test_default_threshold_is_from_the_real_rows():
    real, fake, floor = gaussian(1000, 4, 0), gaussian(1000, 4, 1), gaussian(1000, 4, 2)
    few = gaussian(50, 4, 3)[uniform(50, 1000, 4)[:, 0].long()] + 1e-4 * gaussian(1000, 4, 5)
    nearest = torch.cdist(real, real).fill_diagonal_(torch.inf).amin(1)
    found = birthday(few, real=real, floor=floor)
    assert found.extras["threshold"] == pytest.approx(float(nearest.quantile(0.01)), rel=1e-3)
    assert found.value == pytest.approx(50, rel=0.15) and found.floor > 10_000
    assert birthday(fake, real=real).value > 10_000
    discrete = birthday(uniform(30, 100, 0), real=uniform(30, 100, 1))
    assert discrete.extras["threshold"] == 0


def test_in_a_run():
    real, floor, fake = uniform(500, 200, 0), uniform(500, 200, 1), uniform(20, 200, 2)
    (found,) = Birthday()(real, fake, floor=floor, untrained=torch.zeros(200, 1))
    assert found.value == birthday(fake, real=real).value == pytest.approx(20, rel=0.2)
    assert found.floor == pytest.approx(500, rel=0.6) and found.untrained == 1 and found.normalised is None
    assert found.low < 20 < found.high


def test_bad_input_is_told():
    x = uniform(10, 30, 0)
    with pytest.raises(MetricError, match="batch = 31: give 2 to 30"):
        birthday(x, 31)
    with pytest.raises(MetricError, match="threshold = -1"):
        birthday(x, threshold=-1.0)
    with pytest.raises(MetricError, match="differ in dimension"):
        birthday(x, real=gaussian(30, 2, 0))
    with pytest.raises(MetricError, match="fake features are not finite"):
        birthday(x / 0)
