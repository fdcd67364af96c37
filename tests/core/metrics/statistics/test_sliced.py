"""The sliced Wasserstein distance against sorting, POT, and the closed form between Gaussians."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
import torch

from gansuite.metrics import MetricError, sliced_wasserstein
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics.sliced import SlicedWasserstein


def gaussian(n, d, seed, scale=1.0, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64) * scale + shift


def directions(projections, d, seed=0):
    return SlicedWasserstein(projections=projections).side(torch.zeros(2, d).double(), None, seed)["directions"]


def test_one_dimension_is_sorting():
    x, y = gaussian(50, 1, 0), gaussian(50, 1, 1, scale=2, shift=1)
    a, b = x[:, 0].sort().values, y[:, 0].sort().values
    assert sliced_wasserstein(x, y).value == pytest.approx(float((a - b).square().mean().sqrt()), rel=1e-12)
    truth = scipy.stats.wasserstein_distance(a.numpy(), b.numpy())
    assert sliced_wasserstein(x, y, p=1.0).value == pytest.approx(truth, rel=1e-12)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
def test_equals_pot(p):
    ot = pytest.importorskip("ot")
    x, y = gaussian(100, 6, 0), gaussian(100, 6, 1, scale=1.5, shift=0.5)
    truth = ot.sliced_wasserstein_distance(x.numpy(), y.numpy(), projections=directions(30, 6).T.numpy(), p=p)
    assert sliced_wasserstein(x, y, projections=30, p=p).value == pytest.approx(truth, rel=1e-10)


def test_the_table_is_the_value_without_each_block():
    x, y, labels, metric = gaussian(57, 4, 0), gaussian(57, 4, 1, shift=0.5), block_labels(57), SlicedWasserstein()
    table = metric.table(metric.side(x, labels, 0), y, labels, 0)[:, 0]
    assert len(table) == 11 and table[0] == pytest.approx(sliced_wasserstein(x, y).value, rel=1e-12)
    for b in range(10):
        left = sliced_wasserstein(x[labels != b], y[labels != b]).value
        assert table[b + 1] == pytest.approx(left, rel=1e-12)


def test_a_shift_is_its_mean_length_along_the_directions():
    x, shift = gaussian(40, 5, 0), gaussian(1, 5, 1)
    u = directions(200, 5)
    assert u.norm(dim=1) == pytest.approx(1.0, rel=1e-12)
    truth = float((u @ shift[0]).square().mean().sqrt())
    assert sliced_wasserstein(x, x + shift).value == pytest.approx(truth, rel=1e-9)
    assert truth == pytest.approx(float(shift.norm()) / math.sqrt(5), rel=0.15)
    assert not torch.equal(u, directions(200, 5, seed=1))


def test_closed_form_between_gaussians():
    """SW² = |m|² / d + (s - t)² for N(0, s² I) and N(m, t² I): the plug-in value is close above it, and covered."""
    n, d, s, t, m, repeats = 200, 3, 1.0, 1.5, 0.8, 200
    truth = math.sqrt(float((directions(50, d) @ torch.full((d,), m).double()).square().mean()) + (s - t) ** 2)
    found = [
        sliced_wasserstein(gaussian(n, d, 2 * i, s), gaussian(n, d, 2 * i + 1, t, m), projections=50)
        for i in range(repeats)
    ]
    values = np.array([each.value for each in found])
    assert 0 < values.mean() - truth < 0.03
    assert 0.92 <= np.mean([each.low <= truth <= each.high for each in found]) <= 0.99


def test_equal_laws_are_at_a_distance_that_falls_as_the_root_of_n():
    values = [
        np.mean([sliced_wasserstein(gaussian(n, 3, 2 * i), gaussian(n, 3, 2 * i + 1)).value for i in range(40)])
        for n in (100, 400)
    ]
    assert values[0] / values[1] == pytest.approx(2, rel=0.15)


def test_invariances():
    x, y = gaussian(80, 5, 0), gaussian(80, 5, 1, shift=0.4)
    value = sliced_wasserstein(x, y).value
    assert sliced_wasserstein(y, x).value == pytest.approx(value, rel=1e-12)
    assert sliced_wasserstein(3 * x + 7, 3 * y + 7).value == pytest.approx(3 * value, rel=1e-9)
    assert sliced_wasserstein(x.flip(0), y).value == pytest.approx(value, rel=1e-12)
    assert sliced_wasserstein(x, x.flip(0)).value == pytest.approx(0, abs=1e-12)
    assert sliced_wasserstein(x, x.flip(0)).low == 0
    assert sliced_wasserstein(x, y, seed=1).value != value


def test_bad_input_is_told():
    x = gaussian(20, 3, 0)
    with pytest.raises(MetricError, match=r"^sliced-wasserstein: 19 fake rows against 20 real rows"):
        sliced_wasserstein(x, x[:19])
