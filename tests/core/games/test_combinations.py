"""Every objective with every critic input and every conditioning, on networks of a few weights.

What is new in the registry is here without a line: it must do what all do, or be refused with a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.plugins.builtin import COMPONENTS
from gansuite.plugins.options import Bound, bind
from gansuite.plugins.registry import registry
from gansuite.priors.normal import Normal
from gansuite.testing.toy import Critic, Generator, PointsSpec

N, HALF, PACK = 16, 8, 2
# Weights of a thousandth leave the generator's direction to the objective.
OPTIONS = {"auxiliary-classifier": {"weight": 1e-3}, "info-gan": {"categories": [4], "weight": 1e-3}}
PLAIN = partial(Rng, 0)
SPEC = PointsSpec(labels=("a", "b", "c", "d"))

# What cannot be combined, by name: a whole class of objectives is named by what it lacks.
COMPARING = {"relativistic", "relativistic-average", "mmd", "optimal-transport", "ranking"}
ENERGIES = {"ebgan", "began"}
OF_FEATURES = {"mmd", "optimal-transport", "ranking"}
NO_SIGN = COMPARING | ENERGIES | {"wasserstein"}


class Combination(NamedTuple):
    objective: str
    input: str
    conditioning: str

    @property
    def refusal(self) -> str | None:
        """The words of the refusal, or None."""
        if self.input == "label-smoothing" and self.objective in COMPARING:
            return "one cost for both"
        if self.input == "adaptive-augmentation" and self.objective in NO_SIGN:
            return "sign of the critic's scores"
        if self.input == "packing" and self.conditioning in ("auxiliary-classifier", "info-gan"):
            return "leave out packing"
        if self.conditioning == "projection" and self.objective in OF_FEATURES:
            return "projection adds to scores"
        if self.conditioning == "projection" and self.objective in ENERGIES:
            return "energies are positive"
        return None


def names(kind: str) -> list[str]:
    return [component.name for component in COMPONENTS if component.kind == kind]


@cache
def is_of_sides(objective: str) -> bool:
    return make("objective", objective).form == "sides"


@cache
def bound(kind: str, name: str) -> Bound:
    return bind(registry(), kind, {"name": name, **OPTIONS.get(name, {})}, name, None)


def make(kind: str, name: str) -> Any:
    return bound(kind, name).make()


ALL = [
    Combination(*each)
    for each in (
        (objective, input, conditioning)
        for objective in names("objective")
        if is_of_sides(objective)
        for input in ("none", *names("input"))
        for conditioning in ("none", *names("conditioning"))
    )
]
ALLOWED = [each for each in ALL if each.refusal is None]
each_allowed = pytest.mark.parametrize("combination", ALLOWED, ids="-".join)


class Centred(Critic):
    """A critic that takes the mean of its batch away, for what is made for batch statistics."""

    couples_batch = True

    def features(self, x: Tensor, rng: object = None) -> Tensor:
        features = super().features(x)
        return features - features.mean(0)


def parts(combination: Combination) -> dict[str, Any]:
    return {
        "objective": make("objective", combination.objective),
        "inputs": [] if combination.input == "none" else [make("input", combination.input)],
        "conditioning": None if combination.conditioning == "none" else make("conditioning", combination.conditioning),
    }


def game_of(combination: Combination) -> Gan:
    """The game, with a critic whose scores are nearly the same for all and below any target."""
    prior = Normal(SPEC, size=3)
    critic = Centred if combination.input == "batch-mixing" else Critic
    makers: dict[str, Any] = {
        "generator": (("spec", "prior"), partial(Generator, width=8)),
        "critic": (("spec",), partial(critic, width=8)),
    }
    with torch.random.fork_rng():
        torch.manual_seed(1)
        game = Gan(Networks(SPEC, prior, makers), prior, SPEC.space, **parts(combination)).double()
    with torch.no_grad():
        game.critic.top.weight.mul_(0.1)
        game.critic.top.bias.fill_(-0.5)
        for name, buffer in game.named_buffers():
            if name.endswith(".p"):
                buffer.fill_(0.4)
    return game


@cache
def batches() -> dict[str, Tensor]:
    rng = Rng(0, "combinations")
    real, latent, label = rng.normal(N, 2).double() + 0.5, rng.normal(N, 3).double(), rng.integers(0, 4, N)
    return {"data": real, "prior": latent, "label": label}


def draw_of(rows: Tensor | slice = slice(None), rng: Callable[[str], Rng] = PLAIN) -> Draw:
    return Draw({name: batch[rows] for name, batch in batches().items()}, rng)


def move(game: Gan, turn: str, draw: Draw) -> tuple[Cost, Cost]:
    """The cost of a turn before and after a small move down its gradient."""
    before = game(turn, draw)
    moved = [p for module in game.owned(turn) for p in module.parameters()]
    gradients = torch.autograd.grad(before.value, moved, allow_unused=True)
    norm = torch.stack([g.square().sum() for g in gradients if g is not None]).sum().sqrt()
    with torch.no_grad():
        for parameter, gradient in zip(moved, gradients, strict=True):
            if gradient is not None:
                parameter -= 1e-3 * gradient / norm
        return before, game(turn, draw)


@each_allowed
def test_a_move_of_each_player_gains_what_it_is_after(combination: Combination) -> None:
    game, draw = game_of(combination), draw_of()
    before, after = move(game, "critic", draw)
    assert after.value < before.value, "a move of the critic raises its own cost"
    before, after = move(game, "generator", draw)
    assert after.value < before.value, "a move of the generator raises its own cost"
    if game.objective.generator_sees == "scores":
        up = (after.out["fake_score"] - before.out["fake_score"]).mean()
        assert (up < 0) if game.objective.energy else (up > 0), "the critic is less taken in by the moved generator"


class Reordered(Rng):
    """The numbers that belong to the rows in their order, for rows in another order."""

    orders: dict[int, Tensor]

    def rows(self, x: Tensor) -> Tensor:
        return x[self.orders[len(x)]] if len(x) in self.orders else x


def orders() -> dict[int, Tensor]:
    """An order of the rows in which packs stay together and each half of the batch to itself."""
    packs = torch.tensor([2, 0, 3, 1, 6, 5, 7, 4])
    return {N // PACK: packs, N: (packs[:, None] * PACK + torch.arange(PACK)).flatten()}


@each_allowed
@torch.no_grad()
def test_costs_do_not_depend_on_the_order_of_the_rows(combination: Combination) -> None:
    game = game_of(combination)

    def rng(name: str) -> Rng:
        reordered = Reordered(0, name)
        reordered.orders = orders()
        return reordered

    for turn in game.turns:
        value, moved = game(turn, draw_of()).value, game(turn, draw_of(orders()[N], rng)).value
        torch.testing.assert_close(moved, value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "combination",
    [each for each in ALLOWED if each.input != "batch-mixing" and not make("objective", each.objective).joint],
    ids="-".join,
)
@torch.no_grad()
def test_the_cost_of_a_batch_is_the_mean_of_its_halves(combination: Combination) -> None:
    """Which is also what makes two processes equal to one: each draws its rows of the same numbers."""
    game = game_of(combination)
    for turn in game.turns:
        halves = [
            game(turn, draw_of(slice(i * HALF, (i + 1) * HALF), partial(Rng, 0, shard=(i, 2)))).value for i in range(2)
        ]
        torch.testing.assert_close(torch.stack(halves).mean(), game(turn, draw_of()).value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("combination", ALL, ids="-".join)
def test_what_cannot_be_combined_is_refused_when_the_recipe_is_read(combination: Combination) -> None:
    if combination.refusal is None:
        Gan.check(parts(combination), N)
    else:
        with pytest.raises(UserError, match=combination.refusal):
            Gan.check(parts(combination), N)


def test_every_row_of_the_tables_is_used() -> None:
    known = set(names("objective"))
    assert known >= COMPARING | ENERGIES | OF_FEATURES | NO_SIGN
    assert {each.objective for each in ALL} | {"mixed-batch"} == known
    with pytest.raises(UserError, match="batch-gan"):
        Gan.check(parts(Combination("mixed-batch", "none", "none")), N)


def test_a_critic_without_features_is_refused_where_they_are_read() -> None:
    class Opaque(nn.Module):
        def forward(self, x: Tensor, condition: object = None, rng: object = None) -> Tensor:
            return x.sum(1)

    prior = Normal(SPEC, size=3)
    makers: dict[str, Any] = {"generator": (("spec", "prior"), Generator), "critic": ((), Opaque)}
    for combination in (Combination("mmd", "none", "none"), Combination("hinge", "none", "projection")):
        with pytest.raises(UserError, match="reads the critic's features"):
            Gan(Networks(SPEC, prior, makers), prior, SPEC.space, **parts(combination))
