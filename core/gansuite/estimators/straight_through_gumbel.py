"""Straight-through Gumbel-softmax (Jang, Gu & Poole 2017)."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Relaxation, one_hot, with_gradient_of
from gansuite.estimators.gumbel_softmax import perturbed


class StraightThroughGumbel(Relaxation):
    """A drawn corner whose gradient is that of the Gumbel-softmax made of the same noise.

    y = one-hot(argmax(θ + g));  ∂y/∂θ := ∂ softmax((θ + g) / τ) / ∂θ

    Source: Jang et al. (2017), section 2.2.
    """

    corners = True

    def choose(
        self, logits: Float[Tensor, "*choices k"], rng: Rng | None, temperature: float
    ) -> Float[Tensor, "*choices k"]:
        z = perturbed(logits, rng)
        return with_gradient_of((z / temperature).softmax(-1), one_hot(z.argmax(-1), z.shape[-1]))
