"""The variational autoencoder against models whose likelihood has a closed form."""

from __future__ import annotations

from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, MultivariateNormal
from torch.distributions import Normal as Gaussian

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.networks import Networks
from gansuite.games.vae import Vae
from gansuite.priors.normal import Normal
from gansuite.priors.uniform import Uniform
from gansuite.spaces import TensorSpace
from gansuite.testing.toy import PointsSpec

from .remedies import PRIOR, Makers, draw_of, engine_of, moved_by

SD = 0.7


class Linear(nn.Module):
    """W x + b, with a constant beside it where the posterior's log-variance is wanted."""

    def __init__(self, weight: Tensor, bias: Tensor, constant: Tensor | None = None) -> None:
        super().__init__()
        self.weight, self.bias, self.constant = nn.Parameter(weight), nn.Parameter(bias), constant

    def forward(self, x: Tensor, condition=None, rng=None) -> Tensor:
        found = x @ self.weight.T + self.bias
        return found if self.constant is None else torch.cat([found, self.constant.expand(len(x), -1)], 1)


def linear_gaussian(**options) -> tuple[Vae, MultivariateNormal]:
    """x = W z + b + sd e with orthogonal columns in W, the encoder being the exact posterior; and the law of x."""
    torch.manual_seed(0)
    w = torch.linalg.qr(torch.randn(5, 3, dtype=torch.float64))[0] * torch.tensor([2.0, 1.0, 0.5])
    b = torch.randn(5, dtype=torch.float64)
    precision = (w**2).sum(0) / SD**2 + 1  # of the posterior, which is diagonal
    back = w.T / SD**2 / precision[:, None]
    encoder = Linear(back, -back @ b, -precision.log())
    networks = Networks.fixed({"generator": Linear(w, b), "encoder": encoder})
    law = MultivariateNormal(b, w @ w.T + SD**2 * torch.eye(5, dtype=torch.float64))
    return Vae(networks, Normal(None, size=3), TensorSpace(), sd=SD, **options), law


def make_vae() -> Vae:
    return Vae(Makers(Vae.players), PRIOR, TensorSpace())


def test_with_the_true_posterior_the_bound_is_the_likelihood() -> None:
    game, law = linear_gaussian()
    x = law.sample((3,))
    for row in x:
        cost = game.cost_generator(draw_of(data=row.expand(200_000, -1))).value.detach()
        assert float(cost) == pytest.approx(-float(law.log_prob(row)), abs=0.03)


def test_with_another_posterior_it_is_above_by_the_divergence_from_the_true_one() -> None:
    game, law = linear_gaussian()
    row = law.sample((1,))
    true = game.encoder(row).detach()
    with torch.no_grad():
        game.encoder.bias.add_(0.4)
        game.encoder.constant = game.encoder.constant + 0.5
    off = game.encoder(row).detach()
    p, q = (Gaussian(code[:, :3], (0.5 * code[:, 3:]).exp()) for code in (true, off))
    gap = float(torch.distributions.kl_divergence(q, p).sum())
    cost = float(game.cost_generator(draw_of(data=row.expand(200_000, -1))).value.detach())
    assert cost == pytest.approx(gap - float(law.log_prob(row)), abs=0.03)


def test_the_parts_are_those_of_torch_distributions() -> None:
    game, law = linear_gaussian(divergence=0.3)
    x = law.sample((7,))
    draw = draw_of(data=x)
    cost = game.cost_generator(draw)
    code = game.encoder(x)
    q = Gaussian(code[:, :3], (0.5 * code[:, 3:]).exp())
    z = q.mean + q.stddev * draw.rng("posterior").normal(7, 3)
    error = -Gaussian(game.generator(z), SD).log_prob(x).sum(1).mean()
    divergence = torch.distributions.kl_divergence(q, Gaussian(0.0, 1.0)).sum(1).mean()
    torch.testing.assert_close(cost.parts["reconstruction"], error)
    torch.testing.assert_close(cost.parts["divergence"], divergence)
    torch.testing.assert_close(cost.value, error + 0.3 * divergence)


def test_bits_have_the_likelihood_of_bernoulli() -> None:
    game = Vae(
        Networks.fixed({"generator": nn.Tanh(), "encoder": nn.Identity()}),
        Normal(None, size=3),
        TensorSpace(),
        likelihood="bernoulli",
    )
    x = torch.tensor([[1.0, -1.0, -1.0], [0.0, 1.0, 1.0]])
    made = torch.tensor([[0.5, -0.5, 0.9], [0.1, 0.2, -0.3]])
    law = Bernoulli((1 + made) / 2, validate_args=False)
    torch.testing.assert_close(game.surprise(x, made), -law.log_prob((1 + x) / 2).sum(1))
    assert torch.isfinite(game.surprise(x, x.sign())).all()  # where a bit is thought impossible


def test_encoder_and_generator_move_in_one_turn_and_descend() -> None:
    game = make_vae()
    assert moved_by(game, "generator", draw_of()) == {"generator", "encoder"}
    engine, turns = engine_of(game)
    draw = engine.draw(turns["generator"])
    before = game("generator", draw).value
    engine.move(turns["generator"], engine.gradients(turns["generator"], draw))
    assert game("generator", draw).value < before


def test_samples_are_a_function_of_the_latents() -> None:
    game = make_vae()
    z = game.prior.sample(4, Rng(0, "x"))
    assert torch.equal(game.sample(4, Rng(0, "x")), game.generator(z))
    assert torch.equal(game.sample_at(z, Rng(1, "y")), game.generator(z))


def test_other_priors_and_tokens_are_refused() -> None:
    class Tokens(TensorSpace):
        continuous: ClassVar[bool] = False

    networks = Networks.fixed({"generator": nn.Identity(), "encoder": nn.Identity()})
    for prior in (Uniform(None, size=3), Normal(PointsSpec(), size=3, scale=2.0)):
        with pytest.raises(UserError, match="vae draws the encoder"):
            Vae(networks, prior, TensorSpace())
    with pytest.raises(UserError, match="maximum-likelihood"):
        Vae(networks, Normal(None, size=3), Tokens())
