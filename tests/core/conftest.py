"""Games of a few numbers, whose every step can be checked by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch

from gansuite.engine.engine import Engine
from gansuite.engine.player import Player
from gansuite.engine.ranks import Ranks
from gansuite.engine.source import DataSource, PriorSource
from gansuite.engine.turn import Turn
from gansuite.games.gan import Gan
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
    game = Gan(networks, prior, TensorSpace(), objective=objective, penalties=list(penalties))
    make = optimizer or (lambda parameters: torch.optim.SGD(parameters, lr=0.1))
    players = {n: Player(n, list(net.parameters()), make(list(net.parameters()))) for n, net in networks.items()}
    sources = {"data": DataSource(Ring(), batch_size, 0, cpu), "prior": PriorSource(prior, batch_size, 0, cpu)}
    engine = Engine(game, players, sources, 0, cpu, ranks=ranks, on_nan=on_nan)
    moves = moves or {"critic": 1, "generator": 1}
    turns = [
        Turn(name, name, game.draws(name), repeat, tuple(p for p in penalties if p.turn == name))
        for name, repeat in moves.items()
    ]
    return engine, turns


@pytest.fixture
def gan() -> Callable[..., tuple[Engine, list[Turn]]]:
    return make_gan
