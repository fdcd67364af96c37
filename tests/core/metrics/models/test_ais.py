"""Annealed importance sampling against the exact likelihood of a linear-Gaussian decoder."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.metrics import MetricError, log_likelihood
from gansuite.metrics.models.annealed_importance import AIS, Annealing, bracket, lower_bound
from gansuite.metrics.models.latents import from_normal
from gansuite.priors.normal import Normal
from gansuite.priors.uniform import Uniform

DZ, DX, S2 = 10, 64, 0.025


def problem(seed=0, n=10, dz=DZ, dx=DX, s2=S2):
    """A linear decoder, samples of its model, and their exact log-likelihoods N(x; b, W Wᵀ + sigma2 I)."""
    g = torch.Generator().manual_seed(seed)
    w, b = torch.randn(dx, dz, generator=g) / dz**0.5, torch.randn(dx, generator=g)
    x = torch.randn(n, dz, generator=g) @ w.T + b + s2**0.5 * torch.randn(n, dx, generator=g)
    covariance = (w @ w.T).double() + s2 * torch.eye(dx).double()
    exact = torch.distributions.MultivariateNormal(b.double(), covariance).log_prob(x.double())
    return (lambda z: z @ w.T + b), x, exact.numpy(), (w, b)


def test_the_gap_to_the_exact_value_falls_with_the_steps():
    """10.9, 2.3 and 0.4 nats in the reference run at T = 100, 300 and 1000; here no more."""
    decode, x, exact, _ = problem()
    gaps = {}
    for steps in (100, 300, 1000):
        found = log_likelihood(decode, x, DZ, sigma2=S2, steps=steps)
        gaps[steps] = float((exact - np.array(found.extras["values"])).mean())
        assert found.value == pytest.approx(np.mean(found.extras["values"]))
        assert 0.5 < found.extras["acceptance"] < 0.75
    assert 0.5 < gaps[100] < 10.9
    assert gaps[300] < min(2.3, gaps[100])
    assert abs(gaps[1000]) < 0.4


def test_the_weight_is_unbiased_whatever_the_steps():
    """Over very many chains the mean weight of 3 crude steps is p(x) itself."""
    decode, x, exact, _ = problem(n=3, dz=2, dx=3, s2=0.5)
    found, _ = lower_bound(decode, x, 2, 0.5, Annealing(3, 100_000, 2), Rng(0, "many"))
    assert found == pytest.approx(exact, abs=0.02)


def test_the_bracket_holds_the_truth_and_closes():
    """Chains that come from the posterior bound log p from above: upper less lower is more than the exact gap."""
    decode, _, _, _ = problem()
    wide, narrow = (bracket(decode, 10, DZ, S2, Annealing(t), Rng(0, "b"), torch.zeros(1)) for t in (50, 500))
    assert wide.mean() > 4 * narrow.mean() > 0
    # With enough chains both ends are exact, and the bracket is closed.
    decode, _, _, _ = problem(dz=2, dx=3, s2=0.5)
    closed = bracket(decode, 10, 2, 0.5, Annealing(20, 2000, 5), Rng(0, "b"), torch.zeros(1))
    assert abs(closed.mean()) < 0.04


def test_a_uniform_prior_is_a_map_of_gaussian_numbers(subject_of, affine):
    """x = z + noise with z ~ U(-2, 1): p(x) = (Phi((x + 2) / s) - Phi((x - 1) / s)) / 3."""
    prior, s2 = Uniform(None, size=1, low=-2.0, high=1.0), 0.04
    x = torch.tensor([[-1.0], [0.9], [1.2]], dtype=torch.float64)
    cdf = torch.special.ndtr
    exact = ((cdf((x + 2) / s2**0.5) - cdf((x - 1) / s2**0.5)) / 3).log().mean()
    found = log_likelihood(lambda z: z, x, prior, sigma2=s2, steps=200, chains=200)
    assert found.value == pytest.approx(float(exact), abs=0.05)
    assert from_normal(Normal(None, size=1, scale=3.0))(torch.ones(1)) == 3.0


def test_a_subject_is_judged_on_held_out_samples_with_its_bracket(subject_of, affine, points):
    """sigma2 comes from the validation samples: within the grid's factor of the true one."""
    w, b = problem(dz=2, dx=6)[3]
    draw = torch.Generator().manual_seed(1)
    splits = {
        s: torch.randn(60, 2, generator=draw) @ w.T + b + 0.3 * torch.randn(60, 6, generator=draw)
        for s in ("train", "valid", "test")
    }
    splits["test"] = splits["test"][:40]
    subject = subject_of(affine(w, b), size=2, data=points(**splits), dim=6)
    untrained = subject_of(affine(0.1 * w, 0 * b), size=2, data=points(**splits), dim=6)
    metric = AIS(steps=100, chains=8, points=40, simulated=8, leapfrogs=5)
    found, gap = metric(subject, untrained=untrained)
    sigma2 = found.extras["sigma2"]
    assert found.extras["sigma2_split"] == "valid"
    assert 0.09 / 3 < sigma2 < 0.09 * 3
    law = torch.distributions.MultivariateNormal(b.double(), (w @ w.T).double() + sigma2 * torch.eye(6).double())
    exact = float(law.log_prob(splits["test"].double()).mean())
    assert found.value == pytest.approx(exact, abs=0.1)
    assert found.low < exact < found.high
    assert found.untrained is not None
    assert found.untrained < found.value - 1
    assert (gap.name, gap.direction) == ("ais/gap", "min")
    assert -0.05 < gap.value < 0.5
    assert AIS(steps=3, points=40, sigma2=0.09, simulated=0)(subject)[0].extras["sigma2"] == 0.09
    again = AIS(steps=3, points=40, sigma2=0.09)
    assert again(subject) == again(subject)
    with pytest.raises(MetricError, match="set sigma2"):
        metric(replace(subject, split="train", dataset=points(train=splits["train"])))


def test_what_cannot_be_judged_is_refused():
    decode, x, _, _ = problem()
    with pytest.raises(MetricError, match="decoder makes 64"):
        log_likelihood(decode, x[:, :5], DZ)
    with pytest.raises(MetricError, match="not finite"):
        log_likelihood(decode, x * math.nan, DZ)
    with pytest.raises(MetricError, match="at least 2"):
        log_likelihood(decode, x[:1], DZ, steps=2)
    with pytest.raises(MetricError, match="from_normal"):
        from_normal(object())
