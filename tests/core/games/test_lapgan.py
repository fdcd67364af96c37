"""LAPGAN: its costs written out, levels that know nothing of each other, samples from the coarsest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw
from gansuite.games.lapgan import LapGan
from gansuite.games.networks import Networks
from gansuite.networks.dcgan import DCGANCritic, DCGANGenerator
from gansuite.networks.laplacian import finer
from gansuite.networks.resnet import ResNet
from gansuite.networks.unet import UNet
from gansuite.plugins.builtin import COMPONENTS
from gansuite.plugins.options import bind
from gansuite.plugins.registry import registry
from gansuite.priors.normal import Normal
from gansuite.spaces import TensorSpace

N, LEVELS = 6, 2


@dataclass(frozen=True)
class Grid:
    """Signals or pictures of one shape."""

    shape: tuple[int, ...]
    labels: tuple[str, ...] = ("a", "b", "c")
    space = TensorSpace()

    def widened(self, channels: int) -> Grid:
        return replace(self, shape=(channels, *self.shape[1:]))


GRIDS = [Grid((2, 16)), Grid((1, 8, 16))]


def numbers(shape: tuple[int, ...]) -> int:
    return torch.Size(shape).numel()


class Perceptron(nn.Module):
    """From a latent, or from the samples of a source, to samples."""

    def __init__(self, spec: Any, inputs: int) -> None:
        super().__init__()
        self.shape = spec.shape
        self.net = nn.Sequential(nn.Linear(inputs, 8), nn.Tanh(), nn.Linear(8, numbers(spec.shape)))

    def forward(self, x: Tensor, condition: Any = None, rng: Any = None) -> Tensor:
        return self.net(x.flatten(1)).unflatten(1, self.shape)


class Judge(nn.Module):
    """A perceptron's score of a sample."""

    width = 8

    def __init__(self, spec: Any) -> None:
        super().__init__()
        self.trunk, self.top = nn.Linear(numbers(spec.shape), 8), nn.Linear(8, 1)

    def features(self, x: Tensor, rng: Any = None) -> Tensor:
        return self.trunk(x.flatten(1)).tanh()

    def head(self, features: Tensor) -> Tensor:
        return self.top(features).squeeze(1)

    def forward(self, x: Tensor, condition: Any = None, rng: Any = None) -> Tensor:
        return self.head(self.features(x))


class Coupled(Judge):
    """The same, with the mean of its batch taken away."""

    couples_batch = True

    def features(self, x: Tensor, rng: Any = None) -> Tensor:
        features = super().features(x)
        return features - features.mean(0)


PERCEPTRONS: dict[str, Any] = {
    "generator": (("spec", "prior"), lambda spec, prior: Perceptron(spec, prior.size)),
    "refiner": (("spec", "source"), lambda spec, source: Perceptron(spec, numbers(source.shape))),
    "critic": (("spec",), Judge),
}
CONVOLUTIONS: dict[str, Any] = {
    "generator": (("spec", "prior"), partial(DCGANGenerator, dim=4, start=1)),
    "refiner": (("spec", "source"), partial(UNet, dim=2, depth=1, output="none")),
    "critic": (("spec",), partial(DCGANCritic, dim=4, start=1)),
}
RESIDUAL = {
    **CONVOLUTIONS,
    "refiner": (("spec", "source"), partial(ResNet, dim=2, blocks=1, downsamples=0, padding="zeros", output="none")),
}


def part(kind: str, name: str, **options: Any) -> Any:
    return bind(registry(), kind, {"name": name, **options}, name, None).make()


def names(kind: str, *without: str) -> list[str]:
    return [each.name for each in COMPONENTS if each.kind == kind and each.name not in without]


def game_of(spec: Grid = GRIDS[0], makers: Any = PERCEPTRONS, objective: str = "non-saturating", **options: Any) -> Any:
    prior: Any = Normal(spec, size=3)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        options = {"levels": LEVELS, "objective": part("objective", objective), "penalties": [], **options}
        game: Any = LapGan(Networks(spec, prior, makers), prior, spec.space, **options).double()
    for term in game.terms():
        term.bind(game)
    return game


def draw_of(spec: Grid = GRIDS[0]) -> Draw:
    rng = Rng(0, "batch")
    real, z = rng.normal(N, *spec.shape, scale=0.5).double(), rng.normal(N, 3).double()
    return Draw({"data": real, "prior": z, "label": rng.integers(0, 3, N)}, partial(Rng, 0))


def moves(game: Any, value: Tensor) -> set[str]:
    """The networks that a value has a gradient for."""
    named = dict(game.named_parameters())
    gradients = torch.autograd.grad(value, list(named.values()), allow_unused=True)
    found = zip(named, gradients, strict=True)
    return {
        name.rsplit(".net", 1)[0].split(".tr")[0].split(".top")[0] for name, g in found if g is not None and g.any()
    }


@pytest.mark.parametrize("spec", GRIDS)
@pytest.mark.parametrize("pairs", [True, False])
def test_costs_are_those_written_out(spec: Grid, pairs: bool) -> None:
    game, draw = game_of(spec, pairs=pairs, planes=2), draw_of(spec)
    blocks = (lambda x: x.unflatten(2, (-1, 2)).mean(3)) if len(spec.shape) == 2 else halves_of_pictures
    images = [draw["data"], blocks(draw["data"]), blocks(blocks(draw["data"]))]
    critic = generator = torch.zeros((), dtype=torch.float64)
    for k, (image, level) in enumerate(zip(images, game.games, strict=True)):
        if k == LEVELS:
            real, fake = image, level.generator(draw["prior"])
        else:
            low = finer(images[k + 1])
            noise = Rng(0, f"level-{k}/noise").uniform(N, 2, *image.shape[2:], low=-1.0).double()
            fake = low + level.generator(torch.cat([low, noise], 1))
            real, fake = (torch.cat([x, low], 1) if pairs else x for x in (image, fake))
        critic = critic + softplus(-level.critic(real)).mean() + softplus(level.critic(fake)).mean()
        generator = generator + softplus(-level.critic(fake)).mean()
    torch.testing.assert_close(game.cost_critic(draw).value, critic)
    torch.testing.assert_close(game.cost_generator(draw).value, generator)


def halves_of_pictures(x: Tensor) -> Tensor:
    return (x[..., ::2, ::2] + x[..., 1::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, 1::2]) / 4


def test_no_level_knows_of_another_and_each_turn_moves_its_players() -> None:
    game, draw = game_of(), draw_of()
    for turn, player in (("critic", "critic"), ("generator", "generator")):
        cost = game(turn, draw)
        for k in range(LEVELS + 1):
            found = moves(game, cost.parts[f"level-{k}/cost"])
            assert found == {f"games.{k}.{each}" for each in ("critic", "generator")}
        assert game.movers(turn) == ((player,) if turn == "critic" else ("generator", "refiner"))
    owned = {player: game.owned(player) for player in game.players}
    assert owned["generator"] == [game.games[2].generator]
    assert owned["refiner"] == [game.games[0].generator, game.games[1].generator]
    assert owned["critic"] == [level.critic for level in game.games]
    everything = [p for modules in owned.values() for module in modules for p in module.parameters()]
    assert {id(p) for p in everything} == {id(p) for p in game.parameters()}


def test_every_level_has_random_numbers_of_its_own() -> None:
    game, draw = game_of(), draw_of()
    streams = [tuple(own.rng("path").uniform(4).tolist()) for own in game.drawn(draw)]
    assert len({*streams}) == LEVELS + 1
    assert streams == [tuple(own.rng("path").uniform(4).tolist()) for own in game.drawn(draw)]


def test_one_adam_does_to_each_level_what_its_own_would_do() -> None:
    together, apart, draw = game_of(), game_of(), draw_of()
    one = torch.optim.Adam(together.parameters(), lr=0.01)
    own = [torch.optim.Adam(level.parameters(), lr=0.01) for level in apart.games]
    for _ in range(3):
        together.zero_grad()
        together.cost_critic(draw).value.backward()
        one.step()
        for k, optimizer in enumerate(own):
            apart.zero_grad()
            apart.games[k].cost_critic(apart.drawn(draw)[k]).value.backward()
            optimizer.step()
    for mine, theirs in zip(together.parameters(), apart.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("spec", GRIDS)
def test_samples_are_refined_from_the_coarsest_on(spec: Grid) -> None:
    game = game_of(spec)
    rng = Rng(4, "sample")
    x = game.games[2].generator(game.prior.sample(N, rng).double())
    for k in (1, 0):
        low = finer(x)
        x = low + game.games[k].generator(torch.cat([low, rng.uniform(N, 1, *low.shape[2:], low=-1.0).double()], 1))
    torch.testing.assert_close(game.sample(N, Rng(4, "sample")), x)
    assert x.shape == (N, *spec.shape)


def test_a_walk_moves_the_coarsest_latent_and_keeps_the_noise_of_the_others() -> None:
    game, z = game_of(), draw_of()["prior"]
    same = game.sample_at(z[:1].expand(2, 3), Rng(0, "else"))
    near = torch.cat([game.sample_at(each, Rng(0, "else")) for each in (z[:1], z[:1] + 1e-6)])
    assert 0 < (near[0] - near[1]).abs().max() < 1e-5  # the noise has not changed: only the latent has
    assert (same[0] - same[1]).abs().max() > 1e-3  # each row has noise of its own
    assert torch.equal(game.generate(z), game.generate(z))  # without a stream there is none


def test_levels_have_seeds_of_their_own() -> None:
    spec = Grid((1, 16))
    alike: Any = {**PERCEPTRONS, "critic": ((), lambda: nn.Linear(2, 2))}
    game = game_of(spec, alike)
    assert not torch.equal(game.games[0].critic.weight, game.games[1].critic.weight)


@pytest.mark.parametrize("spec", GRIDS)
@pytest.mark.parametrize("makers", [CONVOLUTIONS, RESIDUAL])
def test_convolutional_networks_of_the_core_play(spec: Grid, makers: Any) -> None:
    game, draw = game_of(spec, makers), draw_of(spec)
    for turn in game.turns:
        assert game(turn, draw).value.isfinite()
    assert game.sample(3, Rng(0, "sample")).shape == (3, *spec.shape)


@pytest.mark.parametrize("name", names("penalty"))
def test_a_penalty_is_the_sum_of_the_levels_own(name: str) -> None:
    game, draw = game_of(penalties=[part("penalty", name)]), draw_of()
    if not game.terms():
        assert [each.name for each in game.constraints("critic")] == [name]
        return
    (term,) = game.terms()
    assert term.needs <= game.provides[term.turn]
    cost = game(term.turn, draw)
    found = term(game, draw, cost.out)
    own = [each.penalties[0](each, *played) for each, played in zip(game.games, cost.out["levels"], strict=True)]
    torch.testing.assert_close(found, torch.stack(own).sum())
    assert len({id(each.penalties[0]) for each in game.games}) == LEVELS + 1
    with_term = game(term.turn, draw, [term])
    torch.testing.assert_close(with_term.value, cost.value + term.weight * term.every * found)
    with torch.no_grad():
        game.after(term.turn, draw, with_term.out)


def test_r1_is_half_the_squared_slope_of_every_critic() -> None:
    game, draw = game_of(penalties=[part("penalty", "r1")]), draw_of()
    total = 0.0
    for level, own in zip(game.games, game.drawn(draw), strict=True):
        x = torch.cat([own["data"], own["source"]], 1) if "source" in own else own["data"]
        x.requires_grad_()
        (slope,) = torch.autograd.grad(level.critic(x).sum(), x)
        total += float(slope.flatten(1).square().sum(1).mean() / 2)
    (term,) = game.terms()
    assert term(game, draw, game.cost_critic(draw).out).item() == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("conditioning", ["none", *names("conditioning")])
@pytest.mark.parametrize("kind", ["none", *names("input")])
def test_inputs_and_conditionings_reach_every_level(kind: str, conditioning: str) -> None:
    options: dict[str, Any] = {}
    if kind != "none":
        options["inputs"] = [part("input", kind)]
    if conditioning != "none":
        options["conditioning"] = part("conditioning", conditioning)
    objective = part("objective", "non-saturating")
    checked = {"inputs": [], "conditioning": None, **options, "objective": objective}
    if kind == "packing" and conditioning in ("auxiliary-classifier", "info-gan"):
        with pytest.raises(UserError, match="packing"):
            LapGan.check(checked, N)
        return
    LapGan.check(checked, N)
    critic = Coupled if kind == "batch-mixing" else Judge
    game, draw = game_of(makers={**PERCEPTRONS, "critic": (("spec",), critic)}, **options), draw_of()
    for turn in game.turns:
        cost = game(turn, draw)
        movers = [p for player in game.movers(turn) for module in game.owned(player) for p in module.parameters()]
        gradients = torch.autograd.grad(cost.value, movers, allow_unused=True)
        assert all(g is not None and g.isfinite().all() for g in gradients)
        with torch.no_grad():
            game.after(turn, draw, cost.out)
            for parameter, gradient in zip(movers, gradients, strict=True):
                parameter -= 1e-4 * gradient
        assert game(turn, draw).value < cost.value
    if conditioning == "conditional":
        assert [level.conditioning.counts.sum() for level in game.games] == [N] * (LEVELS + 1)
        codes = game.condition("b", 1)
        made = [game.sample_at(draw["prior"][:1], Rng(0, "else"), each) for each in (codes, game.condition("c", 1))]
        assert not torch.allclose(*made)
        own = game.drawn(draw)[0]  # and a finer level reads the label as well
        told = (game.condition(label, N) for label in ("b", "c"))
        assert not torch.allclose(*(game.games[0].refined(own["source"], own["prior"], None, each) for each in told))
    x = game.space.pack(draw["data"], game.group) if game.group > 1 else draw["data"]
    if conditioning == "none":
        assert game.see(x).scores.shape == (N // game.group,)


def test_the_critic_of_whole_samples_is_asked_about_samples() -> None:
    game, draw = game_of(), draw_of()
    x = draw["data"]
    own = game.drawn(draw)[0]
    expected = game.games[0].critic(torch.cat([x, own["source"]], 1))
    torch.testing.assert_close(game.see(x).scores, expected)
    torch.testing.assert_close(game.games[0].critic(game.joined(x, None)), expected)


def test_an_objective_with_a_memory_has_one_at_every_level() -> None:
    game, draw = game_of(objective="began"), draw_of()
    with torch.no_grad():
        for level in game.games:
            level.objective.k.fill_(0.5)
        game.after("critic", draw, game.cost_critic(draw).out)
    states = [{name: float(value) for name, value in level.objective.named_buffers()} for level in game.games]
    assert all(states)
    assert states[0] != states[1] != states[2]


def test_samples_are_used_again_where_the_dynamics_says_so() -> None:
    game, draw = game_of(), draw_of()
    draw.lasting = {}
    critic = game.cost_critic(draw)
    assert not critic.out["fake"].requires_grad
    first = draw.lasting["level-0"]["fake"]
    assert first.requires_grad
    generator = game.cost_generator(draw)
    assert generator.out["fake"][:, :2].data_ptr() != 0
    assert draw.lasting["level-0"]["fake"] is first
    torch.testing.assert_close(generator.out["fake"][:, :2], first)


@pytest.mark.parametrize(
    ("shape", "levels", "message"),
    [
        ((1, 30), 2, r"30 cannot be halved 2 times; the nearest size is 32, or set levels = 1$"),
        ((1, 28, 28), 3, r"28 x 28 cannot be halved 3 times; the nearest size is 32 x 32, or set levels = 2$"),
        ((3, 9, 8), 1, r"9 x 8 cannot be halved 1 times; the nearest size is 8 x 8$"),
        ((2,), 1, r"samples of shape \[2\] have no size to be halved; play the game gan$"),
    ],
)
def test_sizes_that_cannot_be_halved_are_refused(shape: Any, levels: int, message: str) -> None:
    with pytest.raises(UserError, match=message):
        game_of(Grid(shape), levels=levels)
