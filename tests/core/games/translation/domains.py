"""Small domains of tensors, networks between them, and draws of both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw, Game
from gansuite.games.networks import Networks
from gansuite.priors.normal import Normal
from gansuite.spaces import TensorSpace


@dataclass(frozen=True)
class Domain:
    """Samples of one shape."""

    shape: tuple[int, ...] = (2,)
    labels: tuple[str, ...] = ()
    source: Domain | None = None
    space = TensorSpace()

    def widened(self, channels: int) -> Domain:
        return replace(self, shape=(channels, *self.shape[1:]))


LABELS = ("a", "b", "c")
POINTS = Domain((2,), LABELS, Domain((2,)))
SIGNALS = Domain((1, 8), LABELS, Domain((1, 8)))
COARSE = Domain((1, 8), LABELS, Domain((1, 4)))  # sources of another length
PRIOR = Normal(POINTS, size=3)


class Dense(nn.Module):
    """A perceptron between tensors: translator (of so many ``conditions``), encoder or generator."""

    def __init__(self, inputs: tuple[int, ...], outputs: tuple[int, ...], conditions: int = 0) -> None:
        super().__init__()
        self.conditions = conditions
        self.net = nn.Sequential(
            nn.Linear(math.prod(inputs) + conditions, 16), nn.Tanh(), nn.Linear(16, math.prod(outputs))
        )
        self.shape = outputs

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Tensor:
        rows = x.flatten(1)
        if self.conditions:
            wanted = rows.new_zeros(len(x), self.conditions) if condition is None else condition.to(rows)
            rows = torch.cat([rows, wanted], 1)
        return self.net(rows).unflatten(1, self.shape)


class Verdict(nn.Module):
    """A critic of tensors with features."""

    width = 16

    def __init__(self, inputs: tuple[int, ...]) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(math.prod(inputs), self.width), nn.LeakyReLU(0.2))
        self.top = nn.Linear(self.width, 1)

    def features(self, x: Tensor, rng: Rng | None = None) -> Tensor:
        return self.body(x)

    def head(self, features: Tensor) -> Tensor:
        return self.top(features).squeeze(1)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Tensor:
        return self.head(self.features(x, rng))


class Function(nn.Module):
    """A known map in the place of a network."""

    def __init__(self, map: Any = lambda x: x) -> None:
        super().__init__()
        self.map = map

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Tensor:
        return self.map(x) if condition is None else self.map(x, condition)


MAKERS: Mapping[str, Any] = {
    "generator": (("spec", "prior"), lambda spec, prior: Dense((prior.size,), spec.shape)),
    "encoder": (("spec", "prior"), lambda spec, prior: Dense(spec.shape, (prior.size,))),
    "translator": (("spec", "source"), lambda spec, source: Dense(source.shape, spec.shape, len(spec.labels))),
    "critic": (("spec",), lambda spec: Verdict(spec.shape)),
}


def game_of(cls: Any, objective: Any, spec: Domain = POINTS, makers: Any = None, **options: Any) -> Any:
    """A game in double precision, with weights that are the same in every test."""
    options.setdefault("penalties", [])  # a default by its name is for recipes
    makers = {player: MAKERS[kind] for player, kind in cls.players.items()} | dict(makers or {})
    with torch.random.fork_rng():
        torch.manual_seed(3)  # heads of the game's own
        return cls(Networks(spec, PRIOR, makers), PRIOR, TensorSpace(), objective=objective, **options).double()


def draw_of(spec: Domain = POINTS, n: int = 8, index: int = 0, **batches: Tensor) -> Draw:
    """A batch of both domains, with its randomness."""
    assert spec.source is not None

    def rng(name: str) -> Rng:
        return Rng(5, name, index=index)

    known = {
        "data": rng("data").normal(n, *spec.shape).double() + 1,
        "source": rng("source").normal(n, *spec.source.shape).double(),
        "label": rng("label").integers(0, len(spec.labels), n),
    }
    return Draw(known | batches, rng, index=index)


def descend(game: Game, turns: Mapping[str, int], draws: Any, steps: int, rate: float = 5e-3) -> None:
    """Adam on each turn's cost for its movers, one after the other."""
    optimizers = {}
    for turn in turns:
        modules = [module for player in game.movers(turn) for module in game.owned(player)]
        optimizers[turn] = torch.optim.Adam([p for module in modules for p in module.parameters()], lr=rate)
    for step in range(steps):
        for turn, repeat in turns.items():
            for _ in range(repeat):
                optimizers[turn].zero_grad()
                game(turn, draws(step)).value.backward()
                optimizers[turn].step()
