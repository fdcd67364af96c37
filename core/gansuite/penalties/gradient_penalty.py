"""The gradient penalty of WGAN-GP (Gulrajani et al. 2017, eq. 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt
from torch import Tensor
from torch.nn.functional import relu

from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty, gradient_norm


class GradientPenalty(Penalty):
    """E (‖∇D(x̂)‖ - target)², with x̂ at a uniform place of the path from a generated to a real sample.

    Args:
        weight: λ in the paper.
        target: the slope asked for.
        sides: "two" as published; "one" charges only slopes above the target (Petzka et al. 2018).
        every: compute it each k-th move only, k-fold.
    """

    name = "gradient-penalty"
    needs: ClassVar[frozenset[str]] = frozenset({"real", "fake", "score"})

    def __init__(
        self,
        *,
        weight: Annotated[float, Ge(0)] = 10.0,
        target: Annotated[float, Ge(0)] = 1.0,
        sides: Literal["two", "one"] = "two",
        every: Annotated[int, Gt(0)] = 1,
    ) -> None:
        super().__init__(weight, every)
        self.target, self.sides = target, sides

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Tensor:
        t = draw.rng(f"{self.name}/path").uniform(game.space.size(out["real"]))
        path = game.space.path(game.space.detach(out["real"]), game.space.detach(out["fake"]), t)
        excess = gradient_norm(game, draw, self.name, out, path) - self.target
        return (relu(excess) if self.sides == "one" else excess).square().mean()
