"""The pathwise estimator, for choices that are real numbers (Kingma & Welling 2014; Rezende et al. 2014)."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Relaxation
from gansuite.spaces import at_least_fp32


class Pathwise(Relaxation):
    """y = μ + σ ε, ε ~ N(0, 1): what stands in the place of logits are means of a normal law.

    ∇_μ E f(y) = E ∇f(μ + σ ε), without bias. The temperature is the deviation σ, and falls as that of a relaxation
    does. Choices among K have no path; for them it is refused.

    Source: Kingma & Welling (2014), section 2.4.
    """

    unbiased = True
    needs = frozenset({"relaxed", "continuous"})

    def choose(
        self, logits: Float[Tensor, "*choices k"], rng: Rng | None, temperature: float
    ) -> Float[Tensor, "*choices k"]:
        means = at_least_fp32(logits)
        return means if rng is None else means + temperature * rng.normal(*means.shape)
