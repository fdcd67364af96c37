"""The uniform prior of WaveGAN (Donahue et al. 2019)."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.priors.walk import line


class Uniform:
    """Independent coordinates, z_i ~ U(low, high).

    Args:
        size: number of coordinates.
        low: lower end.
        high: upper end.
    """

    def __init__(self, spec: Any, *, size: Annotated[int, Gt(0)] = 100, low: float = -1.0, high: float = 1.0) -> None:
        if low >= high:
            raise ValueError(f"low = {low} must be below high = {high}")
        self.size, self.low, self.high = size, low, high

    def sample(self, n: int, rng: Rng) -> Float[Tensor, "n size"]:
        """Draw ``n`` latents on the device of ``rng``."""
        return rng.uniform(n, self.size, low=self.low, high=self.high)

    def between(
        self, a: Float[Tensor, "n size"], b: Float[Tensor, "n size"], t: Float[Tensor, " n"]
    ) -> Float[Tensor, "n size"]:
        """Points at fraction t of the line from a to b, which does not leave [low, high)."""
        return line(a, b, t)
