"""The number of different bins: the test of one bin, its level for equal laws, and planted differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency

from gansuite.metrics import MetricError, ndb
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics.bins import LEAST, NDB, jensen_shannon, join


def gaussian(n, d, seed, scale=1.0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * scale


def test_a_bin_differs_where_the_two_proportion_test_says_so():
    """The square of its z is Pearson's chi² of the two-by-two table."""
    generator = np.random.default_rng(0)
    real, fake = generator.multinomial(200, [0.05] * 20), generator.multinomial(340, [0.03] * 10 + [0.07] * 10)
    found = NDB(alpha=0.05).different(real, fake)
    truth = [
        chi2_contingency([[r, 200 - r], [f, 340 - f]], correction=False).pvalue < 0.05
        for r, f in zip(real, fake, strict=True)
    ]
    assert found.tolist() == truth and 0 < sum(truth) < 20


def test_divergence_is_that_of_scipy():
    real, fake = np.array([[3, 5, 0, 2]]), np.array([[1, 1, 4, 14]])
    assert jensen_shannon(real, fake)[0] == pytest.approx(jensenshannon(real[0], fake[0]) ** 2)
    assert jensen_shannon(real, 2 * real)[0] == pytest.approx(0)


def test_alpha_of_the_bins_differ_for_equal_laws():
    """Bins counted on the rows that they are made of would give .6 to .8 of alpha."""
    metric, values = NDB(bins=15, alpha=0.2), []
    for i in range(120):
        side = metric.side(gaussian(300, 4, 2 * i), None, i)
        values.append(metric.table(side, gaussian(300, 4, 2 * i + 1), None, i)[0, 0])
    assert abs(np.mean(values) - 0.2) < 3 * np.std(values) / 120**0.5
    assert ndb(gaussian(300, 4, 0), gaussian(300, 4, 1), 15, 0.2).ideal == 0.2


def test_lost_modes_are_different_bins():
    centres = 50 * torch.eye(10, dtype=torch.float64)
    pick = torch.arange(1000) % 10
    real = centres[pick] + gaussian(1000, 10, 0)
    lost = centres[pick % 5] + gaussian(1000, 10, 1)  # five modes have nothing, five have double
    found = ndb(real, lost, 10)
    assert found.value == 1 and found.extras["bins"] == [10, 10]
    assert found.extras["jsd"] == pytest.approx(0.75 * np.log(4 / 3), abs=0.03)
    fine = ndb(real, centres[pick] + gaussian(1000, 10, 2), 10)
    assert fine.value <= 0.2 and fine.extras["jsd"] < 0.01


def test_small_bins_are_joined_to_the_nearest():
    centres = torch.tensor([[0.0], [1.0], [10.0], [11.5], [30.0]])
    assert join(centres, torch.tensor([20, LEAST - 1, 20, 2, 20])).tolist() == [0, 0, 1, 1, 2]
    assert join(centres, torch.tensor([20] * 5)).tolist() == [0, 1, 2, 3, 4]
    chained = join(torch.tensor([[0.0], [1.0], [2.0], [90.0]]), torch.tensor([1, 1, 1, 50]))
    assert len(chained.unique()) == 2 and len(chained[:3].unique()) == 1


def test_without_each_block():
    x, y, labels = gaussian(200, 2, 0), gaussian(200, 2, 1, 1.3), block_labels(200)
    metric = NDB(bins=8)
    side = metric.side(x, labels, 0)
    table = metric.table(side, y, labels, 0)
    assert table[:1] == pytest.approx(metric.table(metric.side(x, None, 0), y, None, 0))
    halves = torch.randperm(200, generator=metric.generator(0, "halves")).chunk(2)
    for half in range(2):
        assert side[f"counts {half}"].sum(1).tolist() == labels[halves[1 - half]].bincount(minlength=10).tolist()
        left = side[f"counts {half}"].sum(0) - side[f"counts {half}"]
        assert side[f"counts {half}"].sum() == 100 and (left.sum(1) >= 100 - 20).all()
        assert metric.counts(side, half, y[labels != 3], None)[0].tolist() == (
            metric.counts(side, half, y, labels)[torch.arange(10) != 3].sum(0).tolist()
        )


def test_bad_input_is_told():
    with pytest.raises(MetricError, match="30 real rows are too few: give at least 40"):
        ndb(gaussian(30, 2, 0), gaussian(30, 2, 1))
