"""UNIT: its costs, and the latent that both domains share."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch.distributions import Normal as Gaussian
from torch.distributions import kl_divergence
from torch.nn.functional import softplus

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.networks import Networks
from gansuite.games.translation.unit import Unit, divergence
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.uniform import Uniform
from gansuite.spaces import TensorSpace

from .domains import COARSE, POINTS, Function, draw_of, game_of


def test_the_cost_is_that_of_the_paper():
    options: dict[str, Any] = {
        "adversarial": 2.0,
        "divergence": 3.0,
        "reconstruction": 5.0,
        "cycle_divergence": 7.0,
        "cycle": 11.0,
    }
    game, draw = game_of(Unit, NonSaturating(), COARSE, **options), draw_of(COARSE)
    x = {each: draw[each] for each in ("source", "data")}
    wanted = torch.zeros(()).double()
    for one, other, critic, stream in (
        ("source", "data", game.critic, "there"),
        ("data", "source", game.inverse_critic, "back"),
    ):
        mean = game.encoder["shared"](game.encoder[one](x[one]))
        z = mean + draw.rng(f"latent/{one}").normal(8, 3)
        moved = game.generator[other](game.generator["shared"](z))
        again = game.encoder["shared"](game.encoder[other](moved))
        z_again = again + draw.rng(f"latent/{stream}").normal(8, 3)
        copy, back = (game.generator[one](game.generator["shared"](each)) for each in (z, z_again))
        wanted += 2 * softplus(-critic(moved)).mean() + 5 * (copy - x[one]).abs().mean()
        wanted += 3 * 0.5 * mean.square().mean() + 7 * 0.5 * again.square().mean() + 11 * (back - x[one]).abs().mean()
        fake = game(("critic", "inverse_critic")[one == "data"], draw).out["fake"]
        torch.testing.assert_close(fake, moved)
    torch.testing.assert_close(game("generator", draw).value, wanted)


def test_the_divergence_is_that_of_unit_gaussians():
    mean = Rng(0).normal(5, 3).double()
    exact = kl_divergence(Gaussian(mean, torch.ones(5, 3).double()), Gaussian(0.0, 1.0)).mean()
    torch.testing.assert_close(divergence(mean), exact)


def test_domains_that_agree_on_the_latent_are_translated_by_what_joins_them():
    c, s = math.cos(0.7), math.sin(0.7)
    turn = torch.tensor([[c, s], [-s, c]]).double()
    game = game_of(Unit, NonSaturating(), shared=0)
    game.encoder["source"], game.generator["source"] = Function(lambda x: 2 * x), Function(lambda z: z / 2)
    game.encoder["data"], game.generator["data"] = Function(lambda y: 2 * y @ turn.T), Function(lambda z: z / 2 @ turn)
    x = draw_of()["source"]
    torch.testing.assert_close(game.sample(8, Rng(0), x), x @ turn)
    torch.testing.assert_close(game.encode(game.sample(8, Rng(0), x), "data"), game.encode(x, "source"))
    parts = game("generator", draw_of(source=x, data=x @ turn)).parts
    # What is left of both errors is the latent's noise of deviation 1, halved by the decoders.
    assert 0.3 < float(parts["reconstruction"] / 2) < 0.5
    game.encoder["data"] = Function(lambda y: 2 * y)
    assert float((game.encode(x @ turn, "data") - game.encode(x, "source")).abs().max()) > 0.5


def test_the_last_layers_of_encoders_and_the_first_of_generators_are_the_same():
    game, draw = game_of(Unit, NonSaturating(), shared=2), draw_of()
    assert len(game.encoder["shared"]) == len(game.generator["shared"]) == 4
    before = [game.encode(draw["data"], each) for each in ("data", "source")]
    with torch.no_grad():
        game.encoder["shared"][-1].bias += 1
    after = [game.encode(draw["data"], each) for each in ("data", "source")]
    for a, b in zip(before, after, strict=True):
        torch.testing.assert_close(b, a + 1)


def test_copies_of_networks_begin_differently():
    game = game_of(Unit, NonSaturating())
    data, source = (next(game.encoder[each].parameters()) for each in ("data", "source"))
    assert not torch.equal(data, source)


def test_the_prior_is_the_standard_normal():
    with pytest.raises(UserError, match="scale = 1"):
        Unit(Networks(POINTS, None, {}), Uniform(POINTS, size=3), TensorSpace(), objective=NonSaturating())
