"""The networks in the games: patches priced with a domain told of the whole, blocks shared by two domains."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from gansuite.conditioning.auxiliary_classifier import AuxiliaryClassifier
from gansuite.conditioning.projection import Projection
from gansuite.engine.rng import Rng
from gansuite.games.game import Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.games.translation.cyclegan import CycleGan
from gansuite.games.translation.domain_transfer import DomainTransfer
from gansuite.games.translation.munit import Munit
from gansuite.games.translation.pix2pix import Pix2Pix
from gansuite.games.translation.stargan import StarGan
from gansuite.games.translation.unit import Unit
from gansuite.networks.coders import ConvolutionalDecoder, ConvolutionalEncoder
from gansuite.networks.patch import PatchCritic
from gansuite.networks.resnet import ResNet
from gansuite.networks.stargan_critic import StarGANCritic
from gansuite.networks.unet import UNet
from gansuite.objectives.feature_matching import FeatureMatching
from gansuite.objectives.least_squares import LeastSquares
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.normal import Normal
from gansuite.spaces import TensorSpace

from .grid_domains import Grid, numbers

LABELS = ("a", "b", "c")
DOMAINS = [Grid((1, 8, 8), LABELS, Grid((1, 8, 8))), Grid((1, 16), LABELS, Grid((1, 16)))]
CODER: dict[str, Any] = {"dim": 2, "downsamples": 1, "blocks": 1}
MAKERS: dict[str, Any] = {
    "generator": (("spec", "prior"), lambda spec, prior: ConvolutionalDecoder(spec, prior, **CODER)),
    "encoder": (("spec", "prior"), lambda spec, prior: ConvolutionalEncoder(spec, prior, **CODER)),
    "translator": (("spec", "source"), lambda spec, source: UNet(spec, source, dim=2)),
    "critic": (("spec",), lambda spec: PatchCritic(spec, dim=2, layers=1)),
}
STARGAN = {
    "generator": (
        ("spec", "source"),
        lambda spec, source: ResNet(spec, source, dim=2, blocks=1, downsamples=1, labelled=True),
    ),
    "critic": (("spec",), lambda spec: StarGANCritic(spec, dim=2, layers=2)),
}


def game_of(cls: Any, spec: Grid, objective: Any = None, makers: Any = None, size: int = 3, **options: Any) -> Any:
    prior = Normal(spec, size=size)
    makers = {player: MAKERS[kind] for player, kind in cls.players.items()} | dict(makers or {})
    options.setdefault("penalties", [])
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return cls(
            Networks(spec, prior, makers), prior, TensorSpace(), objective=objective or LeastSquares(), **options
        ).double()


def draw_of(spec: Grid, n: int = 6, **batches: Tensor) -> Draw:
    def rng(name: str) -> Rng:
        return Rng(5, name)

    known = {"data": numbers(spec, n), "source": numbers(spec, n, seed=1), "label": rng("label").integers(0, 3, n)}
    return Draw(known | batches, rng)


@pytest.mark.parametrize("spec", DOMAINS)
def test_every_game_of_translation_prices_patches(spec):
    places = 32 if len(spec.shape) == 3 else 16  # two channels of a map of half the size
    plays = [
        game_of(Pix2Pix, spec),
        game_of(CycleGan, spec),
        game_of(DomainTransfer, spec, NonSaturating()),
        game_of(Unit, spec, size=places),
        game_of(Munit, spec, content=places, cycle=1.0),
        game_of(StarGan, spec, makers=STARGAN),
        game_of(StarGan, spec, makers={"generator": STARGAN["generator"]}),
    ]
    for game in plays:
        for turn in game.turns:
            cost = game(turn, draw_of(spec))
            assert cost.value.isfinite()
            cost.value.backward()
        idle = [name for name, each in game.named_parameters() if each.grad is None]
        assert not idle
        assert game.sample(4, Rng(0, "sample")).shape == (4, *spec.shape)


def test_stargan_prices_each_patch_and_tells_the_domain_of_the_whole():
    spec = DOMAINS[0]
    game, draw = game_of(StarGan, spec, makers=STARGAN, classification=3.0), draw_of(spec)
    x, label = draw["data"], draw["label"]
    made = game.moved(x, game.wanted(draw), draw.rng("generator"))
    assert game.critic(x).shape == (6, 4)
    wanted = LeastSquares().critic(game.critic(x).flatten(), game.critic(made).flatten()).mean()
    wanted = wanted + 3 * cross_entropy(game.head(game.critic.features(x)), label)
    torch.testing.assert_close(game("critic", draw).value, wanted)
    back = game.moved(made, game.domains.one_hot(label), draw.rng("back"))
    wanted = LeastSquares().generator(game.critic(made).flatten()).mean() + 10 * (back - x).abs().mean()
    wanted = wanted + 3 * cross_entropy(game.head(game.critic.features(made)), game.wanted(draw).argmax(1))
    torch.testing.assert_close(game("generator", draw).value, wanted)


def test_domain_transfer_prices_each_patch_of_a_pair():
    spec, objective = DOMAINS[0], NonSaturating()
    game, draw = game_of(DomainTransfer, spec, objective), draw_of(spec)
    y, x, made = draw["data"], draw["source"], game.generated(draw)
    pairs = [torch.cat([each, x], 1) for each in (y, made, y.roll(1, 0))]
    own, fake, strange = (game.pair_critic(pair).flatten() for pair in pairs)
    wanted = objective.critic(own, fake).mean() + objective.on_fake(strange).mean()
    torch.testing.assert_close(game("pair_critic", draw).value, wanted)


def test_units_domains_share_the_networks_own_blocks():
    spec = DOMAINS[0]
    game, draw = game_of(Unit, spec, size=32, shared=2), draw_of(spec)
    for coder in (game.encoder, game.generator):
        convolutions = [each for each in coder["shared"].modules() if isinstance(each, torch.nn.Conv2d)]
        assert len(convolutions) == 4
        assert all(each.kernel_size == (3, 3) for each in convolutions)
    codes = [game.encode(draw["source"], domain) for domain in ("source", "data")]
    wanted = [game.encoder["shared"](game.encoder[domain](draw["source"])) for domain in ("source", "data")]
    for found, each in zip(codes, wanted, strict=True):
        torch.testing.assert_close(found, each)
    assert not torch.allclose(*codes)


def test_munit_keeps_the_map_and_takes_the_style():
    spec = DOMAINS[0]
    game, draw = game_of(Munit, spec, content=32, size=5), draw_of(spec)
    code = game.encode(draw["source"], "source")
    assert code.content.shape == (6, 32)
    assert code.style.shape == (6, 5)
    made = game.swapped(draw["source"], draw["data"])
    style = game.encode(draw["data"], "data").style
    torch.testing.assert_close(made, game.generator["data"](torch.cat([code.content, style], 1)))


def test_features_of_the_whole_serve_objectives_and_conditionings():
    spec = DOMAINS[0]
    generator = {"generator": (("spec", "prior"), lambda spec, prior: ConvolutionalDecoder(spec, prior, **CODER))}
    draw = draw_of(spec, prior=numbers(Grid((13,)), 6))
    matched = game_of(Gan, spec, FeatureMatching(critic=NonSaturating()), generator, size=16)
    z = numbers(Grid((16,)), 6)
    cost = matched("generator", draw_of(spec, prior=z)).value
    real, fake = (matched.critic.features(each).mean(0) for each in (draw["data"], matched.generator(z)))
    torch.testing.assert_close(cost, (real - fake).square().sum())
    told = game_of(Gan, spec, LeastSquares(), generator, size=13, conditioning=AuxiliaryClassifier())
    parts = told("critic", draw).parts
    logits = told.conditioning.classify(told.critic.features(draw["data"]))
    torch.testing.assert_close(parts["class-real"], cross_entropy(logits, draw["label"]))
    steered = game_of(Gan, spec, LeastSquares(), generator, size=13, conditioning=Projection())
    codes = steered.codes(draw)
    seen = steered.see(draw["data"], None, codes)
    scores, features = steered.critic.read(draw["data"])
    bonus = (steered.conditioning.embed(codes.double()) * features).sum(1)
    torch.testing.assert_close(seen.scores, scores + bonus[:, None])


@pytest.mark.parametrize("cls", [Unit, Munit])
def test_domains_that_begin_alike_begin_with_copies_as_translations(cls: Any) -> None:
    spec, options = DOMAINS[0], {"size": 32} if cls is Unit else {"content": 32}
    for alike in (True, False):
        game, draw = game_of(cls, spec, alike=alike, **options), draw_of(spec)
        x, rng = draw["source"], Rng(0, "style")
        if cls is Unit:
            there, copy = (game.decode(game.encode(x, "source"), domain) for domain in ("data", "source"))
        else:
            code = game.encode(x, "source")
            style = game.prior.sample(len(x), rng).double()
            there, copy = (game.decode(code.content, style, domain) for domain in ("data", "source"))
        assert torch.equal(there, copy) == alike
        own = [list(game.encoder[domain].parameters()) for domain in ("data", "source")]
        assert not any(one is other for one, other in zip(*own, strict=True))  # alike, and free to part
