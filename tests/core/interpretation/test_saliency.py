"""Saliency of critics whose gradients are known by hand."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gansuite.conditioning.conditional import Conditional
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.inputs.packing import Packing
from gansuite.interpretation.saliency import saliency
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.normal import Normal
from gansuite.spaces import ChoiceSpace
from gansuite.testing.toy import PointsSpec

WEIGHT = torch.tensor([2.0, -3.0, 0.0])


class Critic(nn.Module):
    """A function of the sample; ``several`` scores where it gives a matrix."""

    def __init__(self, score, several=False):
        super().__init__()
        self.score, self.several = score, several

    def forward(self, x, condition=None, rng=None):
        return self.score(x)


def game_of(score, space=None, **more):
    spec, prior = PointsSpec(3, more.pop("labels", ())), Normal(None, size=2)
    networks = Networks.fixed(
        {"generator": nn.Identity(), "critic": Critic(score, more.pop("several", False))}, spec, prior
    )
    return Gan(networks, prior, space or spec.space, objective=NonSaturating(), **more).eval()


def points(n=6):
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(0))


def test_of_a_linear_critic_it_is_the_size_of_the_weights():
    (found,) = saliency(game_of(lambda x: x @ WEIGHT), points(), Rng(0, "saliency"))
    assert torch.equal(found, WEIGHT.abs().expand(6, 3))


def test_of_a_quadratic_critic_it_depends_on_the_sample_and_the_mean_over_noise_is_its_own():
    x, game = points(), game_of(lambda x: 0.5 * x.square().sum(1))
    x.requires_grad_()
    (plain,) = saliency(game, x, Rng(0, "saliency"))
    assert torch.equal(plain, x.abs()) and not plain.requires_grad and x.grad is None
    rng = Rng(1, "saliency")
    (smooth,) = saliency(game, x, rng, draws=400, sd=0.5)
    assert (smooth - x.abs()).abs().max() < 0.12  # of a linear gradient noise takes nothing away: 0.5 / 20, 4.5 sigma
    again = saliency(game, x, Rng(1, "saliency"), draws=400, sd=0.5)[0]
    assert torch.equal(smooth, again) and not torch.equal(smooth, plain)


def test_noise_smooths_what_jumps():
    """The derivative of |x| at 0.1 is 1; over N(0.1, 1) it is 2 Phi(0.1) - 1."""
    game = game_of(lambda x: x[:, 0].abs())
    x = torch.full((4000, 3), 0.1)
    assert torch.equal(saliency(game, x, Rng(0, "s"))[0][:, 0], torch.ones(4000))
    slopes = saliency(game, x, Rng(0, "s"), draws=400, sd=1.0)[0][:, 0]
    assert float(slopes.mean()) == pytest.approx(0.0866, abs=0.01)  # of |mean of 400 signs|: E|N(0.0797, 0.05²)|


def test_several_scores_are_averaged_and_packs_are_taken_apart():
    several = game_of(lambda x: x @ torch.stack([WEIGHT, 3 * WEIGHT], 1), several=True)
    assert torch.equal(saliency(several, points(), Rng(0, "s"))[0], 2 * WEIGHT.abs().expand(6, 3))
    twice = torch.cat([WEIGHT, 5 * WEIGHT])
    packed = game_of(lambda x: x @ twice, inputs=[Packing(m=2)])
    (found,) = saliency(packed, points(), Rng(0, "s"))
    assert torch.equal(found[::2], WEIGHT.abs().expand(3, 3)) and torch.equal(
        found[1::2], 5 * WEIGHT.abs().expand(3, 3)
    )
    with pytest.raises(UserError, match="packs of 2 samples: give a multiple of that, not 5"):
        saliency(packed, points(5), Rng(0, "s"))


def test_a_conditional_critic_is_told_the_codes():
    weight = torch.cat([WEIGHT, torch.tensor([1.0, 10.0])])
    game = game_of(
        lambda x: (x[:, :3] @ WEIGHT) * (x[:, 3:] @ weight[3:]), labels=("a", "b"), conditioning=Conditional()
    )
    codes = torch.eye(2)[torch.tensor([0, 1, 1, 0, 0, 1])]
    (found,) = saliency(game, points(), Rng(0, "s"), condition=codes)
    assert torch.equal(found, WEIGHT.abs() * (codes @ weight[3:])[:, None])
    (chance,) = saliency(game, points(), Rng(0, "s"))
    assert set(chance[:, 0].tolist()) <= {2.0, 20.0}


def test_choices_have_the_saliency_of_their_one_hot_rows():
    weight = torch.tensor([[1.0, -2.0], [0.5, 4.0], [0.0, 3.0]])
    game = game_of(lambda x: (x * weight).sum((1, 2)), space=ChoiceSpace(2))
    (found,) = saliency(game, torch.tensor([[0, 1, 1], [1, 0, 1]]), Rng(0, "s"))
    assert torch.equal(found, weight.abs().expand(2, 3, 2))


def test_what_the_critic_does_not_read_is_0_and_a_game_without_one_is_told():
    (found,) = saliency(game_of(lambda x: torch.zeros(len(x), requires_grad=True)), points(), Rng(0, "s"))
    assert torch.equal(found, torch.zeros(6, 3))
    with pytest.raises(UserError, match="Game has no player 'critic' that judges samples"):
        saliency(Game(PointsSpec().space), points(), Rng(0, "s"))
