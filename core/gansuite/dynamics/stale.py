"""Asynchronous play: gradients that arrive late (Dean et al. 2012, "Large Scale Distributed Deep Networks")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from annotated_types import Ge
from torch import Tensor

from gansuite.dynamics.dynamics import INSTANTS, Dynamics, Order
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn


class Stale(Dynamics):
    """Every gradient is that of the parameters τ rounds ago, as from workers that were sent them then.

    θ_(t+1) = θ_t - h v(θ_(t-τ))

    A linear system with eigenvalues μ of -v then has those of λ^(τ+1) - λ^τ - h μ = 0. While fewer than τ rounds have
    been played, the first parameters are meant. τ · (moves of a round) copies of all players are kept.

    Args:
        delay: τ, in rounds.
        order: all players at once, or one after the other; with a delay of 0 that is all.
    """

    def __init__(self, *, delay: Annotated[int, Ge(0)] = 1, order: Order = "simultaneous") -> None:
        self.delay, self.instants = delay, INSTANTS[order]
        self.queue: list[dict[str, Tensor]] = []

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        instants = list(self.instants(turns))
        for movers in instants:
            self.queue = [*self.queue, engine.snapshot(turns)][-self.delay * len(instants) - 1 :]
            own = {name for turn in movers for name in engine.names(turn)}
            at = {name: x.requires_grad_(name in own) for name, x in self.queue[0].items()}
            gradients = engine.gradients_of(movers, engine.draw(*movers), at)
            for turn, gradient in zip(movers, gradients, strict=True):
                engine.move(turn, gradient)

    def state_dict(self) -> dict[str, Any]:
        return {"queue": [{name: x.detach() for name, x in point.items()} for point in self.queue]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.queue = [dict(point) for point in state["queue"]]
