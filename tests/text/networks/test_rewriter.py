"""The translator that begins by copying."""

from __future__ import annotations

import math

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite_text.networks.rewriter import Rewriter
from gansuite_text.representations.one_hot import OneHot
from gansuite_text.spec import TextSpec

V, T = 50, 16
SEEN = OneHot(TextSpec(V, T, source=TextSpec(V, T)))


def rewriter(**options) -> Rewriter:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        usual = {"dim": 8, "blocks": 1, "estimator": StraightThroughGumbel()}
        return Rewriter(SEEN.spec, SEEN.spec.source, **usual | options)


def texts(n: int = 64) -> torch.Tensor:
    return SEEN.encode(torch.randint(1, V, (n, T), generator=torch.Generator().manual_seed(0)))


def test_at_rest_it_first_copies() -> None:
    x = texts()
    network = rewriter(keep=0.1).eval()
    assert torch.equal(network(x, None, Rng(0)), x)


@pytest.mark.parametrize("keep", [2.0, 5.0])
def test_in_training_a_token_first_stays_as_often_as_the_formula_says(keep: float) -> None:
    x = texts(256)
    made = rewriter(keep=keep)(x, None, Rng(0)).detach()
    assert torch.equal(made.sum(1), torch.ones(256, T)) and made.unique().tolist() == [0, 1]
    p, n = 1 / (1 + (V - 1) * math.exp(-keep)), 256 * T
    assert abs(float((made * x).sum() / n) - p) < 4 * (p * (1 - p) / n) ** 0.5


def test_the_gradient_is_that_of_the_softmax_of_the_same_noise() -> None:
    x, network = texts(2), rewriter(keep=3.0, temperature=0.7)
    weight = torch.randn(2, V, T, generator=torch.Generator().manual_seed(1))
    (network(x, None, Rng(4)) * weight).sum().backward()
    theta = 3.0 * x.transpose(1, 2).clone().requires_grad_()  # f is nothing yet
    hard = StraightThroughGumbel().choose(theta, Rng(4), 0.7)
    (slope,) = torch.autograd.grad((hard * weight.transpose(1, 2)).sum(), theta)
    torch.testing.assert_close(network.last.bias.grad, slope.sum((0, 1)))


def test_it_learns_to_write_another_word() -> None:
    """Every 3 becomes a 7, whatever stands beside it."""
    x = texts(32)
    tokens = SEEN.decode(x)
    wanted = SEEN.encode(torch.where(tokens == 3, 7, tokens))
    network = rewriter(keep=4.0, dim=32)
    adam = torch.optim.Adam(network.parameters(), lr=1e-2)
    for step in range(60):
        adam.zero_grad()
        (-(network(x, None, Rng(step)) * wanted).sum(1).mean()).backward()
        adam.step()
    made = SEEN.decode(network.eval()(x).detach())
    assert (made == SEEN.decode(wanted)).double().mean() > 0.99


def test_texts_as_they_are_are_refused() -> None:
    spec = TextSpec(V, T, source=TextSpec(V, T))
    with pytest.raises(UserError, match="neither signals nor pictures"):
        Rewriter(spec, spec.source, estimator=StraightThroughGumbel())
