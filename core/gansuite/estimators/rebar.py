"""REBAR (Tucker et al. 2017), for any number of alternatives."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import CostOf, Estimator, Logits, log_prob_of, one_hot, with_gradient_of
from gansuite.estimators.sampling import coupled_gumbel


class Rebar(Estimator):
    """The score function, with a relaxation of the cost as a control variate whose mean is known by reparameterisation.

    [f(x) - η f(s(z̃))] ∇ log p(x) + η ∇ f(s(z)) - η ∇ f(s(z̃)),  s(z) = softmax(z / τ)

    with z = log p + g, x = argmax z and z̃ ~ p(z | x). z̃ is coupled with z to be the same number, so that the relaxed
    cost is evaluated once. Without bias for every η and τ; with η = 0 it is REINFORCE.

    Args:
        eta: η.
        temperature: τ.

    Source: Tucker et al. (2017), eq. 6; Grathwohl et al. (2018), appendix B, for categories.
    """

    unbiased = True
    needs = frozenset({"relaxed", "factorised"})

    def __init__(self, *, eta: Annotated[float, Ge(0)] = 1.0, temperature: Annotated[float, Gt(0)] = 0.5) -> None:
        super().__init__()
        self.eta, self.temperature = eta, temperature

    def evaluations(self, choices: int, alternatives: int) -> int:
        return 2

    def surrogate_of(self, logits: Logits, cost: CostOf, rng: Rng) -> Float[Tensor, ""]:
        x, point = relaxed_pair(logits, rng, self.temperature)
        with torch.no_grad():
            f = cost(one_hot(x, logits.shape[-1]))
        relaxed = cost(point)
        score = log_prob_of(logits, x).sum(1)
        return ((f - self.eta * relaxed.detach()) * score + self.eta * relaxed).mean()


def relaxed_pair(logits: Logits, rng: Rng, temperature: float) -> tuple[Tensor, Float[Tensor, "n c k"]]:
    """x int64 [n, c], and the point s(z) = s(z̃) with the derivative of s(z) - s(z̃).

    The derivative of a cost there is ∇ f(s(z)) - ∇ f(s(z̃)).
    """
    x, z, again = coupled_gumbel(logits, rng)
    soft, soft_again = ((each / temperature).softmax(-1) for each in (z, again))
    return x, with_gradient_of(soft - soft_again, soft)
