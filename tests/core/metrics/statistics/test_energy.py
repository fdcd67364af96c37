"""The energy distance against a double loop, scipy in one dimension, and the closed form between Gaussians."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
import torch

from gansuite.metrics import MetricError, energy_distance
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics import pairs
from gansuite.metrics.statistics.energy import EnergyDistance


def gaussian(n, d, seed, scale=1.0, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64) * scale + shift


def by_loops(x, y):
    x, y, n = x.tolist(), y.tolist(), len(x)
    within = sum(math.dist(z[i], z[j]) for z in (x, y) for i in range(n) for j in range(n) if i != j)
    return 2 * sum(math.dist(a, b) for a in x for b in y) / n**2 - within / (n * (n - 1))


def test_equals_the_double_loop_whole_and_without_each_block(monkeypatch):
    monkeypatch.setattr(pairs, "TILE", 100)
    x, y, labels, metric = gaussian(23, 3, 0), gaussian(23, 3, 1, shift=0.9), block_labels(23), EnergyDistance()
    table = metric.table(metric.side(x, labels, 0), y, labels, 0)[:, 0]
    assert table[0] == pytest.approx(by_loops(x, y), abs=1e-10)
    for b in range(10):
        assert table[b + 1] == pytest.approx(by_loops(x[labels != b], y[labels != b]), abs=1e-10)


def test_equals_scipy_in_one_dimension():
    """scipy prints the root of the V-statistic, whose means within a set count each row with itself."""
    x, y = gaussian(200, 1, 0), gaussian(200, 1, 1, scale=1.5, shift=0.5)
    within = sum(torch.pdist(z).mean().item() for z in (x, y))
    truth = scipy.stats.energy_distance(x[:, 0].numpy(), y[:, 0].numpy()) ** 2 - within / 200
    assert energy_distance(x, y).value == pytest.approx(truth, rel=1e-9)


def test_closed_form_between_gaussians():
    """E|N(m, s²)| = s √(2/π) exp(-m²/2s²) + m erf(m / s√2); intervals cover the truth, and the mean is unbiased."""
    n, m, s, repeats = 200, 1.5, 1.2, 300

    def folded(m, s):
        return s * math.sqrt(2 / math.pi) * math.exp(-(m**2) / (2 * s**2)) + m * math.erf(m / (s * math.sqrt(2)))

    truth = 2 * folded(m, math.hypot(1, s)) - folded(0, math.sqrt(2)) - folded(0, s * math.sqrt(2))
    found = [energy_distance(gaussian(n, 1, 2 * i), gaussian(n, 1, 2 * i + 1, s, m)) for i in range(repeats)]
    values = np.array([each.value for each in found])
    assert abs(values.mean() - truth) < 3 * values.std() / math.sqrt(repeats)
    assert 0.93 <= np.mean([each.low <= truth <= each.high for each in found]) <= 0.98


def test_zero_in_expectation_for_equal_laws():
    values = np.array([energy_distance(gaussian(60, 6, 2 * i), gaussian(60, 6, 2 * i + 1)).value for i in range(300)])
    assert abs(values.mean()) < 3 * values.std() / math.sqrt(len(values))
    assert (values < 0).mean() > 0.4


def test_invariances():
    x, y = gaussian(80, 5, 0), gaussian(80, 5, 1, shift=0.4)
    value, rotation = energy_distance(x, y).value, torch.linalg.qr(gaussian(5, 5, 3)).Q
    assert energy_distance(x @ rotation, y @ rotation).value == pytest.approx(value, rel=1e-9)
    assert energy_distance(x + 1e6, y + 1e6).value == pytest.approx(value, rel=1e-6)
    assert energy_distance(y, x).value == pytest.approx(value, rel=1e-9)
    assert energy_distance(3 * x, 3 * y).value == pytest.approx(3 * value, rel=1e-9)
    assert energy_distance(x.flip(0), y, seed=4).value == pytest.approx(value, rel=1e-9)


def test_repeated_rows_are_at_no_distance():
    x = gaussian(5, 4, 0).repeat(8, 1)
    assert energy_distance(x, x.flip(0)).value == pytest.approx(by_loops(x, x), abs=1e-7)


def test_bad_input_is_told():
    x = gaussian(20, 3, 0)
    with pytest.raises(MetricError, match=r"^energy-distance: 19 fake rows against 20 real rows"):
        energy_distance(x, x[:19])
