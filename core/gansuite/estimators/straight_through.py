"""Straight-through (Hinton 2012; Bengio, Léonard & Courville 2013)."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Relaxation, one_hot, with_gradient_of
from gansuite.estimators.sampling import categorical
from gansuite.spaces import at_least_fp32


class StraightThrough(Relaxation):
    """A drawn corner of the simplex whose gradient is that of softmax(θ / τ).

    y = one-hot(x), x ~ softmax(θ);  ∂y/∂θ := ∂ softmax(θ / τ) / ∂θ

    The cost sees true samples; where it is linear in each choice the gradient has no bias at τ = 1.

    Source: Bengio et al. (2013), section 4.
    """

    corners = True

    def choose(
        self, logits: Float[Tensor, "*choices k"], rng: Rng | None, temperature: float
    ) -> Float[Tensor, "*choices k"]:
        hard = one_hot(drawn(logits, rng), logits.shape[-1])
        return with_gradient_of((at_least_fp32(logits) / temperature).softmax(-1), hard)


def drawn(logits: Float[Tensor, "*choices k"], rng: Rng | None) -> Tensor:
    """x ~ softmax(θ), int64 [*choices]; the likeliest without ``rng``."""
    logits = logits.detach()
    return logits.argmax(-1) if rng is None else categorical(logits, rng)
