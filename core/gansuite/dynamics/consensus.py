"""Consensus optimisation (Mescheder, Nowozin & Geiger 2017, "The Numerics of GANs")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Ge
from torch import Tensor

from gansuite.dynamics.dynamics import INSTANTS, Dynamics, Order
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn


class Consensus(Dynamics):
    """The players also agree to make the field of their gradients small.

    θ_i ← θ_i - h_i (v_i + γ ∂/∂θ_i ½‖v‖²),  v = (∂L_1/∂θ_1, ..., ∂L_k/∂θ_k)  (algorithm 1, in signs of descent)

    The field v is always that of all players, whoever moves: of its own part alone a critic would learn nothing, for
    that is linear in the critic of the Dirac-GAN. It is taken from one shared forward pass and differentiated whole.

    Args:
        strength: γ.
        order: who moves with one field: all at once, or one after the other, each with a field of its own.
    """

    def __init__(self, *, strength: Annotated[float, Ge(0)] = 1.0, order: Order = "simultaneous") -> None:
        self.strength, self.instants = strength, INSTANTS[order]

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        for movers in self.instants(turns):
            draw = engine.draw(*turns, stream="+".join(turn.name for turn in movers))
            costs, field = engine.field(turns, draw, create_graph=True)
            moved = list(dict.fromkeys(p for turn in movers for p in engine.parameters(turn)))
            slopes = dict(zip(moved, engine.differentiate(energy(field), moved), strict=True))
            found = []
            for turn, cost, own in zip(turns, costs, field, strict=True):
                if turn in movers:
                    # Of a parameter that several turns move, the first takes the slope: it is to count once.
                    second = [slopes.pop(p, None) for p in engine.parameters(turn)]
                    gradients = [self.sum(*pair) for pair in zip(own, second, strict=True)]
                    found.append((turn, engine.taken(turn, draw, cost, gradients)))
            for turn, gradients in found:
                engine.move(turn, gradients)

    def sum(self, first: Tensor | None, second: Tensor | None) -> Tensor | None:
        """v_i + γ ∂/∂θ_i ½‖v‖², without its graph; either may be missing."""
        if second is None:
            return None if first is None else first.detach()
        return second * self.strength if first is None else first.detach().add(second, alpha=self.strength)


def energy(field: Sequence[Sequence[Tensor | None]]) -> Tensor:
    """½‖v‖²."""
    return 0.5 * sum(g.square().sum() for part in field for g in part if g is not None)  # pyright: ignore[reportReturnType]
