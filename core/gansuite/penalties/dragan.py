"""The gradient penalty of DRAGAN (Kodali et al. 2017): around the real samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt

from gansuite.games.game import Draw, Game
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.penalties.penalty import plain
from gansuite.penalties.points import perturbed


class Dragan(GradientPenalty):
    """E (‖∇D(x + δ)‖ - target)², δ = noise · std(x) · u, u ~ U[-1, 1) for each number of a sample.

    std(x) is that of all numbers of the batch.

    Args:
        weight: λ in the paper.
        noise: of each number, in standard deviations of the data.
        target: the slope asked for, k in the paper.
        sides: "two" as published; "one" charges only slopes above the target.
        every: compute it each k-th move only, k-fold.

    Raises:
        UserError: the samples are integers.
    """

    name = "dragan"
    needs: ClassVar[frozenset[str]] = frozenset({"real", "score"})

    def __init__(
        self,
        *,
        weight: Annotated[float, Ge(0)] = 10.0,
        noise: Annotated[float, Gt(0)] = 0.5,
        target: Annotated[float, Ge(0)] = 1.0,
        sides: Literal["two", "one"] = "two",
        every: Annotated[int, Gt(0)] = 1,
    ) -> None:
        super().__init__(weight=weight, target=target, sides=sides, around="dragan", every=every)
        self.noise = noise

    def points(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Any:
        real = plain(game.space, out["real"], self.name)
        return perturbed(game.space, real, self.noise, draw, draw.rng(f"{self.name}/noise"))
