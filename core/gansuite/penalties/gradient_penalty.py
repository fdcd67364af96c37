"""The gradient penalty of WGAN-GP (Gulrajani et al. 2017, eq. 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import relu

from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty, gradient_norm, plain
from gansuite.penalties.points import between, perturbed


class GradientPenalty(Penalty):
    """E (‖∇D(x̂)‖ - target)², with x̂ at a uniform place of the path from a generated to a real sample.

    Args:
        weight: λ in the paper.
        target: the slope asked for; 0 centres the penalty at a flat critic.
        sides: "two" as published; "one" charges only slopes above the target (Petzka et al. 2018).
        around: where the slope is taken: "between" real and generated samples, at the "real" or the "fake" ones, or
            near the real ones as in "dragan", which has the amount of noise as an option of its own.
        every: compute it each k-th move only, k-fold.

    Raises:
        UserError: the samples are integers.
    """

    name = "gradient-penalty"
    needs: ClassVar[frozenset[str]] = frozenset({"real", "fake", "score"})
    per_sample = True

    def __init__(
        self,
        *,
        weight: Annotated[float, Ge(0)] = 10.0,
        target: Annotated[float, Ge(0)] = 1.0,
        sides: Literal["two", "one"] = "two",
        around: Literal["between", "real", "fake", "dragan"] = "between",
        every: Annotated[int, Gt(0)] = 1,
    ) -> None:
        super().__init__(weight, every)
        self.target, self.sides, self.around = target, sides, around

    def points(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Any:
        """x̂, a batch of the game's space."""
        real, fake = (plain(game.space, out[key], self.name) for key in ("real", "fake"))
        if self.around == "between":
            return between(game.space, real, fake, draw.rng(f"{self.name}/path"))
        if self.around == "dragan":
            return perturbed(game.space, real, 0.5, draw, draw.rng(f"{self.name}/noise"))
        return real if self.around == "real" else fake

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        excess = gradient_norm(game, draw, self.name, out, self.points(game, draw, out)) - self.target
        return (relu(excess) if self.sides == "one" else excess).square().mean()
