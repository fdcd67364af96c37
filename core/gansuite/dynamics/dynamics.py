"""The contract of dynamics: they see turns, draws, gradients and moves, and no game knows which one plays it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite.engine.engine import Engine
    from gansuite.engine.turn import Turn


class Dynamics(ABC):
    """Plays one round: turns become the players' updates."""

    @abstractmethod
    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        """Draw, differentiate and move for every turn of one round."""

    def state_dict(self) -> dict[str, Any]:
        """What the next round depends on besides the players; most dynamics remember nothing."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:  # noqa: B027 - most have nothing to take over
        """Take over a checkpoint's state."""
