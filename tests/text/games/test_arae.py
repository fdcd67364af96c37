"""ARAE and TILGAN: codes on the sphere, each turn's cost, and whom it moves."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.networks import Networks
from gansuite.objectives.kullback_leibler import KullbackLeibler
from gansuite.objectives.relativistic_average import RelativisticAverage
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.priors.latent import Latent
from gansuite.priors.none import NoLatent
from gansuite.priors.normal import Normal
from gansuite_text.codes import CodeSpec
from gansuite_text.games.arae import Arae
from gansuite_text.games.tilgan import Tilgan
from gansuite_text.networks.code_perceptrons import CodeCritic, CodeGenerator, CodeWindowCritic
from gansuite_text.networks.latent_recurrent import LatentRecurrent
from gansuite_text.networks.recurrent_encoder import RecurrentEncoder
from gansuite_text.networks.transformer_autoencoder import TransformerCodes, TransformerDecoder
from gansuite_text.spec import TextSpec

from .playing import draw_of, reached, texts

SPEC = TextSpec(6, 5)
PRIOR = Normal(SPEC, size=3)
Z = Rng(0).normal(8, 3)
OWNERS = {"autoencoder": {"encoder", "decoder"}}


def arae(**options: Any) -> Any:
    torch.manual_seed(0)
    code = CodeSpec(1, 4)
    players = {
        "encoder": RecurrentEncoder(SPEC, Latent(4), embedding=5, hidden=6),
        "decoder": LatentRecurrent(SPEC, Latent(4), embedding=5, hidden=6),
        "generator": CodeGenerator(code, PRIOR, units=[7], batch_norm=False),
        "critic": CodeCritic(code, units=[7, 7]),
    }
    usual = {"objective": Wasserstein(), "code": 4}
    return Arae(Networks.fixed(players, SPEC, PRIOR), PRIOR, SPEC.space, **(usual | options))


def tilgan(**options: Any) -> Any:
    torch.manual_seed(0)
    code = CodeSpec(5, 2)
    players = {
        "encoder": TransformerCodes(SPEC, Latent(10), width=8, layers=1, heads=2),
        "decoder": TransformerDecoder(SPEC, Latent(10), width=8, layers=1, heads=2),
        "generator": CodeGenerator(code, PRIOR, units=[7], batch_norm=False),
        "critic": CodeWindowCritic(code, units=[7]),
    }
    usual = {"objective": KullbackLeibler(), "code": 2}
    return Tilgan(Networks.fixed(players, SPEC, PRIOR), PRIOR, SPEC.space, **(usual | options))


def log_likelihood(game: Any, x: Tensor, code: Tensor) -> Tensor:
    log_p = game.decoder.logits(x, code).log_softmax(-1)
    return torch.stack([log_p[i, t, x[i, t]] for i, t in SPEC.mask(x).nonzero().tolist()]).mean()


@pytest.mark.parametrize("make", [arae, tilgan])
def test_each_turn_moves_its_own_players(make: Any) -> None:
    game = make()
    for turn in game.turns:
        owners = OWNERS.get(turn, {turn})
        assert set(game.movers(turn)) == owners
        assert reached(game, turn, draw_of(texts(SPEC), Z)) == owners


def test_codes_lie_on_the_unit_sphere() -> None:
    game, draw = arae(), draw_of(texts(SPEC), Z)
    for code in (game.real(draw), game.fake(draw), game.encode(draw["data"])):
        torch.testing.assert_close(code.norm(dim=1), torch.ones(8))


def test_the_costs_are_those_of_algorithm_1() -> None:
    game, x = arae(noise=0.3, adversarial=0.2), texts(SPEC)
    draw = draw_of(x, Z)
    raw = game.encoder(x)
    code = raw / raw.norm(dim=1, keepdim=True)
    made = game.generator(Z) / game.generator(Z).norm(dim=1, keepdim=True)
    heard = code + 0.3 * draw.rng("noise").normal(8, 4)
    torch.testing.assert_close(game("autoencoder", draw).value, -log_likelihood(game, x, heard))
    critic = game.critic
    torch.testing.assert_close(game("critic", draw).value, critic(made).mean() - critic(code).mean())
    torch.testing.assert_close(game("encoder", draw).value, 0.2 * critic(code).mean())
    torch.testing.assert_close(game("generator", draw).value, -critic(made).mean())


def test_the_encoders_turn_lowers_what_the_critic_thinks_of_real_codes() -> None:
    game, draw = arae(adversarial=1.0), draw_of(texts(SPEC), Z)
    before = game("encoder", draw).value
    (-0.05 * before).backward()
    with torch.no_grad():
        for p in game.encoder.parameters():
            p += p.grad
    assert game("encoder", draw).value < before


def test_the_noise_falls_each_hundred_moves() -> None:
    game = arae(noise=0.05, decay=0.5)
    levels = [game.level(draw_of(texts(SPEC), Z, index=i)) for i in (0, 99, 100, 250)]
    assert levels == [0.05, 0.05, 0.025, 0.0125]


def test_a_gradient_penalty_is_taken_in_code_space() -> None:
    penalty = GradientPenalty()
    game = arae(penalties=[penalty])
    draw = draw_of(texts(SPEC), Z)
    real, fake, t = game.real(draw).detach(), game.fake(draw).detach(), draw.rng("gradient-penalty/path").uniform(8)
    points = (t.unsqueeze(1) * real + (1 - t.unsqueeze(1)) * fake).requires_grad_()
    slope = torch.autograd.grad(game.critic(points).sum(), points)[0].norm(dim=1)
    cost = game("critic", draw, [penalty])
    torch.testing.assert_close(cost.parts["gradient-penalty"], (slope - 1).square().mean())


def test_a_sample_is_the_decoded_code_of_a_latent() -> None:
    for make in (arae, tilgan):
        game = make()
        code = game.generate(PRIOR.sample(40, Rng(4)))
        greedy = game.sample(40, Rng(4), alpha=0.3)
        state, alive = game.decoder.begin(code, None), torch.ones(40, dtype=torch.bool)
        for t in range(5):
            likeliest = torch.where(alive, game.decoder.scores(state).argmax(-1), 0)
            assert torch.equal(greedy[:, t], likeliest)
            alive = alive & (likeliest != 0)
            state = game.decoder.step(likeliest, state) if t < 4 else state
        drawn = make(decoding="sampled")
        assert not torch.equal(drawn.sample(40, Rng(4)), greedy)
        assert drawn.sample(6, Rng(4), prefix=torch.tensor([3, 2]))[:, :2].tolist() == [[3, 2]] * 6
        assert game.log_prob(greedy) is None


def test_the_decoder_of_tilgan_learns_from_generated_codes() -> None:
    game, draw = tilgan(enhancement=0.5), draw_of(texts(SPEC), Z)
    code = game.generator(Z)
    state, found = game.decoder.begin(code, None), []
    for t in range(5):
        found.append(game.decoder.scores(state).softmax(-1))
        state = game.decoder.step(found[-1], state) if t < 4 else state
    score = game.critic(game.encoder(torch.stack(found, 1)))
    expected = -0.5 * (score.detach().exp().clamp(0.5, 2) * score).mean()
    torch.testing.assert_close(game("decoder", draw).value, expected)


def test_what_cannot_be_played_is_refused() -> None:
    with pytest.raises(UserError, match='name = "normal"'):
        Arae(Networks.fixed({}, SPEC), NoLatent(SPEC), SPEC.space, objective=Wasserstein())
    with pytest.raises(UserError, match="one by one"):
        Arae.check({"objective": RelativisticAverage()}, 8)
