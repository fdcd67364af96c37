"""Consistency regularisation (Zhang et al. 2020), on both sides as in Zhao et al. (2021)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty


class Consistency(Penalty):
    """E (D(x) - D(T(x)))², with T the domain's own small change of a sample, ``Space.jitter``.

    Args:
        weight: λ in the paper.
        scale: standard deviation of the change, in units of the samples.
        on: "real" samples (CR-GAN), or "both": generated ones pay as well, and the terms add up (bCR).
        every: compute it each k-th move only, k-fold.
    """

    name = "consistency"
    needs: ClassVar[frozenset[str]] = frozenset({"real", "fake", "score"})

    def __init__(
        self,
        *,
        weight: Annotated[float, Ge(0)] = 10.0,
        scale: Annotated[float, Gt(0)] = 0.1,
        on: Literal["real", "both"] = "real",
        every: Annotated[int, Gt(0)] = 1,
    ) -> None:
        super().__init__(weight, every)
        self.scale, self.on = scale, on

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        cost = self.change(game, draw, out, "real")
        return cost if self.on == "real" else cost + self.change(game, draw, out, "fake")

    def change(self, game: Game, draw: Draw, out: Mapping[str, Any], key: str) -> Float[Tensor, ""]:
        """E (D(x) - D(T(x)))² over one batch; what is random in the critic is the same for x and T(x)."""
        x = game.space.detach(out[key])
        moved = game.space.jitter(x, self.scale, draw.rng(f"{self.name}/{key}/jitter"))
        before, then = (out["score"](each, draw.rng(f"{self.name}/{key}")) for each in (x, moved))
        return (before - then).square().mean()
