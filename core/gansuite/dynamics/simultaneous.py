"""Simultaneous gradient steps (Mescheder, Nowozin & Geiger 2017, section 2)."""

from __future__ import annotations

from collections.abc import Sequence

from gansuite.dynamics.dynamics import Dynamics
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn


class Simultaneous(Dynamics):
    """All players move at once from gradients at the same point, on one shared draw.

    Where a turn repeats, the players that still have moves left go on together.
    """

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        for i in range(max(turn.repeat for turn in turns)):
            movers = [turn for turn in turns if i < turn.repeat]
            draw = engine.draw(*movers)
            gradients = [engine.gradients(turn, draw) for turn in movers]
            for turn, gradient in zip(movers, gradients, strict=True):
                engine.move(turn, gradient)
