"""The Gaussian that an encoder gives of a sample's latent (Kingma & Welling 2014, section 3)."""

from __future__ import annotations

from typing import Any, NamedTuple

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.normal import Normal
from gansuite.spaces import at_least_fp32


class Posterior(NamedTuple):
    """q(z | x) = N(μ(x), diag σ²(x)), from an encoder that gives μ and log σ² side by side."""

    mean: Float[Tensor, "n z"]
    log_variance: Float[Tensor, "n z"]

    @classmethod
    def of(cls, code: Float[Tensor, "n zz"]) -> Posterior:
        """The posterior that an encoder's output describes."""
        mean, log_variance = at_least_fp32(code).chunk(2, 1)
        return cls(mean, log_variance)

    def sample(self, rng: Rng) -> Float[Tensor, "n z"]:
        """z = μ + σ ε, ε ~ N(0, I): differentiable in μ and σ."""
        return self.mean + (0.5 * self.log_variance).exp() * rng.normal(*self.mean.shape).to(self.mean)

    def divergence(self) -> Float[Tensor, " n"]:
        """KL(q(z | x) ‖ N(0, I)) = ½ Σ (μ² + σ² - log σ² - 1) of each sample."""
        return 0.5 * (self.mean.square() + self.log_variance.exp() - self.log_variance - 1).sum(1)


def standard_normal(prior: Any, game: str) -> Normal:
    """The prior, if it is the N(0, I) that the divergence is from.

    Raises:
        UserError: it is another.
    """
    if not isinstance(prior, Normal) or prior.scale != 1:
        raise UserError(f'[prior] {game} draws the encoder to N(0, I): set name = "normal", scale = 1')
    return prior
