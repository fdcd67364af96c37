"""The block jackknife against the statistics for which it is exact."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.metrics import Estimate, Interval, jackknife_of
from gansuite.metrics.jackknife import block_labels


def rows(n, seed=0):
    return torch.randn(n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).numpy()


def over(x, labels, f):
    return lambda b: [f(x if b is None else x[(labels != b).numpy()])]


def test_leaving_one_out_makes_the_plug_in_variance_unbiased():
    """The jackknife of the ddof-0 variance is the ddof-1 variance, exactly."""
    x, labels = rows(30), block_labels(30, 30)
    assert jackknife_of(over(x, labels, np.var), labels).value[0] == pytest.approx(np.var(x, ddof=1), rel=1e-12)
    assert jackknife_of(over(x, labels, np.var), labels, correct=False).value[0] == np.var(x)


@pytest.mark.parametrize("n", [30, 23, 10])
def test_mean_keeps_its_value_and_has_its_block_error(n):
    """For a mean, pseudo-value b is block b's mean: the error is theirs, also for blocks of 2 and 3 rows."""
    x, labels = rows(n), block_labels(n)
    found = jackknife_of(over(x, labels, np.mean), labels)
    means = np.array([x[(labels == b).numpy()].mean() for b in range(10)])
    assert found.value[0] == pytest.approx(x.mean(), rel=1e-12)
    assert found.pseudo[:, 0] == pytest.approx(means, rel=1e-9)
    if n % 10 == 0:
        assert found.error([1.0]) == pytest.approx(means.std(ddof=1) / np.sqrt(10), rel=1e-9)
        half = 2.2621571628 * found.error([1.0])  # Student's t, 9 degrees of freedom
        assert found.of(0).high - x.mean() == pytest.approx(half, rel=1e-9)


def test_interval_covers_with_unequal_blocks():
    hits = 0
    for i in range(600):
        x, labels = rows(23, i), block_labels(23, seed=i)
        interval = jackknife_of(over(x, labels, np.mean), labels).of(0)
        hits += interval.low <= 0 <= interval.high
    assert 0.93 <= hits / 600 <= 0.98


def test_shared_noise_cancels_in_a_difference():
    """Blocks are left out of all sets at once, so what two statistics share is no error of their difference."""
    x, y, labels = rows(50), rows(50, 1), block_labels(50)

    def statistic(b):
        keep = np.ones(50, bool) if b is None else (labels != b).numpy()
        return [x[keep].mean() * 100, x[keep].mean() * 100 + y[keep].mean()]

    found = jackknife_of(statistic, labels)
    alone = jackknife_of(over(y, labels, np.mean), labels)
    assert found.error([-1.0, 1.0]) == pytest.approx(alone.error([1.0]), rel=1e-9)


def test_labels_are_a_seeded_shuffle_of_even_blocks():
    labels = block_labels(23, seed=1)
    assert torch.bincount(labels).tolist() == [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]
    assert torch.equal(labels, block_labels(23, seed=1)) and not torch.equal(labels, block_labels(23, seed=2))
    assert torch.bincount(block_labels(6)).tolist() == [1] * 6


def test_estimate_is_plain_json():
    nan = float("nan")
    row = Estimate(
        "kad", nan, -1.0, float("inf"), 5, 5, "m", normalised=Interval(0.1, nan, 0.2), extras={"c": (nan, 1)}
    )
    plain = row.as_dict()
    assert (plain["value"], plain["low"], plain["high"]) == (None, -1.0, None)
    assert plain["normalised"] == {"value": 0.1, "low": None, "high": 0.2} and plain["extras"] == {"c": [None, 1]}
