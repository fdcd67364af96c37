"""The gradient noise scale of problems whose covariance is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gansuite.metrics import MetricError, Subject, noise_scale
from gansuite.metrics.models.noise_scales import GradientNoiseScale
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.r1 import R1
from gansuite.priors.normal import Normal

D, ERROR, NOISE = 5, 0.3, 1.0


def regression(n, seed):
    """Gradients of (w.x - y)²/2 at a w that is off by e, |e| = ERROR: (e.x - noise) x."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, D, generator=g, dtype=torch.float64)
    return (ERROR * x[:, :1] - NOISE * torch.randn(n, 1, generator=g, dtype=torch.float64)) * x


TRACE = (D + 1) * ERROR**2 + NOISE**2 * D  # E |g|² less |E g|², by the fourth moments of the normal law
TRUTH = TRACE / ERROR**2


def test_linear_regression_is_covered_and_its_parts_are_unbiased():
    found = [noise_scale(regression(1500, seed), seed=seed) for seed in range(300)]
    parts = np.array([[each.extras["variance"], each.extras["square"]] for each in found])
    error = parts.std(0) / len(found) ** 0.5
    assert np.abs(parts.mean(0) - [TRACE, ERROR**2]) == pytest.approx([0, 0], abs=3 * error.max())
    assert abs(parts.mean(0)[1] - ERROR**2) < 3 * error[1]
    covered = np.mean([each.low < TRUTH < each.high for each in found])
    assert 0.91 <= covered <= 0.985
    assert np.median([each.value for each in found]) == pytest.approx(TRUTH, rel=0.05)


def test_means_of_batches_tell_the_same():
    g = regression(64_000, 0)
    single, batches = noise_scale(g), noise_scale(g.view(-1, 64, D).mean(1), batch=64)
    assert single.value == pytest.approx(TRUTH, rel=0.1)
    assert batches.value == pytest.approx(single.value, rel=0.1)
    assert batches.n_fake == 64_000


def test_a_gradient_not_told_from_nothing_has_no_upper_end():
    g = torch.Generator().manual_seed(0)
    found = noise_scale(torch.randn(100, 3, generator=g))
    assert math.isinf(found.high)
    assert found.low > 3
    assert found.as_dict()["high"] is None
    certain = noise_scale(torch.ones(200, 3) + 1e-3 * torch.randn(200, 3, generator=g))
    assert certain.low < 1e-6 < certain.high < 2e-6


@pytest.fixture
def wasserstein(affine, game_of, twin_of, points):
    """G(z) = W z + b, D(x) = w.x: the critic's gradient is G(z) - x, the generator's -w for b and -w zᵀ for W."""

    def make(terms=()) -> Subject:
        draw = torch.Generator().manual_seed(0)
        data = points(train=torch.randn(4000, 2, generator=draw))
        make_game = lambda: game_of(  # noqa: E731
            affine(torch.eye(2), torch.tensor([0.5, 0.0])), affine(torch.tensor([1.0, 2.0])),
            Normal(None, size=2), 2, Wasserstein(),
        )  # fmt: skip
        twin = twin_of(make_game, data, batch_size=32, terms=terms)
        return Subject(twin().game, data, "train", 1000, torch.device("cpu"), twin=twin)

    return make


def test_the_players_of_a_linear_wasserstein_game(wasserstein):
    """Critic: (2 + 2) / 0.5² = 16; generator: |w|² k / |w|² = 2."""
    critic, generator = GradientNoiseScale(batches=100)(wasserstein())
    assert (critic.name, generator.name) == ("gradient-noise-scale/critic", "gradient-noise-scale/generator")
    assert critic.low < 16 < critic.high
    assert critic.value == pytest.approx(16, rel=0.3)
    assert generator.value == pytest.approx(2, rel=0.15)
    assert generator.extras["square"] == pytest.approx(5, rel=0.02)


def test_batches_are_independent_draws_of_a_small_data_set(affine, game_of, twin_of, points):
    """A critic whose mean gradient over the 64 items is 0, in 20 batches of 32: were they ten whole epochs, the mean
    would be 0 to the digit, and the estimate of its square below 0 whatever the seed."""
    x = torch.randn(64, 2, generator=torch.Generator().manual_seed(0))
    data, prior = points(train=x - x.mean(0)), Normal(None, size=2)
    make = lambda: game_of(affine(torch.zeros(2, 2)), affine(torch.tensor([1.0, 2.0])), prior, 2, Wasserstein())  # noqa: E731
    twin = twin_of(make, data, batch_size=32)
    subject = Subject(twin().game, data, "train", 64, torch.device("cpu"), twin=twin)
    squares = [GradientNoiseScale(batches=20)(subject, seed=seed)[0].extras["square"] for seed in range(12)]
    assert 2 <= sum(square > 0 for square in squares) <= 10


def test_a_lazy_penalty_has_its_share_of_the_gradient(wasserstein):
    """Due in every fourth batch and four-fold there: the mean gradient is that of the plain penalty."""
    lazy, plain = (GradientNoiseScale(batches=40)(wasserstein(terms=[R1(weight=0.5, every=e)]))[0] for e in (4, 1))
    assert lazy.extras["square"] == pytest.approx(plain.extras["square"], rel=0.2)
    assert plain.extras["square"] > 1


def test_what_has_no_scale_is_refused(subject_of, affine):
    with pytest.raises(MetricError, match="every gradient is 0"):
        noise_scale(torch.zeros(10, 3))
    with pytest.raises(MetricError, match="not finite"):
        noise_scale(torch.full((10, 3), math.nan))
    with pytest.raises(MetricError, match="at least 4 rows"):
        noise_scale(torch.ones(3, 3))
    with pytest.raises(MetricError, match="no recipe"):
        GradientNoiseScale()(subject_of(affine(torch.eye(2))))
