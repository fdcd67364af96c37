"""Simultaneous gradient steps (Mescheder, Nowozin & Geiger 2017, section 2)."""

from __future__ import annotations

from collections.abc import Sequence

from gansuite.dynamics.dynamics import Dynamics, together
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn


class Simultaneous(Dynamics):
    """θ_i ← θ_i - h_i ∂L_i/∂θ_i, all players at once.

    The gradients belong to one point and one shared draw, and come from one forward pass. Where a turn repeats, the
    players that still have moves left go on together.
    """

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        for movers in together(turns):
            gradients = engine.gradients_of(movers, engine.draw(*movers))
            for turn, gradient in zip(movers, gradients, strict=True):
                engine.move(turn, gradient)
