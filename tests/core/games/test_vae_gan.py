"""VAE-GAN: the three costs of algorithm 1, and who moves by which."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import softplus

from gansuite.errors import UserError
from gansuite.games.vae_gan import VaeGan
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic_average import RelativisticAverage
from gansuite.priors.normal import Normal
from gansuite.spaces import TensorSpace
from gansuite.testing.toy import PointsSpec

from .remedies import Makers, draw_of, engine_of, make, moved_by


def test_the_three_costs_are_those_of_algorithm_1() -> None:
    game, draw = make(VaeGan, NonSaturating(), reconstruction=0.2, divergence=0.5), draw_of()
    x, code = draw["data"], game.encoder(draw["data"])
    mean, log_variance = code[:, :3], code[:, 3:]
    copy = game.generator(mean + (0.5 * log_variance).exp() * draw.rng("posterior").normal(16, 3))
    fake, critic = game.generator(draw["prior"]), game.critic
    divergence = 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).sum(1).mean()
    error = 0.5 * (critic.features(x) - critic.features(copy)).square().sum(1).mean()
    judged = softplus(-critic(x)) + softplus(critic(fake)) + softplus(critic(copy))
    fooled = softplus(-critic(fake)) + softplus(-critic(copy))
    torch.testing.assert_close(game("encoder", draw).value, 0.5 * divergence + error)
    torch.testing.assert_close(game("critic", draw).value, judged.mean())
    torch.testing.assert_close(game("generator", draw).value, 0.2 * error + fooled.mean())


@pytest.mark.parametrize("turn", ["encoder", "critic", "generator"])
def test_each_player_moves_by_its_own_cost(turn: str) -> None:
    assert moved_by(make(VaeGan, NonSaturating()), turn, draw_of()) == {turn}


def test_the_encoder_descends() -> None:
    game = make(VaeGan, NonSaturating())
    engine, turns = engine_of(game)
    draw = engine.draw(turns["encoder"])
    before = game("encoder", draw).value
    engine.move(turns["encoder"], engine.gradients(turns["encoder"], draw))
    assert game("encoder", draw).value < before


def test_the_prior_is_the_standard_normal() -> None:
    prior = Normal(PointsSpec(), size=3, scale=2.0)
    with pytest.raises(UserError, match="scale = 1"):
        VaeGan(Makers(VaeGan.players), prior, TensorSpace(), objective=NonSaturating())


def test_objectives_that_compare_scores_are_refused() -> None:
    options = {"objective": RelativisticAverage(), "inputs": [], "conditioning": None}
    with pytest.raises(UserError, match="like non-saturating"):
        VaeGan.check(options, 16)
