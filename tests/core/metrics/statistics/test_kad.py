"""The kernel distance against a double loop, its closed form, and its law under equal distributions."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from gansuite.metrics import KAD, MetricError, kad
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics import pairs
from gansuite.metrics.two_sample import Known


def gaussian(n, d, seed, scale=1.0, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64) * scale + shift


def by_loops(x, y, h):
    def k(a, b):
        return math.exp(-sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) / (2 * h * h))

    x, y, n = x.tolist(), y.tolist(), len(x)
    within = sum(k(z[i], z[j]) for z in (x, y) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    return within - 2 * sum(k(a, b) for a in x for b in y) / n**2


def test_equals_the_double_loop_whole_and_without_each_block(monkeypatch):
    x, y = gaussian(23, 3, 0), gaussian(23, 3, 1, shift=0.4)
    monkeypatch.setattr(pairs, "TILE", 100)  # few rows a tile, so that tiles cut through blocks
    assert kad(x, y, bandwidth=1.7).value == pytest.approx(by_loops(x, y, 1.7), abs=1e-12)
    metric, labels = KAD(bandwidth=1.7), block_labels(23)
    table = metric.table(metric.side(x, labels, 0), y, labels, 0)
    assert table.shape == (11, 1)
    for b in range(10):
        assert table[b + 1, 0] == pytest.approx(by_loops(x[labels != b], y[labels != b], 1.7), abs=1e-12)
    whole = metric.table(metric.side(x, None, 0), y, None, 0)
    assert whole.shape == (1, 1) and whole[0, 0] == pytest.approx(table[0, 0], abs=1e-12)


def test_what_an_evaluator_keeps_changes_nothing():
    real, floor, untrained, fake = (gaussian(50, 4, i) + i for i in range(4))
    known, metric = Known(), KAD()
    metric(real, fake + 1, floor=floor, untrained=untrained, known=known)
    again = metric(real, fake, floor=floor, untrained=untrained, known=known)[0]
    fresh = kad(real, fake, floor=floor, untrained=untrained)
    for field in ("value", "low", "high", "floor", "untrained"):
        assert getattr(again, field) == pytest.approx(getattr(fresh, field), rel=1e-9)
    assert set(known.tables) == {"floor", "untrained"}


def test_bandwidth_is_the_median_distance_of_the_real_rows_alone():
    x, y = gaussian(40, 5, 0), gaussian(40, 5, 1, scale=9)
    distances = sorted(float((x[i] - x[j]).norm()) for i in range(40) for j in range(i))
    found = kad(x, y)
    assert distances[len(distances) // 2 - 1] <= found.extras["bandwidth"] <= distances[len(distances) // 2]
    assert kad(x, 100 * y).extras["bandwidth"] == found.extras["bandwidth"]
    assert kad(3 * x, 3 * y).value == pytest.approx(found.value, rel=1e-9)


def test_closed_form_between_shifted_gaussians():
    """MMD² = 2 (h²/(h²+2s²))^{d/2} (1 - exp(-|m|²/2(h²+2s²))); intervals cover it, and the mean is unbiased."""
    d, n, s, m, h = 4, 120, 1.3, 0.35, 2.0
    spread = h * h + 2 * s * s
    truth = 2 * (h * h / spread) ** (d / 2) * (1 - math.exp(-d * m * m / (2 * spread)))
    found = [kad(gaussian(n, d, 2 * i, s), gaussian(n, d, 2 * i + 1, s, m), bandwidth=h).as_dict() for i in range(300)]
    values = np.array([each["value"] for each in found])
    assert abs(values.mean() - truth) < 3 * values.std() / math.sqrt(len(found))
    covered = np.mean([each["low"] <= truth <= each["high"] for each in found])
    assert 0.93 <= covered <= 0.98


def test_zero_in_expectation_for_equal_laws():
    values = np.array([kad(gaussian(60, 6, 2 * i), gaussian(60, 6, 2 * i + 1)).value for i in range(300)])
    assert abs(values.mean()) < 3 * values.std() / math.sqrt(len(values))
    assert (values < 0).mean() > 0.4  # an estimate clipped at 0, or a V-statistic, would have none


def test_normalised_is_zero_at_the_floor_and_one_at_the_untrained():
    real, floor, fake, bad = (gaussian(100, 5, i) for i in range(4))
    bad = bad + 2
    assert kad(real, floor, floor=floor, untrained=bad).normalised.value == pytest.approx(0, abs=1e-12)
    at_bad = kad(real, bad, floor=floor, untrained=bad)
    assert at_bad.normalised.value == pytest.approx(1)
    assert at_bad.normalised.high - at_bad.normalised.low < 1e-9  # the same rows: no error is left in the ratio
    middle = kad(real, fake + 0.5, floor=floor, untrained=bad)
    truth = (middle.value - middle.floor) / (middle.untrained - middle.floor)
    assert middle.normalised.value == pytest.approx(truth)
    assert middle.normalised.low < truth < middle.normalised.high
    assert kad(real, fake, floor=floor, untrained=floor).normalised is None
    assert kad(real, fake).normalised is None


def test_rows_sorted_by_class_change_nothing_but_the_blocks():
    order = gaussian(80, 2, 0)[:, 0].argsort()
    x, y = gaussian(80, 2, 0)[order], gaussian(80, 2, 1)
    assert kad(x, y, seed=3).value == pytest.approx(kad(x, y, seed=3).value, abs=1e-14)
    assert kad(x, y, seed=3).value == pytest.approx(kad(x.flip(0), y, seed=4).value, abs=1e-12)


def test_bad_input_is_told():
    x = gaussian(20, 3, 0)
    with pytest.raises(MetricError, match=r"^kad: more than half .* set bandwidth"):
        kad(torch.ones(20, 3), x)
    with pytest.raises(MetricError, match=r"^kad: 19 floor rows against 20 real rows"):
        kad(x, x, floor=x[:19])
    with pytest.raises(MetricError, match=r"^kad: 3 real rows are too few"):
        kad(x[:3], x[:3])


def test_public_names_are_lazy_and_never_hidden_by_a_module():
    code = (
        "import sys, gansuite.metrics\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules\n"
        "import gansuite.metrics.statistics.kernel_distance, gansuite.metrics.statistics.frechet_distance\n"
        "import gansuite.metrics.evaluation\n"
        "for name in gansuite.metrics.__all__: assert callable(getattr(gansuite.metrics, name)), name\n"
        "assert set(gansuite.metrics.__all__) == set(gansuite.metrics._HOME)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
