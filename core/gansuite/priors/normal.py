"""The Gaussian prior."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.priors.truncation import truncated_normal
from gansuite.priors.walk import arc


class Normal:
    """Independent coordinates, z_i ~ N(0, scale²), or the same law within ±``truncation`` standard deviations.

    Args:
        size: number of coordinates.
        scale: standard deviation of each, before any truncation.
        truncation: τ: no coordinate is further from 0 than τ · scale; absent: no limit. Training with it is possible; a
            model trained without can be sampled with it (Brock et al. 2019).
    """

    def __init__(
        self,
        spec: Any,
        *,
        size: Annotated[int, Gt(0)] = 100,
        scale: Annotated[float, Gt(0)] = 1.0,
        truncation: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        self.size, self.scale, self.truncation = size, scale, truncation

    def sample(self, n: int, rng: Rng) -> Float[Tensor, "n size"]:
        """Draw ``n`` latents on the device of ``rng``."""
        if self.truncation is None:
            return rng.normal(n, self.size, scale=self.scale)
        return self.sample_truncated(n, rng, self.truncation)

    def sample_truncated(self, n: int, rng: Rng, tau: float) -> Float[Tensor, "n size"]:
        """Draw ``n`` latents within ±``tau`` standard deviations, or the prior's own limit if that is less."""
        tau = tau if self.truncation is None else min(tau, self.truncation)
        return truncated_normal(rng.normal(n, self.size), tau) * self.scale

    def between(
        self, a: Float[Tensor, "n size"], b: Float[Tensor, "n size"], t: Float[Tensor, " n"]
    ) -> Float[Tensor, "n size"]:
        """Points at fraction t of the arc from a to b: as far from 0 as latents are."""
        return arc(a, b, t)
