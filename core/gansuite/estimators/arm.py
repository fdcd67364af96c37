"""ARM: augment, reinforce, merge (Yin & Zhou 2019), for two alternatives."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.estimator import CostOf, Estimator, Logits, one_hot


class Arm(Estimator):
    """The difference of the costs of two antithetic samples, weighted by the noise that made them.

    ∂/∂φ_t: [f(1[u > σ(-φ)]) - f(1[u < σ(φ)])] (u_t - ½),  u ~ U(0, 1)^c,  φ = θ_1 - θ_0

    Source: Yin & Zhou (2019), eq. 5 (theorem 1).
    """

    unbiased = True
    needs = frozenset({"factorised", "binary"})

    def evaluations(self, choices: int, alternatives: int) -> int:
        return 2

    def surrogate_of(self, logits: Logits, cost: CostOf, rng: Rng) -> Float[Tensor, ""]:
        phi = log_odds(logits)
        with torch.no_grad():
            u = rng.uniform(*phi.shape)
            first, second = paired(cost, u > (-phi).sigmoid(), u < phi.sigmoid())
            weight = (first - second).unsqueeze(1) * (u - 0.5)
        return (weight * phi).sum(1).mean()


def log_odds(logits: Logits) -> Float[Tensor, "n c"]:
    """φ, with p(x_t = 1) = σ(φ_t).

    Raises:
        UserError: there are not two alternatives.
    """
    if logits.shape[-1] != 2:
        raise UserError(
            f"estimator: this one is for two alternatives a choice, and there are {logits.shape[-1]}; take rebar"
        )
    return logits[..., 1] - logits[..., 0]


def paired(cost: CostOf, first: Tensor, second: Tensor) -> tuple[Float[Tensor, " n"], Float[Tensor, " n"]]:
    """The costs of two sets of binary samples, bool [n, c], in one call."""
    one, other = cost(one_hot(torch.cat([first, second]).long(), 2)).chunk(2)
    return one, other
