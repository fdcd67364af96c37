"""Consensus optimisation (Mescheder, Nowozin & Geiger 2017, "The Numerics of GANs")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import torch
from annotated_types import Ge
from torch import Tensor

from gansuite.dynamics.dynamics import INSTANTS, Dynamics, Order
from gansuite.engine.engine import Engine
from gansuite.engine.ranks import Gradient
from gansuite.engine.turn import Turn


class Consensus(Dynamics):
    """The players also agree to make the field of their gradients small.

    θ_i ← θ_i - h_i (v_i + γ ∂/∂θ_i ½‖v‖²),  v = (∂L_1/∂θ_1, ..., ∂L_k/∂θ_k)  (section 4, in signs of descent)

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
                    found.append((turn, engine.taken(turn, draw, cost, added(own, second, self.strength))))
            for turn, gradients in found:
                engine.move(turn, gradients)


def energy(field: Sequence[Sequence[Gradient]]) -> Tensor:
    """½‖v‖²."""
    v = torch.cat([g.reshape(-1) for part in field for g in part if g is not None])
    return 0.5 * v.dot(v)


@torch.no_grad()
def added(first: Sequence[Gradient], second: Sequence[Gradient], strength: float) -> list[Gradient]:
    """v_i + γ ∂/∂θ_i ½‖v‖², without its graph; what nothing depends on stays None, and what is linear keeps its v."""
    pairs = [(v, s) for v, s in zip(first, second, strict=True) if v is not None and s is not None]
    sums = iter(torch._foreach_add([v for v, _ in pairs], [s for _, s in pairs], alpha=strength))  # pyright: ignore[reportPrivateImportUsage]
    return [v if v is None else v.detach() if s is None else next(sums) for v, s in zip(first, second, strict=True)]
