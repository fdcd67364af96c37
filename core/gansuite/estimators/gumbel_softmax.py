"""Gumbel-softmax, or the concrete distribution (Jang, Gu & Poole 2017; Maddison, Mnih & Teh 2017)."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Relaxation
from gansuite.estimators.sampling import gumbel
from gansuite.spaces import at_least_fp32


class GumbelSoftmax(Relaxation):
    """y = softmax((θ + g) / τ), g standard Gumbel noise; argmax y is a draw from softmax(θ) at every τ.

    As τ falls y nears a corner: the bias falls and the variance grows without bound.

    Source: Jang et al. (2017), eq. 2; Maddison et al. (2017), eq. 10.
    """

    def choose(
        self, logits: Float[Tensor, "*choices k"], rng: Rng | None, temperature: float
    ) -> Float[Tensor, "*choices k"]:
        return (perturbed(logits, rng) / temperature).softmax(-1)


def perturbed(logits: Float[Tensor, "*choices k"], rng: Rng | None) -> Float[Tensor, "*choices k"]:
    """θ + g, float32 at least."""
    logits = at_least_fp32(logits)
    return logits if rng is None else logits + gumbel(logits, rng)
