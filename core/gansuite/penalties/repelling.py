"""The pull-away term of EBGAN (Zhao, Mathieu & LeCun 2017, eq. 4), its repelling regulariser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from gansuite.errors import UserError
from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty
from gansuite.spaces import at_least_fp32


class Repelling(Penalty):
    """1/(n (n - 1)) Σ_{i≠j} (S_iᵀS_j / (‖S_i‖ ‖S_j‖))², S_i the critic's features of the i-th generated sample.

    Args:
        weight: of the mean squared cosine; 0.1 in the paper.
        every: compute it each k-th move only, k-fold.

    Raises:
        UserError: a batch of one, which has no pairs.
    """

    name = "repelling"
    turn = "generator"
    needs: ClassVar[frozenset[str]] = frozenset({"fake", "features"})

    def __init__(self, *, weight: Annotated[float, Ge(0)] = 0.1, every: Annotated[int, Gt(0)] = 1) -> None:
        super().__init__(weight, every)

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        features = at_least_fp32(draw.gather(out["features"](out["fake"], draw.rng(self.name))))
        return squared_cosine(features)


def squared_cosine(features: Float[Tensor, "n width"]) -> Float[Tensor, ""]:
    """Mean over all pairs of different rows; 1 for parallel rows, 0 for orthogonal ones."""
    n = len(features)
    if n < 2:
        raise UserError("[game] penalties: repelling compares the samples of a batch: [data] batch_size must exceed 1")
    cosines = normalize(features) @ normalize(features).T
    return (cosines.square().sum() - cosines.diagonal().square().sum()) / (n * (n - 1))
