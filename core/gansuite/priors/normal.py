"""The Gaussian prior."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.priors.walk import arc


class Normal:
    """Independent coordinates, z_i ~ N(0, scale²).

    Args:
        size: number of coordinates.
        scale: standard deviation of each.
    """

    def __init__(self, spec: Any, *, size: Annotated[int, Gt(0)] = 100, scale: Annotated[float, Gt(0)] = 1.0) -> None:
        self.size, self.scale = size, scale

    def sample(self, n: int, rng: Rng) -> Float[Tensor, "n size"]:
        """Draw ``n`` latents on the device of ``rng``."""
        return rng.normal(n, self.size, scale=self.scale)

    def between(
        self, a: Float[Tensor, "n size"], b: Float[Tensor, "n size"], t: Float[Tensor, " n"]
    ) -> Float[Tensor, "n size"]:
        """Points at fraction t of the arc from a to b: as far from 0 as latents are."""
        return arc(a, b, t)
