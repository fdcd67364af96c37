"""Small players for games of more than two, and a way to move them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from gansuite.build import make_turns
from gansuite.engine.engine import Engine
from gansuite.engine.player import Player
from gansuite.engine.rng import Rng
from gansuite.engine.source import DataSource, PriorSource
from gansuite.games.game import Draw, Game
from gansuite.games.networks import Networks
from gansuite.priors.normal import Normal
from gansuite.spaces import TensorSpace
from gansuite.testing.toy import Critic, Generator, PointsSpec, Ring

SPEC, PRIOR = PointsSpec(), Normal(PointsSpec(), size=3)


class Map(nn.Module):
    """Two-layer perceptron between vectors: an encoder or a lens."""

    def __init__(self, inputs: int, outputs: int, *, residual: bool = False) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(inputs, 32), nn.ReLU(), nn.Linear(32, outputs))
        self.residual = residual

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Tensor:
        return x + self.net(x) if self.residual else self.net(x)


class Makers(Networks):
    """Networks of the sizes that a game asks for, in place of a recipe's."""

    def __init__(self, kinds: Mapping[str, str], seed: int = 0, **given: Any) -> None:
        makers = {
            "generator": (("spec", "prior"), Generator),
            "critic": (("spec",), Critic),
            "encoder": (("spec", "prior"), lambda spec, prior: Map(spec.dim, prior.size)),
            "translator": (("spec", "source"), lambda spec, source: Map(source.dim, spec.dim, residual=True)),
        }
        players = {player: makers[kind] for player, kind in kinds.items()}
        super().__init__(given.get("spec", SPEC), PRIOR, players | given.get("makers", {}), seed)


def make(cls: type[Game], objective: Any, *, makers: Mapping[str, Any] | None = None, **options: Any) -> Any:
    """A game on points of the plane."""
    torch.manual_seed(3)  # heads of the game's own
    networks = Makers(cls.players, makers=makers or {})
    return cls(networks, PRIOR, TensorSpace(), objective=objective, **options)


def draw_of(n: int = 16, index: int = 0, round: int = 0, **batches: Tensor) -> Draw:
    """Points and latents, and the randomness of a draw."""
    rng = partial(Rng, 5, index=index)
    points = {"data": rng("data").normal(n, 2), "prior": rng("prior").normal(n, 3)} | batches
    return Draw(points, lambda name: rng(name), index=index, round=round)


def engine_of(game: Any, batch_size: int = 32, rate: float = 0.05) -> tuple[Engine, dict[str, Any]]:
    """A game on the ring with plain descent for every player, and its turns by name."""
    cpu = torch.device("cpu")
    players = {}
    for name in game.players:
        parameters = list(dict.fromkeys(p for module in game.owned(name) for p in module.parameters()))
        players[name] = Player(name, parameters, torch.optim.SGD(parameters, lr=rate))
    sources = {"data": DataSource(Ring(), batch_size, 0, cpu), "prior": PriorSource(PRIOR, batch_size, 0, cpu)}
    turns = make_turns(game, dict.fromkeys(game.turns, 1))
    return Engine(game, players, sources, 0, cpu), {turn.name: turn for turn in turns}


def moved_by(game: Any, turn: str, draw: Draw) -> set[str]:
    """The children of a game that a turn's cost has a gradient for."""
    game.zero_grad()
    game(turn, draw).value.backward()
    found = {name.partition(".")[0] for name, p in game.named_parameters() if p.grad is not None and p.grad.any()}
    return found & {part.partition(".")[0] for part in names_of(game, game.movers(turn))}


def names_of(game: Any, players: tuple[str, ...]) -> set[str]:
    """The names of the child modules that these players own."""
    owned = [module for player in players for module in game.owned(player)]
    return {name for name, module in game.named_children() if any(module is each for each in owned)}
