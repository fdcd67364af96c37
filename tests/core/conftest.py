"""Games of a few numbers, whose every step can be checked by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
import torch
from torch import nn

from gansuite.engine.engine import Engine
from gansuite.engine.player import Player
from gansuite.engine.ranks import Ranks
from gansuite.engine.rng import Rng
from gansuite.engine.source import DataSource, PriorSource
from gansuite.engine.turn import Turn
from gansuite.games.game import Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.normal import Normal
from gansuite.spaces import TensorSpace
from gansuite.testing.toy import Critic, Generator, PointsSpec, Ring


def make_gan(
    objective: Any,
    penalties: Sequence[Any] = (),
    *,
    moves: dict[str, int] | None = None,
    optimizer: Callable[[Any], torch.optim.Optimizer] | None = None,
    batch_size: int = 8,
    ranks: Ranks | None = None,
    on_nan: str = "stop",
    critic: torch.nn.Module | None = None,
) -> tuple[Engine, list[Turn]]:
    """A GAN of perceptrons on the ring, ready to play."""
    cpu = torch.device("cpu")
    spec, prior = PointsSpec(), Normal(PointsSpec(), size=4)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        networks = {"generator": Generator(spec, prior), "critic": critic or Critic(spec)}
    game = Gan(
        Networks.fixed(networks, spec, prior), prior, TensorSpace(), objective=objective, penalties=list(penalties)
    )
    make = optimizer or (lambda parameters: torch.optim.SGD(parameters, lr=0.1))
    players = {n: Player(n, list(net.parameters()), make(list(net.parameters()))) for n, net in networks.items()}
    sources = {"data": DataSource(Ring(), batch_size, 0, cpu), "prior": PriorSource(prior, batch_size, 0, cpu)}
    engine = Engine(game, players, sources, 0, cpu, ranks=ranks, on_nan=on_nan)
    moves = moves or {"critic": 1, "generator": 1}
    turns = [
        Turn(name, (name,), game.draws(name), repeat, tuple(p for p in penalties if p.turn == name))
        for name, repeat in moves.items()
    ]
    return engine, turns


@pytest.fixture
def gan() -> Callable[..., tuple[Engine, list[Turn]]]:
    return make_gan


def makers(**fixed: nn.Module) -> dict[str, Any]:
    """Perceptrons on points, or the networks given."""
    known = {"generator": (("spec", "prior"), Generator), "critic": (("spec",), Critic)}
    return known | {name: ((), lambda module=module: module) for name, module in fixed.items()}


def make_game(
    inputs: list[Any], objective: Any = None, conditioning: Any = None, dim: int = 2, **fixed: nn.Module
) -> Gan:
    """A GAN in double precision on points of four classes."""
    spec = PointsSpec(dim, labels=("a", "b", "c", "d"))
    prior = Normal(spec, size=3)
    networks = Networks(spec, prior, makers(**fixed))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        game = Gan(
            networks,
            prior,
            spec.space,
            objective=objective or NonSaturating(),
            inputs=inputs,
            conditioning=conditioning,
        )
    return game.double()


def make_draw(n: int = 12, dim: int = 2, round: int = 0, seed: int = 0) -> Draw:
    """Normal points with labels, and latents."""
    rng = Rng(seed, "draw")
    batches = {
        "data": rng.normal(n, dim).double() + 1,
        "prior": rng.normal(n, 3).double(),
        "label": rng.integers(0, 4, n),
    }
    return Draw(batches, partial(Rng, seed), round=round)


@pytest.fixture
def game() -> Callable[..., Gan]:
    return make_game


@pytest.fixture
def draw() -> Callable[..., Draw]:
    return make_draw
