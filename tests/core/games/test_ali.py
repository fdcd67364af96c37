"""ALI and BiGAN: pairs both ways, and the encoder's Gaussian."""

from __future__ import annotations

import pytest
import torch
from torch import cat
from torch.distributions import Normal, kl_divergence
from torch.nn.functional import softplus

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.ali import Ali
from gansuite.games.posterior import Posterior
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic_average import RelativisticAverage

from .remedies import draw_of, engine_of, make, moved_by


@pytest.mark.parametrize("posterior", ["gaussian", "point"])
def test_both_sides_pay_what_the_others_label_would_cost(posterior: str) -> None:
    game, draw = make(Ali, NonSaturating(), posterior=posterior), draw_of()
    x, z = draw["data"], draw["prior"]
    code = game.encoder(x)
    if posterior == "gaussian":
        code = code[:, :3] + (0.5 * code[:, 3:]).exp() * draw.rng("posterior").normal(16, 3)
    real_score, fake_score = game.critic(cat([x, code], 1)), game.critic(cat([game.generator(z), z], 1))
    torch.testing.assert_close(game("critic", draw).value, (softplus(-real_score) + softplus(fake_score)).mean())
    both = softplus(-fake_score).mean() + softplus(real_score).mean()
    torch.testing.assert_close(game("generator", draw).value, both)
    assert moved_by(game, "generator", draw) == {"generator", "encoder"}


def test_a_move_of_both_brings_the_scores_of_their_pairs_together() -> None:
    game = make(Ali, NonSaturating(), posterior="point")
    engine, turns = engine_of(game)
    draw = engine.draw(turns["generator"])
    before = game("critic", draw).out
    engine.move(turns["generator"], engine.gradients(turns["generator"], draw))
    after = game("critic", draw).out
    assert after["real_score"].mean() < before["real_score"].mean()
    assert after["fake_score"].mean() > before["fake_score"].mean()


def test_the_posterior_is_a_gaussian_and_its_divergence_the_closed_form() -> None:
    mean, log_variance = torch.tensor([[0.5, -1.0]]), torch.tensor([[0.4, -0.8]])
    posterior = Posterior.of(cat([mean, log_variance], 1))
    law = Normal(mean, (0.5 * log_variance).exp())
    torch.testing.assert_close(posterior.divergence(), kl_divergence(law, Normal(0.0, 1.0)).sum(1))
    many = Posterior(mean.expand(20_000, 2), log_variance.expand(20_000, 2)).sample(Rng(0, "posterior"))
    torch.testing.assert_close(many.mean(0), law.mean[0], rtol=0, atol=0.05)
    torch.testing.assert_close(many.std(0), law.stddev[0], rtol=0.05, atol=0)


def test_objectives_that_compare_scores_are_refused() -> None:
    options = {"objective": RelativisticAverage(), "inputs": [], "conditioning": None}
    with pytest.raises(UserError, match="judges each score alone"):
        Ali.check(options, 16)
