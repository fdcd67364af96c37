"""Alternating gradient steps, the usual way to play (Goodfellow et al. 2014, algorithm 1)."""

from __future__ import annotations

from collections.abc import Sequence

from gansuite.dynamics.dynamics import Dynamics
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn


class Alternating(Dynamics):
    """Each player moves in the order of ``moves``, ``repeat`` times on fresh draws, and sees the moves before it."""

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        for turn in turns:
            for _ in range(turn.repeat):
                engine.move(turn, engine.gradients(turn, engine.draw(turn)))
