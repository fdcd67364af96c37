"""Alternating gradient steps, the usual way to play (Goodfellow et al. 2014, algorithm 1)."""

from __future__ import annotations

from collections.abc import Sequence

from gansuite.dynamics.dynamics import Dynamics, one_by_one
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn


class Alternating(Dynamics):
    """θ_i ← θ_i - h_i ∂L_i/∂θ_i for one player after the other, each seeing the moves before it.

    Players move in the order of ``moves``, ``repeat`` times on fresh draws.
    """

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        for (turn,) in one_by_one(turns):
            engine.move(turn, engine.gradients(turn, engine.draw(turn)))
