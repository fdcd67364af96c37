"""The contract of dynamics: they see turns, draws, gradients and moves, and no game knows which one plays it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from gansuite.errors import UserError
from gansuite.plugins.wording import did_you_mean, show

if TYPE_CHECKING:
    from torch import nn

    from gansuite.engine.engine import Engine
    from gansuite.engine.follower import Average
    from gansuite.engine.turn import Turn

Order = Literal["simultaneous", "alternating"]


class Dynamics(ABC):
    """Plays one round: turns become the players' updates."""

    @abstractmethod
    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        """Draw, differentiate and move for every turn of one round."""

    def check(self, turns: Mapping[str, Collection[str]], moves: Mapping[str, int]) -> None:  # noqa: B027
        """Refuse, when the recipe is read, options that do not fit the game.

        Args:
            turns: of the game, each with the names of what its cost passes through.
            moves: how often each is played in a round, in the order of play.

        Raises:
            UserError: the reason, and what would do instead.
        """

    def average(self, modules: Sequence[nn.Module]) -> Average | None:
        """The average of these modules' weights that samples are drawn with, where averaging belongs to the rule."""
        return None

    def state_dict(self) -> dict[str, Any]:
        """What the next round depends on besides the players; most dynamics remember nothing."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:  # noqa: B027 - most have nothing to take over
        """Take over a checkpoint's state."""


def one_by_one(turns: Sequence[Turn]) -> Iterator[Sequence[Turn]]:
    """Who moves at each instant of a round of alternating moves: one turn, ``repeat`` times, then the next."""
    for turn in turns:
        for _ in range(turn.repeat):
            yield (turn,)


def together(turns: Sequence[Turn]) -> Iterator[Sequence[Turn]]:
    """Who moves at each instant of a round of simultaneous moves: all, then those that still have moves left."""
    for i in range(max(turn.repeat for turn in turns)):
        yield [turn for turn in turns if i < turn.repeat]


INSTANTS: Mapping[Order, Callable[[Sequence[Turn]], Iterator[Sequence[Turn]]]]
INSTANTS = {"simultaneous": together, "alternating": one_by_one}


def refuse_unknown(option: str, turn: str, turns: Collection[str]) -> None:
    """Refuse the name of a turn that the game does not have."""
    if turn not in turns:
        raise UserError(f"{option} = {show(turn)}: the game has no such turn{did_you_mean(turn, turns)}")
