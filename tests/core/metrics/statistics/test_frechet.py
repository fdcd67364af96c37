"""The Fréchet distance against closed forms, scipy, its exact bias, and the coverage of its interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.linalg
import torch

from gansuite.metrics import Frechet, MetricError, frechet
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics import frechet_distance as module
from gansuite.metrics.two_sample import Known


def gaussian(n, d, seed, scale=1.0, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64) * scale + shift


def plain(x, y):
    return frechet(x, y, correction=None).value


def test_published_example():
    """compare_gan's fid_score_test: means (1.5, 1) and (5.5, 5.5), ddof 1."""
    real = np.array([[2.0, 1.0]] * 50 + [[1.0, 1.0]] * 50)
    fake = np.array([[9.0, 9.0]] * 50 + [[2.0, 9.0]] * 50)
    assert plain(real, fake) == pytest.approx(89.0909, abs=5e-5)


def test_one_dimension_is_means_and_deviations():
    x, y = gaussian(50, 1, 0), gaussian(50, 1, 1, scale=2.5, shift=3.0)
    truth = (x.mean() - y.mean()) ** 2 + (x.std() - y.std()) ** 2
    assert plain(x, y) == pytest.approx(float(truth), rel=1e-12)


def by_sqrtm(x, y):
    s, t = np.cov(x.numpy().T), np.cov(y.numpy().T)
    root = scipy.linalg.sqrtm(s @ t).real
    return float((x.mean(0) - y.mean(0)).square().sum()) + np.trace(s + t - 2 * root)


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_equals_sqrtm(offset):
    """Also at a large offset, where raw second moments lose their digits."""
    mixing = gaussian(12, 12, 9)
    x, y = gaussian(300, 12, 0) @ mixing, gaussian(300, 12, 1, scale=1.3) @ mixing.flip(0) + 0.2
    assert plain(x + offset, y + offset) == pytest.approx(by_sqrtm(x, y), rel=1e-8 if offset == 0 else 1e-6)


def test_equals_sqrtm_in_more_features_than_a_tile():
    x, y = gaussian(800, 300, 0), gaussian(800, 300, 1, scale=1.3)
    y = y @ torch.linalg.qr(gaussian(300, 300, 2)).Q + 0.05
    assert plain(x, y) == pytest.approx(by_sqrtm(x, y), rel=1e-10)


@pytest.mark.parametrize(("n", "d"), [(60, 5), (40, 38), (30, 45)])
def test_the_table_is_the_value_without_each_block(n, d):
    """From moments, where a left-out block makes covariances singular, and from products."""
    x, y, labels, metric = gaussian(n, d, 0), gaussian(n, d, 1, scale=1.4, shift=0.2), block_labels(n), Frechet()
    table = metric.table(metric.side(x, labels, 0), y, labels, 0)
    assert table.shape == (11, 1) and table[0, 0] == pytest.approx(plain(x, y), rel=1e-6)
    for b in range(10):
        assert table[b + 1, 0] == pytest.approx(plain(x[labels != b], y[labels != b]), rel=1e-6)


def test_what_an_evaluator_keeps_changes_nothing():
    real, floor, untrained, fake = (gaussian(50, 4, i, scale=1 + i) for i in range(4))
    known, metric = Known(), Frechet()
    metric(real, fake + 1, floor=floor, untrained=untrained, known=known)
    again = metric(real, fake, floor=floor, untrained=untrained, known=known)[0]
    fresh = frechet(real, fake, floor=floor, untrained=untrained)
    for field in ("value", "low", "high", "floor", "untrained"):
        assert getattr(again, field) == pytest.approx(getattr(fresh, field), rel=1e-9)


def test_plain_value_of_many_features_has_its_interval_from_fewer_rows(monkeypatch):
    """... at least as wide as from all of them, and the same value."""
    x, y = gaussian(2000, 20, 0), gaussian(2000, 20, 1, scale=1.2)
    full = frechet(x, y, correction=None)
    monkeypatch.setattr(module, "SOLVED", 10)
    found = frechet(x, y, correction=None)
    assert found.value == pytest.approx(full.value, rel=1e-10)
    wider = (found.high - found.low) / (full.high - full.low)
    assert 0.6 < wider < 2.5 and abs(wider - 1) > 0.01


def test_singular_covariances_have_one_value_by_either_route():
    """A constant feature makes the covariances of n > d rows singular; zero columns force the route for n <= d."""
    x, y = gaussian(40, 5, 0), gaussian(40, 5, 1, scale=2.0)
    padded = [torch.nn.functional.pad(z, (0, 60)) for z in (x, y)]
    constant = [torch.nn.functional.pad(z, (0, 1), value=7.0) for z in (x, y)]
    assert plain(*padded) == pytest.approx(plain(x, y), rel=1e-10)
    assert plain(*constant) == pytest.approx(plain(x, y), rel=1e-6)
    corrected = frechet(*padded), frechet(x, y)
    assert corrected[0].value == pytest.approx(corrected[1].value, rel=1e-8)
    assert corrected[0].low == pytest.approx(corrected[1].low, rel=1e-8)
    assert "n <= d" in corrected[0].extras["warning"] and not corrected[1].extras


def test_invariances():
    x, y = gaussian(100, 6, 0), gaussian(100, 6, 1, scale=1.5, shift=0.5)
    rotation = torch.linalg.qr(gaussian(6, 6, 2)).Q
    assert plain(x @ rotation, y @ rotation) == pytest.approx(plain(x, y), rel=1e-10)
    assert plain(y, x) == pytest.approx(plain(x, y), rel=1e-10)
    assert plain(3 * x, 3 * y) == pytest.approx(9 * plain(x, y), rel=1e-10)
    assert plain(x, x) == pytest.approx(0, abs=1e-10)


def test_bias_of_the_plain_value_is_the_exact_one_and_the_jackknife_removes_it():
    """One dimension: E = m² + (s² + t²)/n + s² + t² - 2 s t c4², c4 the mean of a sample deviation."""
    n, s, t, m = 20, 1.0, 1.4, 0.3
    c4 = math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))
    exact = m**2 + (s**2 + t**2) / n + s**2 + t**2 - 2 * s * t * c4**2
    truth = m**2 + (s - t) ** 2
    draws = [(gaussian(n, 1, 2 * i, s), gaussian(n, 1, 2 * i + 1, t, m)) for i in range(300)]
    metric = Frechet(correction="none")
    plain = [metric.table(metric.side(x, None, 0), y, None, 0)[0, 0] for x, y in draws]
    values = np.array([plain, [frechet(x, y).value for x, y in draws]]).T
    error = values.std(0) / math.sqrt(len(draws))
    assert exact - truth > 4 * error[0]  # the bias is there to be seen
    assert abs(values[:, 0].mean() - exact) < 3 * error[0]
    assert abs(values[:, 1].mean() - truth) < 3 * error[1]


def test_interval_covers_the_truth():
    """95 % intervals of the value, and of the normalised value, over 250 draws of four Gaussian sets."""
    n, d, repeats = 200, 4, 250
    scale = torch.arange(1, d + 1).double() ** -0.25
    distance = {k: float(((k - 1) * scale).square().sum()) for k in (1.2, 2.0)}
    hits = np.zeros(2)
    for i in range(repeats):
        real, floor, fake, untrained = (gaussian(n, d, 4 * i + j) * scale for j in range(4))
        found = frechet(real, 1.2 * fake, floor=floor, untrained=2 * untrained)
        ratio = found.normalised
        assert ratio is not None and found.untrained is not None and abs(found.untrained - distance[2.0]) < 2
        hits += found.low <= distance[1.2] <= found.high, ratio.low <= distance[1.2] / distance[2.0] <= ratio.high
    assert 0.93 <= hits[0] / repeats <= 0.98
    assert 0.93 <= hits[1] / repeats <= 0.99


@pytest.mark.parametrize(
    ("fake", "message"),
    [
        (torch.zeros(30, 3), "30 fake rows against 40 real rows"),
        (torch.zeros(40, 2), "fake features have 2 dimensions and real ones 3"),
        (torch.full((40, 3), math.nan), "fake features are not finite"),
        (torch.zeros(40), "fake features have shape"),
    ],
)
def test_bad_input_is_told(fake, message):
    with pytest.raises(MetricError, match=f"^frechet: {message}"):
        frechet(torch.zeros(40, 3), fake)
    with pytest.raises(ValueError, match=r"^frechet: correction"):
        frechet(torch.zeros(40, 3), torch.zeros(40, 3), correction="bootstrap")
