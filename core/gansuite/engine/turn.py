"""What a round is made of, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gansuite.games.game import Term

if TYPE_CHECKING:
    from gansuite.dynamics.dynamics import Dynamics


@dataclass(frozen=True)
class Turn:
    """One cost moves its players: ``game.cost_<name>`` on ``draws``, ``repeat`` times a round, with extra terms."""

    name: str
    players: tuple[str, ...]
    draws: tuple[str, ...]
    repeat: int = 1
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Stage:
    """Turns, the dynamics that play them, and the number of rounds they are played for."""

    turns: Sequence[Turn]
    dynamics: Dynamics
    rounds: int
    name: str = "train"
