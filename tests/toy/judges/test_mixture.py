"""Mixtures: densities against scipy and quadrature, quality against the law of the radius."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats

from gansuite.engine.rng import Rng
from gansuite_toy.data.grid import Grid
from gansuite_toy.data.high_dimensional import HighDimensional
from gansuite_toy.data.mixture_1d import DEVIATIONS, MEANS, Mixture1D
from gansuite_toy.data.ring import Ring
from gansuite_toy.judges.mixture import GaussianMixture

MEANS_3 = torch.tensor([[0.0, 0.0], [2.0, -1.0], [-1.0, 3.0]])
SD = torch.tensor([0.5, 1.0, 0.3])
SHARES = torch.tensor([0.5, 0.3, 0.2])
LAW = GaussianMixture(MEANS_3, SD, SHARES)


def test_log_density_is_scipys():
    x = Rng(0, "x").normal(50, 2, scale=2.0).double()
    terms = [
        w * stats.multivariate_normal(m, s**2 * np.eye(2)).pdf(x.numpy())
        for m, s, w in zip(MEANS_3.numpy(), SD.tolist(), SHARES.tolist(), strict=True)
    ]
    np.testing.assert_allclose(LAW.log_density(x).exp().numpy(), sum(terms), rtol=1e-6)


def test_density_integrates_to_one():
    axis = torch.linspace(-8, 10, 901, dtype=torch.float64)
    points = torch.cartesian_prod(axis, axis)
    assert float(LAW.log_density(points).exp().sum()) * (axis[1] - axis[0]) ** 2 == pytest.approx(1, abs=1e-6)
    ring = Ring(count=100).judge
    axis = torch.linspace(-1.1, 1.1, 1101, dtype=torch.float64)
    points = torch.cartesian_prod(axis, axis)
    assert float(ring.log_density(points).exp().sum()) * (axis[1] - axis[0]) ** 2 == pytest.approx(1, abs=1e-6)


def test_draws_have_the_moments_of_their_component():
    x, mode = LAW.sample(200_000, Rng(0, "draw"))
    assert (mode.bincount() / 200_000).tolist() == pytest.approx(SHARES.tolist(), abs=0.005)
    for j in range(3):
        own = x[mode == j]
        assert own.mean(0).tolist() == pytest.approx(MEANS_3[j].tolist(), abs=0.02)
        assert own.std(0).tolist() == pytest.approx([float(SD[j])] * 2, rel=0.02)


def test_nearest_mode_and_quality_by_hand():
    x = torch.tensor([[0.1, 0.0], [1.4, 0.0], [4.9, -1.7], [5.0, -1.1]])
    mode, distance = LAW.modes(x)
    assert mode.tolist() == [0, 1, 1, 1]
    assert distance.tolist() == pytest.approx(
        [0.1, math.hypot(0.6, 1), math.hypot(2.9, 0.7), math.hypot(3, 0.1)], abs=1e-6
    )
    assert LAW.high_quality(x).tolist() == [True, True, True, False]


@pytest.mark.parametrize("make", [Ring, Grid])
def test_share_of_good_real_points_is_that_of_three_deviations(make: type[Ring] | type[Grid]):
    data = make(count=100_000)
    good = data.judge.high_quality(data.parts["train"]["data"]).double().mean()
    truth = 1 - math.exp(-9 / 2)
    assert float(good) == pytest.approx(truth, abs=4 * math.sqrt(truth * (1 - truth) / 80_000))


def test_share_of_good_points_is_the_same_in_seven_hundred_dimensions():
    data = HighDimensional(count=10_000, split={"train": 1.0})
    x = data.parts["train"]["data"]
    assert data.judge.within == pytest.approx(stats.chi(700).ppf(1 - math.exp(-4.5)), rel=1e-9)
    assert not x[:, 700:].any()
    truth = 1 - math.exp(-9 / 2)
    good = data.judge.high_quality(x).double().mean()
    assert float(good) == pytest.approx(truth, abs=4 * math.sqrt(truth * (1 - truth) / 10_000))


def test_the_ring_has_eight_different_modes():
    means = Ring(count=10).judge.means
    apart = torch.pdist(means)
    assert float(apart.min()) == pytest.approx(2 * math.sin(math.pi / 8))
    assert means[2].tolist() == pytest.approx([0, 1], abs=1e-12)


def test_the_grid_is_the_published_one():
    means = {tuple(mean) for mean in Grid(count=10).judge.means.tolist()}
    assert means == {(x, y) for x in (-4.0, -2.0, 0.0, 2.0, 4.0) for y in (-4.0, -2.0, 0.0, 2.0, 4.0)}


def test_an_imbalanced_ring_has_the_weights_asked_for():
    data = Ring(count=101_000, weights=[1.0, 100.0], modes=2, labels=True)
    share = data.parts["train"]["label"].double().mean()
    assert float(share) == pytest.approx(100 / 101, abs=0.002)
    assert data.judge.shares.tolist() == pytest.approx([1 / 101, 100 / 101])


def test_histogram_distances_of_the_line():
    data = Mixture1D(count=200_000, split={"train": 1.0})
    judge, x = data.judge, data.parts["train"]["data"]
    exact = judge.probabilities()
    bells = [stats.norm(m, s) for m, s in zip(MEANS, DEVIATIONS, strict=True)]
    inner = [sum(b.cdf(17) - b.cdf(16) for b in bells) / 5, sum(b.cdf(110) - b.cdf(109) for b in bells) / 5]
    assert [float(exact[16]), float(exact[109])] == pytest.approx(inner, rel=1e-9)
    assert float(exact.sum()) == pytest.approx(1)
    # A sample's histogram has E KL = (bins - 1) / 2n and E chi-square = (bins - 1) / 4n / 2 roughly: next to nothing.
    assert 0 <= judge.kl(x) < 120 / 200_000
    assert 0 <= judge.chi_square(x) < 120 / 200_000
    lost = x[x[:, 0] < 70]  # three of five modes
    assert judge.kl(lost) == pytest.approx(math.log(5 / 3), abs=0.01)
    q, p = 1 / 3, 1 / 5
    assert judge.chi_square(lost) == pytest.approx((3 * (q - p) ** 2 / (q + p) + 2 * p) / 2, abs=0.01)


def test_scaled_line_is_the_same_line():
    one, small = Mixture1D(count=1000), Mixture1D(count=1000, scale=0.01)
    assert torch.allclose(one.parts["test"]["data"] * 0.01, small.parts["test"]["data"], atol=1e-5)
    assert torch.allclose(one.judge.probabilities(), small.judge.probabilities())
