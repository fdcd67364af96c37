"""Subjects made by hand around small games whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.build import Experiment
from gansuite.dynamics.alternating import Alternating
from gansuite.engine.engine import Engine
from gansuite.engine.player import Player
from gansuite.engine.source import DataSource, PriorSource
from gansuite.engine.turn import Stage, Turn
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.metrics import Subject
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.normal import Normal
from gansuite.testing.toy import PointsSpec

CPU = torch.device("cpu")


class Affine(nn.Module):
    """G(z) = W z + b, or D(x) = w . x + b."""

    def __init__(self, weight: Tensor, bias: Tensor | float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.as_tensor(weight).clone())
        self.bias = nn.Parameter(torch.as_tensor(bias, dtype=self.weight.dtype).clone())

    def forward(self, x: Tensor, condition: Any = None, rng: Any = None) -> Tensor:
        return (x @ self.weight.T if self.weight.dim() == 2 else x @ self.weight) + self.bias


class Points:
    """Rows of given points for every split."""

    fingerprint = "points"

    def __init__(self, **splits: Tensor) -> None:
        self.splits = splits
        self.spec = PointsSpec(next(iter(splits.values())).shape[1])
        self.summary = {}

    def to(self, device: Any) -> Points:
        return self

    def count(self, split: str) -> int:
        return len(self.splits.get(split, ()))

    def batch(self, split: str, index: Tensor, rng: Any) -> dict[str, Tensor]:
        return {"data": self.splits[split][index]}

    def names(self, split: str) -> Sequence[str]:
        return [str(i) for i in range(self.count(split))]


def make_game(
    generator: nn.Module,
    critic: nn.Module,
    prior: Any,
    dim: int,
    objective: Any = None,
    labels: Sequence[str] = (),
    **more: Any,
) -> Gan:
    spec = PointsSpec(dim, tuple(labels))
    networks = Networks.fixed({"generator": generator, "critic": critic}, spec, prior)
    return Gan(networks, prior, spec.space, objective=objective or NonSaturating(), **more)


def make_subject(
    generator: nn.Module,
    critic: nn.Module | None = None,
    *,
    size: int = 2,
    prior: Any = None,
    data: Any = None,
    dim: int = 2,
    n: int = 1000,
    split: str = "test",
    **more: Any,
) -> Subject:
    """A subject in evaluation mode; every split holds standard normal points unless ``data`` says otherwise."""
    prior = prior or Normal(None, size=size)
    game = make_game(generator, critic or Affine(torch.ones(dim)), prior, dim, **more)
    game.eval().requires_grad_(False)
    if data is None:
        draw = torch.Generator().manual_seed(7)
        data = Points(**{s: torch.randn(400, dim, generator=draw) for s in ("train", "valid", "test")})
    return Subject(game, data, split, n, CPU)


def clipped(bound: float, parameters: Sequence[Tensor]) -> None:
    for p in parameters:
        p.data.clamp_(-bound, bound)


def make_twin(
    make: Callable[[], Gan], data: Any, *, rate: float = 0.1, batch_size: int = 8, terms: Any = (), clip: float = 0.0
) -> Callable[[], Experiment]:
    """A maker of experiments with plain descent, whose game is made anew each time."""

    def twin() -> Experiment:
        game = make()
        players = {}
        for name in game.players:
            parameters = list(game.get_submodule(name).parameters())
            keep = [partial(clipped, clip)] if clip and name == "critic" else []
            players[name] = Player(name, parameters, torch.optim.SGD(parameters, lr=rate), projections=keep)
        sources = {
            "data": DataSource(data, batch_size, 0, CPU),
            "prior": PriorSource(game.prior, batch_size, 0, CPU),
        }
        turns = [Turn(t, (t,), ("data", "prior"), 1, tuple(terms) if t == "critic" else ()) for t in game.turns]
        engine = Engine(game, players, sources, 0, CPU)
        return Experiment(data.spec, game, None, data, engine, players, [Stage(turns, Alternating(), 1)])

    return twin


@pytest.fixture
def affine() -> type[Affine]:
    return Affine


@pytest.fixture
def points() -> type[Points]:
    return Points


@pytest.fixture
def subject_of() -> Callable[..., Subject]:
    return make_subject


@pytest.fixture
def game_of() -> Callable[..., Gan]:
    return make_game


@pytest.fixture
def twin_of() -> Callable[..., Callable[[], Experiment]]:
    return make_twin
