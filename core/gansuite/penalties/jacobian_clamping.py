"""Jacobian clamping (Odena et al. 2018, algorithm 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize, relu

from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty, leaves


class JacobianClamping(Penalty):
    """E (max(Q, high) - high)² + (min(Q, low) - low)², with Q = ‖G(z) - G(z')‖ / ‖z - z'‖.

    z' lies at the distance ``step`` from z in a uniform direction; Q is taken for each sample.

    Args:
        weight: of the whole; 1 in the paper.
        low: least stretch that is free, λ_min in the paper.
        high: greatest stretch that is free, λ_max in the paper.
        step: distance of the two latents, ε in the paper.
        every: compute it each k-th move only, k-fold.

    Raises:
        ValueError: ``low`` lies above ``high``.
    """

    name = "jacobian-clamping"
    turn = "generator"
    needs: ClassVar[frozenset[str]] = frozenset({"latent", "fake", "generator"})

    def __init__(
        self,
        *,
        weight: Annotated[float, Ge(0)] = 1.0,
        low: Annotated[float, Ge(0)] = 1.0,
        high: Annotated[float, Gt(0)] = 20.0,
        step: Annotated[float, Gt(0)] = 1.0,
        every: Annotated[int, Gt(0)] = 1,
    ) -> None:
        super().__init__(weight, every)
        if low > high:
            raise ValueError(f"low = {low:g} lies above high = {high:g}; no stretch would be free")
        self.low, self.high, self.step = low, high, step

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        z: Tensor = out["latent"]
        v = normalize(draw.rng(self.name).normal(*z.shape).flatten(1)).view_as(z)
        here, there = (leaves(game.space, x, self.name) for x in (out["fake"], out["generator"](z + self.step * v)))
        stretch = game.space.norm([a - b for a, b in zip(here, there, strict=True)]) / self.step
        return (relu(stretch - self.high).square() + relu(self.low - stretch).square()).mean()
