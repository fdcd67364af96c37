"""The other order: min-max played as max-min (Goodfellow 2016, NIPS 2016 tutorial, section 5.1.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.dynamics import refuse_unknown
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn


class GeneratorFirst(Alternating):
    """Alternating moves that begin with the generator's: max_D min_G instead of min_G max_D.

    With many generator moves in a round (``moves = { generator = 50, critic = 1 }``) each critic meets a generator that
    has answered it, and the answer is to put all mass where this critic is highest.

    Args:
        first: the turn that begins; the others follow in the order of ``moves``.
    """

    def __init__(self, *, first: str = "generator") -> None:
        super().__init__()
        self.first = first

    def check(self, turns: Mapping[str, Collection[str]], moves: Mapping[str, int]) -> None:
        refuse_unknown("first", self.first, turns)

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        super().round(engine, sorted(turns, key=lambda turn: turn.name != self.first))
