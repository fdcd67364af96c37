"""Inversion against projections, which linear generators have, and against memorised samples."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from gansuite.metrics.models.inversion import IvOM, welch
from gansuite.metrics.models.points import ratio
from gansuite.priors.uniform import Uniform


def test_a_linear_generator_leaves_the_residual_of_the_projection(subject_of, affine):
    g = torch.Generator().manual_seed(0)
    w, b = torch.randn(5, 2, generator=g), torch.randn(5, generator=g)
    subject = subject_of(affine(w, b), size=2, dim=5)
    held_out, train, overfitting = IvOM(points=30)(subject)
    for found, split in ((held_out, "test"), (train, "train")):
        x = subject.real(30, split) - b
        residual = (x - (w @ torch.linalg.lstsq(w, x.T).solution).T).square().sum(1)
        assert found.value == pytest.approx(float(residual.mean()), rel=1e-3)
        half = 2.0452 * float(residual.std()) / 30**0.5  # Student's quantile with 29 degrees
        assert found.high - found.value == pytest.approx(half, rel=1e-2)
    assert overfitting.value == pytest.approx(held_out.value - train.value)
    assert overfitting.low < 0 < overfitting.high


def test_a_generator_that_knows_its_training_samples_shows_it(subject_of, points):
    """G = sum over training samples x_i softmax(5 z)_i reaches each of them, and nothing but mixtures besides."""
    g = torch.Generator().manual_seed(0)
    data = points(train=torch.randn(8, 6, generator=g), test=torch.randn(40, 6, generator=g))

    class Memory(nn.Module):
        def __init__(self):
            super().__init__()
            self.samples = nn.Parameter(data.splits["train"].clone())

        def forward(self, z, condition=None, rng=None):
            return torch.softmax(5 * z, 1) @ self.samples

    held_out, train, overfitting = IvOM(points=40, steps=300)(subject_of(Memory(), size=8, data=data, dim=6))
    assert train.value < 0.05
    assert held_out.value > 1
    assert overfitting.low > 1


def test_the_best_of_several_starts_counts(subject_of, points):
    """On a wave with many valleys one start seldom finds the lowest; the untrained model is normalised by."""

    class Wave(nn.Module):
        def __init__(self, scale):
            super().__init__()
            self.scale = nn.Parameter(torch.tensor(scale))

        def forward(self, z, condition=None, rng=None):
            return self.scale * torch.cat([3 * z.sin() + 0.3 * z, (9 * z).cos()], 1)

    z = torch.linspace(-2, 2, 40)[:, None]
    data = points(train=Wave(1.0)(z).detach(), test=Wave(1.0)(z + 0.01).detach())
    subject, untrained = (subject_of(Wave(s), size=1, data=data) for s in (1.0, 0.0))
    many = IvOM(restarts=4)(subject, untrained=untrained)[0]
    one = IvOM(restarts=1)(subject)[0]
    assert many.value < 1e-3
    assert many.value <= one.value
    assert many.untrained == pytest.approx(float(data.splits["test"].square().sum(1).mean()), rel=1e-5)
    assert many.normalised is not None
    assert many.untrained is not None
    assert many.normalised.value == pytest.approx(many.value / many.untrained)


def test_a_uniform_prior_keeps_its_bounds(subject_of, affine, points):
    """G(z) = z with z in [-1, 1]: the nearest to 3 is 1."""
    data = points(train=torch.full((4, 1), 0.5), test=torch.full((4, 1), 3.0))
    prior = Uniform(None, size=1)
    found, train, _ = IvOM(steps=400)(subject_of(affine(torch.eye(1)), prior=prior, data=data, dim=1))
    assert found.value == pytest.approx(4.0, rel=1e-2)
    assert found.value >= 4.0
    assert train.value < 1e-6


def test_a_ratio_to_the_same_points_of_an_untrained_model_has_their_common_error():
    g = np.random.default_rng(0)
    untrained = 3 + g.normal(size=50)
    exact = ratio(0.5 * untrained, untrained, 0.0)
    assert exact is not None
    assert (exact.low, exact.high) == pytest.approx((0.5, 0.5))
    noise = g.normal(size=50)
    found = ratio(0.5 * untrained + noise, untrained, 0.0)
    assert found is not None
    assert found.high - found.value == pytest.approx(2.0096 * noise.std(ddof=1) / 50**0.5 / untrained.mean(), rel=0.15)
    assert ratio(untrained, untrained - untrained.mean(), 0.0) is None


def test_welch_is_scipys():
    from scipy.stats import ttest_ind

    g = np.random.default_rng(0)
    a, b = g.normal(size=12), 3 * g.normal(size=30)
    theirs = ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    ours = welch(a, b)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
