"""The gradient of KL through the ratio, against the divergence of two Gaussians."""

from __future__ import annotations

import pytest
import torch

from gansuite.objectives.kullback_leibler import KullbackLeibler

NODES = 20_001


def slope(limit: float, mean: float = 0.7, scale: float = 0.8) -> torch.Tensor:
    """The generator's gradient by its mean at the best critic of N(0, 1) and N(mean, scale²), by quadrature."""
    at = torch.linspace(-9, 9, NODES).double()
    weight = torch.distributions.Normal(0.0, 1.0).log_prob(at).exp() * 18 / (NODES - 1)
    theta = torch.tensor(mean).double().requires_grad_()
    y = theta + scale * at
    real, fake = torch.distributions.Normal(0.0, 1.0), torch.distributions.Normal(mean, scale)
    cost = (weight * KullbackLeibler(limit=limit).generator(real.log_prob(y) - fake.log_prob(y))).sum()
    return torch.autograd.grad(cost, theta)[0]


def test_the_generator_descends_kl_of_data_and_model() -> None:
    """d/dμ KL(N(0, 1) ‖ N(μ, s²)) = μ/s²."""
    torch.testing.assert_close(slope(0.0), torch.tensor(0.7 / 0.64).double(), rtol=1e-4, atol=1e-4)


def test_with_a_limit_of_one_it_descends_the_reverse() -> None:
    """d/dμ KL(N(μ, s²) ‖ N(0, 1)) = μ."""
    torch.testing.assert_close(slope(1.0), torch.tensor(0.7).double(), rtol=1e-4, atol=1e-4)


def test_the_weight_is_kept_within_the_limit() -> None:
    score = torch.tensor([-5.0, -0.1, 0.1, 5.0], requires_grad=True)
    KullbackLeibler(limit=2.0).generator(score).sum().backward()
    torch.testing.assert_close(score.grad, -torch.tensor([-5.0, -0.1, 0.1, 5.0]).exp().clamp(0.5, 2.0))
    with pytest.raises(ValueError, match="limit"):
        KullbackLeibler(limit=0.5)
