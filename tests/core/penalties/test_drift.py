"""The drift penalty: its value, its slope, and what it is for."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from gansuite.games.adversarial import one_each
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.drift import Drift


def test_it_is_the_mean_square_of_real_scores(charge) -> None:
    scores = torch.tensor([1.0, -2.0, 4.0], requires_grad=True)
    value = charge(Drift(), {"real_score": scores})
    assert float(value.detach()) == pytest.approx(7.0)
    (slope,) = torch.autograd.grad(value, scores)
    torch.testing.assert_close(slope, 2 * scores.detach() / 3)
    assert Drift().weight == 0.001  # as published


def test_several_scores_of_a_sample_pay_for_their_mean(charge) -> None:
    scores = torch.tensor([[1.0, 3.0], [-2.0, 0.0]])
    assert float(charge(Drift(), {"real_score": one_each(scores)})) == pytest.approx((4 + 1) / 2)


@pytest.mark.parametrize("weight", [0.0, 0.01])
def test_the_constant_of_a_wasserstein_critic_decays_and_wanders_without(charge, weight) -> None:
    """c' = -2 ε c: it halves in ln 2 / (2 ε h) steps."""
    rate, constant, objective = 0.5, nn.Parameter(torch.tensor(8.0)), Wasserstein()
    x = torch.linspace(-1, 1, 8)
    steps = 100
    for _ in range(steps):
        real, fake = constant + x - x.mean(), constant + x
        cost = objective.critic(real, fake).mean() + weight * charge(Drift(weight=weight), {"real_score": real})
        (slope,) = torch.autograd.grad(cost, constant)
        constant.data -= rate * slope
    expected = 8 * math.exp(-2 * weight * rate * steps)
    assert constant.item() == pytest.approx(expected, rel=0.02)
