"""Optimistic mirror descent (Daskalakis, Ilyas, Syrgkanis & Zeng 2018, "Training GANs with Optimism")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from gansuite.dynamics.dynamics import INSTANTS, Dynamics, Order
from gansuite.engine.engine import Engine
from gansuite.engine.ranks import Gradient
from gansuite.engine.turn import Turn


class Optimistic(Dynamics):
    """Each step counts twice and takes back the one before: the next gradient is expected to be the last one's equal.

    θ_(t+1) = θ_t + 2 Δ_t - Δ_(t-1)

    Δ is the step of the player's own optimiser: -h g_t with sgd (section 2 of the paper); with adam this is its
    algorithm 1, Optimistic Adam. The first step, which has none before it, is an ordinary one.

    Args:
        order: all players at once, or one after the other.
    """

    def __init__(self, *, order: Order = "simultaneous") -> None:
        self.instants = INSTANTS[order]
        self.last: dict[str, list[Tensor]] = {}

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        for movers in self.instants(turns):
            gradients = engine.gradients_of(movers, engine.draw(*movers))
            for turn, gradient in zip(movers, gradients, strict=True):
                self.move(engine, turn, gradient)

    @torch.no_grad()
    def move(self, engine: Engine, turn: Turn, gradients: Sequence[Gradient]) -> None:
        """The optimiser's step, and then Δ_t - Δ_(t-1)."""
        if all(gradient is None for gradient in gradients):  # a move that was not finite, under on_nan = "skip"
            return
        parameters = engine.parameters(turn)
        before = [p.detach().clone() for p in parameters]
        engine.move(turn, gradients)
        step = [p.detach() - b for p, b in zip(parameters, before, strict=True)]
        if turn.name in self.last:
            for p, new, old in zip(parameters, step, self.last[turn.name], strict=True):
                p.add_(new - old)
            for name in turn.players:
                engine.players[name].project()
        self.last[turn.name] = step

    def state_dict(self) -> dict[str, Any]:
        return {"last": self.last}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.last = {name: list(step) for name, step in state["last"].items()}
