"""DisARM (Dong, Mnih & Tucker 2020), or U2G (Yin et al. 2020): ARM without its augmenting noise."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.arm import log_odds, paired
from gansuite.estimators.estimator import CostOf, Estimator, Logits


class DisArm(Estimator):
    """The mean of ARM given its two samples: a choice that is the same in both says nothing.

    ∂/∂φ_t: ½ [f(x) - f(x̃)] (-1)^x̃_t 1[x_t ≠ x̃_t] σ(|φ_t|),  x = 1[u > σ(-φ)], x̃ = 1[u < σ(φ)]

    Source: Dong et al. (2020), eq. 6.
    """

    unbiased = True
    needs = frozenset({"factorised", "binary"})

    def evaluations(self, choices: int, alternatives: int) -> int:
        return 2

    def surrogate_of(self, logits: Logits, cost: CostOf, rng: Rng) -> Float[Tensor, ""]:
        phi = log_odds(logits)
        with torch.no_grad():
            u = rng.uniform(*phi.shape)
            x, other = u > (-phi).sigmoid(), u < phi.sigmoid()
            first, second = paired(cost, x, other)
            sign = torch.where(other, -0.5, 0.5) * (x != other)
            weight = (first - second).unsqueeze(1) * sign * phi.abs().sigmoid()
        return (weight * phi).sum(1).mean()
