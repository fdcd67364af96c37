"""Gumbel-Rao (Paulus, Maddison & Krause 2021): straight-through Gumbel-softmax, Rao-Blackwellised."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Relaxation, one_hot, with_gradient_of
from gansuite.estimators.sampling import conditional_gumbel, log_probs
from gansuite.estimators.straight_through import drawn


class GumbelRao(Relaxation):
    """Straight-through Gumbel-softmax, its gradient averaged over S noises that give the same choice.

    y = one-hot(x), x ~ softmax(θ);  ∂y/∂θ := 1/S Σ_s ∂ softmax((θ + g_s) / τ) / ∂θ,  g_s ~ p(g | argmax(θ + g) = x)

    Its mean is that of ``straight-through-gumbel``, its variance less, and the cost is evaluated once all the same.

    Args:
        draws: S.

    Source: Paulus et al. (2021), eq. 8-11.
    """

    corners = True

    def __init__(self, *, draws: Annotated[int, Gt(0)] = 10, **options: Any) -> None:
        super().__init__(**options)
        self.draws = draws

    def choose(
        self, logits: Float[Tensor, "*choices k"], rng: Rng | None, temperature: float
    ) -> Float[Tensor, "*choices k"]:
        x, log_p = drawn(logits, rng), log_probs(logits)
        z = log_p if rng is None else self.noisy(log_p, x, rng)
        soft = (z / temperature).softmax(-1)
        return with_gradient_of(soft if rng is None else soft.mean(-2), one_hot(x, logits.shape[-1]))

    def noisy(self, log_p: Float[Tensor, "*choices k"], x: Tensor, rng: Rng) -> Float[Tensor, "*choices s k"]:
        """log p + g_s; what is differentiated is log p, with the noise held."""
        many = log_p.unsqueeze(-2).expand(*log_p.shape[:-1], self.draws, log_p.shape[-1])
        with torch.no_grad():
            noise = conditional_gumbel(many, x.unsqueeze(-1).expand(many.shape[:-1]), rng) - many
        return many + noise
