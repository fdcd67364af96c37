"""The mean of a choice in the place of the choice: no noise, no sample."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Relaxation
from gansuite.spaces import at_least_fp32


class Softmax(Relaxation):
    """y = softmax(θ / τ). Its gradient is exact for costs that are linear in each choice, at τ = 1.

    Source: used by Gulrajani et al., Improved Training of Wasserstein GANs (2017), section 5.4, for characters.
    """

    def choose(
        self, logits: Float[Tensor, "*choices k"], rng: Rng | None, temperature: float
    ) -> Float[Tensor, "*choices k"]:
        return (at_least_fp32(logits) / temperature).softmax(-1)
