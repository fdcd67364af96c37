"""Play against past opponents (Grnarova et al. 2018, "An Online Learning Approach to GANs": Chekhov GAN)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import torch
from annotated_types import Gt
from torch import Tensor

from gansuite.dynamics.dynamics import INSTANTS, Dynamics, Order
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn
from gansuite.games.game import Cost, Draw


class Snapshots(Dynamics):
    """Each player answers its opponents as they are and as they were.

    θ_i ← θ_i - h ∂/∂θ_i 1/(K+1) Σ_k L_i(θ_i, θ_-i^(k)),  k over the present and the K past opponents

    Every ``every`` rounds the players as they began the round join a queue of K, and the oldest leave it. Until it is
    full, the opponents are those that there are.

    Args:
        queue: K.
        every: rounds from one snapshot to the next.
        opponents: the average over all of them, or one of them drawn for each move, for the price of a plain move.
        order: one player after the other, or all at once.
    """

    def __init__(
        self,
        *,
        queue: Annotated[int, Gt(0)] = 5,
        every: Annotated[int, Gt(0)] = 100,
        opponents: Literal["average", "drawn"] = "average",
        order: Order = "alternating",
    ) -> None:
        self.size, self.every, self.drawn, self.instants = queue, every, opponents == "drawn", INSTANTS[order]
        self.queue: list[dict[str, Tensor]] = []
        self.rounds = 0

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        began = engine.snapshot(turns) if self.rounds % self.every == 0 else None
        for movers in self.instants(turns):
            draw, found = engine.draw(*movers), []
            for turn in movers:
                engine.attend(*turn.players)
                found.append(engine.descent(turn, draw, self.cost(engine, turn, draw)))
            for turn, gradients in zip(movers, found, strict=True):
                engine.move(turn, gradients)
        self.rounds += 1
        if began is not None:
            self.queue = [*self.queue, began][-self.size :]

    def cost(self, engine: Engine, turn: Turn, draw: Draw) -> Cost:
        """The cost of a turn against its opponents; what the game remembers is the present one's."""
        own = set(engine.names(turn))
        points: list[Mapping[str, Tensor] | None] = [None]
        points += [{name: x for name, x in point.items() if name not in own} for point in self.queue]
        if self.drawn:
            return engine.cost(turn, draw, points[draw.rng(f"opponent/{turn.name}").integer(0, len(self.queue))])
        costs = [engine.cost(turn, draw, at) for at in points]
        parts = {name: torch.stack([cost.parts[name].detach() for cost in costs]).mean() for name in costs[0].parts}
        return Cost(torch.stack([cost.value for cost in costs]).mean(), costs[0].out, parts)

    def state_dict(self) -> dict[str, Any]:
        return {"queue": self.queue, "rounds": self.rounds}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.queue, self.rounds = [dict(point) for point in state["queue"]], state["rounds"]
