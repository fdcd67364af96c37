"""A game whose players are given as functions or modules, and draws whose numbers are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw, Game
from gansuite.spaces import Space, TensorSpace


class Stage(Game):
    """What penalties see of a game: a space, and the networks of two players."""

    turns = ("critic", "generator")

    def __init__(self, networks: Mapping[str, nn.Module], space: Space) -> None:
        super().__init__(space)
        for name, network in networks.items():
            self.add_module(name, network)


def draw_of(seed: int = 0, index: int = 0) -> Draw:
    return Draw({}, lambda name: Rng(seed, name, index=index), index=index)


def charge_of(
    penalty: Any,
    out: Mapping[str, Any],
    *,
    networks: Mapping[str, nn.Module] | None = None,
    space: Space | None = None,
    seed: int = 0,
) -> Tensor:
    """The penalty of what a turn hands it; ``score`` and ``generator`` need not take random numbers."""
    return penalty(Stage(networks or {}, space or TensorSpace()), draw_of(seed), out)


@pytest.fixture
def charge() -> Callable[..., Tensor]:
    return charge_of


@pytest.fixture
def price() -> Callable[..., float]:
    """What the penalty comes to, as a number."""
    return lambda *args, **options: float(charge_of(*args, **options).detach())


@pytest.fixture
def stage() -> Callable[..., Game]:
    return Stage


@pytest.fixture
def draw() -> Callable[..., Draw]:
    return draw_of
