"""Problems whose choices do not depend on each other."""

from __future__ import annotations

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import CostOf, Estimator, ScoreFunction, log_prob_of, one_hot
from gansuite.estimators.sampling import categorical
from gansuite.studies.estimators.problem import Counted, Estimates, Problem, Quadratic, Tabulated, every


class Categorical(Problem):
    """Three choices among five, θ normal, the quadratic cost: 125 samples.

    E f = Σ_x Π_t softmax(θ_t)[x_t] f(x)
    """

    name: ClassVar[str] = "categorical"
    offers: ClassVar[frozenset[str]] = frozenset({"rewards", "relaxed", "factorised"})
    choices: ClassVar[int] = 3
    alternatives: ClassVar[int] = 5

    def __init__(self, seed: int = 1) -> None:
        c, k = self.choices, self.alternatives
        self.logits = Rng(seed, self.name, "logits").normal(c, k)
        self.states = every(c, k)
        self.solve(Quadratic.drawn(c * k, seed))

    def solve(self, cost: CostOf) -> None:
        """Take a cost, and find its truth."""
        self.cost, f = cost, cost(self.states.double())
        theta = self.logits.double().requires_grad_()
        mean = (self.probability(theta) * f).sum()
        (gradient,) = torch.autograd.grad(mean, theta)
        self.truth, self.mean = gradient.flatten(), float(mean.detach())

    def probability(self, theta: Float[Tensor, "c k"]) -> Float[Tensor, " states"]:
        """p(x) of every sample."""
        return (self.states.double() * theta.log_softmax(-1)).sum((1, 2)).exp()

    def costs(self, n: int, rng: Rng) -> Float[Tensor, " n"]:
        x = categorical(self.logits.expand(n, -1, -1), rng)
        return self.cost(one_hot(x, self.alternatives))

    def estimates(
        self, estimator: Estimator, draws: int, rng: Rng, *, samples: int = 1, credit: str = "whole"
    ) -> Estimates:
        theta = self.logits.expand(draws * samples, -1, -1).clone().requires_grad_()
        cost = Counted(self.cost)
        (gradient,) = torch.autograd.grad(self.surrogate(estimator, theta, cost, rng, samples), theta)
        return Estimates(draws * gradient.view(draws, samples, -1).sum(1), cost.rows / draws)

    def surrogate(
        self, estimator: Estimator, theta: Float[Tensor, "n c k"], cost: CostOf, rng: Rng, samples: int = 1
    ) -> Float[Tensor, ""]:
        """What the estimator makes of n draws."""
        if isinstance(estimator, ScoreFunction):
            x = categorical(theta.detach(), rng)
            f = cost(one_hot(x, self.alternatives))
            values = torch.full(x.shape, self.mean)
            return estimator.surrogate(log_prob_of(theta, x), f, group=samples, values=values)
        return estimator.surrogate_of(theta, cost, rng)


class Binary(Categorical):
    """Five choices between two: 32 samples."""

    name: ClassVar[str] = "binary"
    offers: ClassVar[frozenset[str]] = Categorical.offers | {"binary"}
    choices: ClassVar[int] = 5
    alternatives: ClassVar[int] = 2


class DensityRatio(Categorical):
    """f = -q/p held fixed, q another law of the same kind: the gradient is that of KL(q ‖ p), maximum likelihood.

    This is what the best critic tells: D/(1 - D) = q/p.
    """

    name: ClassVar[str] = "density-ratio"
    offers: ClassVar[frozenset[str]] = frozenset({"rewards", "factorised", "weights"})

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        other = self.logits + Rng(seed, self.name, "target").normal(self.choices, self.alternatives, scale=0.5)
        ratio = self.probability(other.double()) / self.probability(self.logits.double())
        self.solve(Tabulated(-ratio))
