"""What an estimator is: from logits and a cost of discrete samples to a surrogate whose gradient is an estimate.

The cost f(x) of a sample x of choices, each among K alternatives with logits θ, has an expectation with a gradient
∇_θ E f(x), but no sample of it has one. There are three ways to an estimate:

- a **relaxation** replaces the choice by a point of the simplex that has a gradient, and f must take such points;
- a **score function** weighs ∇ log p(x) by f(x), and f may be anything: a reward;
- a **control variate** corrects a relaxation, or pairs samples, so that the estimate is unbiased with less noise;
  the choices must not depend on each other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

import torch
from annotated_types import Gt
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.estimators.sampling import categorical

Logits = Float[Tensor, "n c k"]
CostOf = Callable[[Float[Tensor, "m c k"]], Float[Tensor, " m"]]
"""The cost of each sample, given one-hot or (where the estimator needs it) relaxed rows."""

NEEDS: Mapping[str, str] = {
    "rewards": "one number for each sample, or for each choice",
    "relaxed": "a cost that takes points of the simplex and has a gradient there",
    "factorised": "choices that do not depend on each other",
    "binary": "two alternatives a choice",
    "weights": "rewards that are a density ratio, and so not negative",
    "continuous": "choices that are real numbers, not one of K",
}
"""What an estimator can ask of the game and the generator, with ``needs``."""


class Estimator(nn.Module, ABC):
    """Estimates ∇ E f(x). State (baselines, learnt control variates) is kept in buffers and parameters.

    Class attributes:
        unbiased: whether the mean of the estimate is the gradient.
        needs: keys of ``NEEDS``.
        replays: moves that are made on samples of one earlier policy (of instances that have an option for it).

    Where an option decides them, ``unbiased`` and ``needs`` are attributes of the instance.
    """

    unbiased: bool
    needs: frozenset[str]
    replays: int = 1

    def __init__(self) -> None:
        super().__init__()

    def evaluations(self, choices: int, alternatives: int) -> int:
        """How often the cost is evaluated for each row of ``surrogate_of``'s logits."""
        return 1

    @abstractmethod
    def surrogate_of(self, logits: Logits, cost: CostOf, rng: Rng) -> Float[Tensor, ""]:
        """A scalar whose gradient by ``logits`` estimates that of the mean over rows of E f(x), x ~ softmax(logits).

        The rows are draws of their own; estimators that compare samples compare those of the rows, which then must
        share one distribution (see ``ScoreFunction.surrogate``: ``group``).

        ``cost`` may be called several times, each time with some copies of the whole batch, one after the other. The
        first n rows of the first call are the samples; for all but relaxations they are one-hot.
        """

    def prepare(self, choices: int, alternatives: int) -> None:
        """Make what hangs on the number of choices and alternatives; before the optimisers are built."""

    def after(self, cost: Tensor, mask: Tensor | None = None) -> None:
        """Remember the costs of a move ([n] or [n, c], detached), in buffers; once after each, without a graph."""


class Relaxation(Estimator):
    """A choice that is a point of the simplex, through which the gradient of the cost passes.

    The temperature τ may fall over the run: from ``temperature`` to ``final`` over ``over`` rounds (those of the
    adversarial stage if absent), along a straight line or geometrically, and stays there.

    Args:
        temperature: τ, at the beginning.
        final: τ at the end; absent: it stays as it is.
        anneal: the way there, "exponential" or "linear".
        over: rounds that it takes; absent: all.
    """

    unbiased = False
    needs = frozenset({"relaxed"})
    corners: ClassVar[bool] = False
    """Whether its value is a draw from softmax(θ), a corner of the simplex, and only the gradient is relaxed."""

    def __init__(
        self,
        *,
        temperature: Annotated[float, Gt(0)] = 1.0,
        final: Annotated[float, Gt(0)] | None = None,
        anneal: Literal["exponential", "linear"] = "exponential",
        over: Annotated[int, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        self.temperature, self.final, self.anneal, self.over = temperature, final, anneal, over

    @abstractmethod
    def choose(
        self, logits: Float[Tensor, "*choices k"], rng: Rng | None, temperature: float
    ) -> Float[Tensor, "*choices k"]:
        """One point of the simplex for each choice; float32 at least. Without ``rng``, as if there were no noise."""

    def temperature_at(self, round: int, rounds: int) -> float:
        """τ in the ``round``-th of ``rounds`` rounds.

        linear: τ_0 + (τ_1 - τ_0) s;  exponential: τ_0 (τ_1 / τ_0)^s,  s = min(round / over, 1).
        """
        if self.final is None:
            return self.temperature
        share = min(round / max(self.over or rounds, 1), 1.0)
        if self.anneal == "linear":
            return self.temperature + (self.final - self.temperature) * share
        return self.temperature * (self.final / self.temperature) ** share

    def surrogate_of(self, logits: Logits, cost: CostOf, rng: Rng) -> Float[Tensor, ""]:
        return cost(self.choose(logits, rng, self.temperature)).mean()


class ScoreFunction(Estimator):
    """f(x) ∇ log p(x), less what its baseline knows before the sample is seen."""

    unbiased = True
    needs = frozenset({"rewards"})

    @abstractmethod
    def surrogate(
        self,
        log_prob: Float[Tensor, "n c"],
        cost: Float[Tensor, " n"] | Float[Tensor, "n c"],
        mask: Bool[Tensor, "n c"] | None = None,
        *,
        group: int | None = None,
        old_log_prob: Float[Tensor, "n c"] | None = None,
        values: Float[Tensor, "n c"] | None = None,
    ) -> Float[Tensor, ""]:
        """A scalar whose gradient estimates that of the mean over samples of their expected cost.

        Args:
            log_prob: of each choice that was made, with its graph.
            cost: of each sample, or from each choice on (what the choice is to answer for); never differentiated.
            mask: which places hold a choice; all, if absent.
            group: so many consecutive rows are draws from one distribution; all n, if absent.
            old_log_prob: under the policy that drew the samples, where that is an earlier one.
            values: a critic's prediction of ``cost`` before each choice, for baselines that use one.
        """

    def surrogate_of(self, logits: Logits, cost: CostOf, rng: Rng) -> Float[Tensor, ""]:
        with torch.no_grad():
            x = categorical(logits, rng)
            costs = cost(one_hot(x, logits.shape[-1]))
        return self.surrogate(log_prob_of(logits, x), costs)


def one_hot(x: Int64[Tensor, "*choices"], k: int) -> Float[Tensor, "*choices k"]:
    """Choices as corners of the simplex; nothing waits for the device."""
    return torch.zeros(*x.shape, k, device=x.device).scatter_(-1, x.unsqueeze(-1), 1.0)


def log_prob_of(logits: Float[Tensor, "*choices k"], x: Int64[Tensor, "*choices"]) -> Float[Tensor, "*choices"]:
    """log softmax(logits)[x], without the whole table of log-probabilities."""
    return logits.gather(-1, x.unsqueeze(-1)).squeeze(-1) - logits.logsumexp(-1)


def with_gradient_of(soft: Float[Tensor, "*shape"], hard: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """``hard`` as a value, ``soft`` as a gradient (Bengio, Léonard & Courville 2013).

    s - s is exactly 0 and h + 0 exactly h, so that one-hot rows stay one-hot to the bit.
    """
    return hard.detach() + (soft - soft.detach())
