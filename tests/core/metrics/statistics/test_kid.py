"""The cubic kernel distance against a double loop, scikit-learn's kernel, its closed form; both routes alike."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import polynomial_kernel

from gansuite.metrics import MetricError, kid
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics import kernel_distance as module
from gansuite.metrics.statistics import pairs
from gansuite.metrics.statistics.kernel_distance import KID


def gaussian(n, d, seed, scale=1.0, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64) * scale + shift


def by_loops(x, y):
    def k(a, b):
        return (sum(p * q for p, q in zip(a, b, strict=True)) / len(a) + 1) ** 3

    x, y, n = x.tolist(), y.tolist(), len(x)
    within = sum(k(z[i], z[j]) for z in (x, y) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    return within - 2 * sum(k(a, b) for a in x for b in y) / n**2


@pytest.mark.parametrize("moments", [True, False])
def test_equals_the_double_loop_whole_and_without_each_block(monkeypatch, moments):
    monkeypatch.setattr(module, "by_moments", lambda n, d: moments)
    monkeypatch.setattr(pairs, "TILE", 100)
    x, y, labels, metric = gaussian(23, 3, 0, shift=0.5), gaussian(23, 3, 1, shift=0.9), block_labels(23), KID()
    side = metric.side(x, labels, 0)
    assert ("moments" in side) is moments
    table = metric.table(side, y, labels, 0)[:, 0]
    assert table[0] == pytest.approx(by_loops(x, y), rel=1e-10)
    for b in range(10):
        assert table[b + 1] == pytest.approx(by_loops(x[labels != b], y[labels != b]), rel=1e-10)
    assert metric.table(metric.side(x, None, 0), y, None, 0) == pytest.approx(table[:1, None], rel=1e-10)


def test_both_routes_are_one_and_equal_scikit_learns_kernel(monkeypatch):
    x, y = gaussian(1100, 16, 0, scale=2), gaussian(1100, 16, 1, scale=2.2, shift=0.3)
    found = []
    for moments in (True, False):
        monkeypatch.setattr(module, "by_moments", lambda n, d, moments=moments: moments)
        found.append(kid(x, y))
    a, b = found
    assert a.value == pytest.approx(b.value, rel=1e-8)
    assert (a.low, a.high) == pytest.approx((b.low, b.high), rel=1e-8)
    xx, yy, xy = (polynomial_kernel(p.numpy(), q.numpy(), degree=3) for p, q in ((x, x), (y, y), (x, y)))
    n = len(x)
    truth = (xx.sum() - np.trace(xx) + yy.sum() - np.trace(yy)) / (n * (n - 1)) - 2 * xy.mean()
    assert a.value == pytest.approx(truth, rel=1e-9)


def test_moments_are_taken_where_they_are_cheaper():
    assert module.by_moments(10_000, 64) and module.by_moments(1000, 8)
    assert not module.by_moments(1000, 64) and not module.by_moments(10**6, 512)


def moments(mean, scale):
    """First three moments of N(mean, scale² I)."""
    eye = np.eye(len(mean)) * scale**2
    one = np.einsum("i,jk->ijk", mean, eye)
    third = np.einsum("i,j,k->ijk", mean, mean, mean) + one + one.transpose(1, 0, 2) + one.transpose(1, 2, 0)
    return mean, np.outer(mean, mean) + eye, third


def test_closed_form_between_gaussians():
    """MMD² = sum_j C(3, j) / d^j |M_j - N_j|² of the j-th moments; intervals cover it, and the mean is unbiased."""
    d, n, repeats = 4, 300, 300
    m, s, t = np.array([0.6, 0.3, 0.0, -0.3]), 1.0, 1.2
    differences = [a - b for a, b in zip(moments(np.zeros(d), s), moments(m, t), strict=True)]
    truth = sum(math.comb(3, j) / d**j * (each**2).sum() for j, each in enumerate(differences, 1))
    shift = torch.from_numpy(m)
    found = [kid(gaussian(n, d, 2 * i, s), gaussian(n, d, 2 * i + 1, t, shift)) for i in range(repeats)]
    values = np.array([each.value for each in found])
    assert abs(values.mean() - truth) < 3 * values.std() / math.sqrt(repeats)
    assert 0.93 <= np.mean([each.low <= truth <= each.high for each in found]) <= 0.98


def test_zero_in_expectation_for_equal_laws():
    values = np.array([kid(gaussian(60, 6, 2 * i), gaussian(60, 6, 2 * i + 1)).value for i in range(200)])
    assert abs(values.mean()) < 3 * values.std() / math.sqrt(len(values))
    assert (values < 0).mean() > 0.4  # an estimate clipped at 0, or a V-statistic, would have none


def test_features_count_as_they_are():
    """The kernel is not translation invariant, and neither is the metric: nothing may be centred."""
    x, y = gaussian(80, 3, 0), gaussian(80, 3, 1, shift=0.4)
    assert kid(x + 3, y + 3).value == pytest.approx(by_loops(x + 3, y + 3), rel=1e-9)
    assert kid(x + 3, y + 3).value > 2 * kid(x, y).value


def test_invariances_and_floor():
    x, y, z = gaussian(80, 5, 0), gaussian(80, 5, 1, shift=0.4), gaussian(80, 5, 2)
    rotation = torch.linalg.qr(gaussian(5, 5, 3)).Q
    assert kid(x @ rotation, y @ rotation).value == pytest.approx(kid(x, y).value, rel=1e-9)
    assert kid(y, x).value == pytest.approx(kid(x, y).value, rel=1e-9)
    assert kid(x.flip(0), y, seed=5).value == pytest.approx(kid(x, y).value, rel=1e-9)
    found = kid(x, y, floor=z, untrained=y + 3)
    assert found.floor == pytest.approx(kid(x, z).value, rel=1e-9)
    assert found.normalised is not None and 0 < found.normalised.value < 0.2


def test_bad_input_is_told():
    x = gaussian(20, 3, 0)
    with pytest.raises(MetricError, match=r"^kid: 19 fake rows against 20 real rows"):
        kid(x, x[:19])
    with pytest.raises(MetricError, match=r"^kid: fake features are not finite"):
        kid(x, x / 0)
