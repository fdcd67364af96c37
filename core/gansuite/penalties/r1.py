"""The R1 penalty (Mescheder, Geiger & Nowozin 2018, eq. 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty, gradient_norm, plain


class R1(Penalty):
    """½ E ‖∇D(x)‖² over real samples: zero-centred, so that the critic may rest at equilibrium.

    Args:
        weight: γ in the paper.
        every: compute it each k-th move only, k-fold (Karras et al. 2020, lazy regularisation).

    Raises:
        UserError: the samples are integers.
    """

    name = "r1"
    needs: ClassVar[frozenset[str]] = frozenset({"real", "score"})
    per_sample = True
    at: ClassVar[str] = "real"

    def __init__(self, *, weight: Annotated[float, Ge(0)] = 10.0, every: Annotated[int, Gt(0)] = 1) -> None:
        super().__init__(weight, every)

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        x = plain(game.space, out[self.at], self.name)
        return 0.5 * gradient_norm(game, draw, self.name, out, x).square().mean()
