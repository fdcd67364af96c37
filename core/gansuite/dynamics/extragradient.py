"""The extragradient method (Korpelevich 1976; for GANs Gidel et al. 2019, algorithms 2 and 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from torch import Tensor

from gansuite.dynamics.dynamics import INSTANTS, Dynamics, Order
from gansuite.engine.engine import Engine
from gansuite.engine.lookahead import Lookahead
from gansuite.engine.turn import Turn
from gansuite.games.game import Draw


class Extragradient(Dynamics):
    """All players try a step, and then move from where they stood along the gradients found there.

    θ' = θ - h v(θ);  θ ← θ - h v(θ')

    Both are steps of the player's own optimiser, so that with Adam this is ExtraAdam; the trial leaves no trace in its
    moments.

    Args:
        draws: one batch shared by trial and move, or a fresh one for each (twice the data for the same move).
        order: who moves after a trial of all: all at once, or one after the other, each after a trial of its own.
    """

    def __init__(self, *, draws: Literal["shared", "fresh"] = "shared", order: Order = "simultaneous") -> None:
        self.draws, self.instants = draws, INSTANTS[order]

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        for movers in self.instants(turns):
            stream = "+".join(turn.name for turn in movers)
            draw = engine.draw(*turns, stream=stream)
            trial = draw if self.draws == "shared" else engine.draw(*turns, stream=f"{stream}/ahead")
            gradients = engine.gradients_of(movers, draw, self.ahead(engine, turns, trial))
            for turn, gradient in zip(movers, gradients, strict=True):
                engine.move(turn, gradient)

    def ahead(self, engine: Engine, turns: Sequence[Turn], draw: Draw) -> Mapping[str, Tensor]:
        """θ' by name."""
        at: dict[str, Tensor] = {}
        _, field = engine.field(turns, draw)
        for turn, part in zip(turns, field, strict=True):
            gradients, values = iter(part), []
            for name in turn.players:
                path = Lookahead(engine.players[name])
                path.step([next(gradients) for _ in path.values])
                values += path.values
            at |= zip(engine.names(turn), values, strict=True)
        return at
