"""The drift penalty of progressive growing (Karras, Aila, Laine & Lehtinen 2018, appendix A.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty


class Drift(Penalty):
    """E D(x)² over real samples: holds a critic near 0 whose objective knows differences of scores alone.

    The Wasserstein cost is the same for D and D + c, so c wanders; where a critic gives several scores a sample, their
    mean is held.

    Args:
        weight: ε in the paper.
        every: compute it each k-th move only, k-fold.
    """

    name = "drift"
    needs: ClassVar[frozenset[str]] = frozenset({"real_score"})

    def __init__(self, *, weight: Annotated[float, Ge(0)] = 0.001, every: Annotated[int, Gt(0)] = 1) -> None:
        super().__init__(weight, every)

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        return out["real_score"].square().mean()
