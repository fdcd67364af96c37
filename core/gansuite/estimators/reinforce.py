"""REINFORCE (Williams 1992), less a baseline."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Lt
from jaxtyping import Bool, Float
from torch import Tensor

from gansuite.estimators.baseline import Baseline, Costs, Kind
from gansuite.estimators.estimator import ScoreFunction


class Reinforce(ScoreFunction):
    """(f(x) - b) ∇ log p(x): anything may be a cost, and the estimate has no bias.

    1/n Σ_i Σ_t (f_it - b_it) log p(x_it | x_i,<t)

    With the leave-one-out baseline, a constant added to the cost changes nothing and a constant cost moves nothing.
    The samples are taken to be the policy's own: ``old_log_prob`` is not read.

    Args:
        baseline: "rloo", the other samples' mean; "ema", the earlier moves'; "critic", a learnt value; or "none".
        decay: of "ema".

    Source: Williams (1992), theorem 1; Kool, van Hoof & Welling (2019) for leave-one-out.
    """

    def __init__(self, *, baseline: Kind = "rloo", decay: Annotated[float, Ge(0), Lt(1)] = 0.9) -> None:
        super().__init__()
        self.baseline = Baseline(baseline, decay)

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
        advantage = self.baseline.advantage(cost, mask, group, values)
        return over_choices(each_choice(advantage) * log_prob, mask)

    def after(self, cost: Tensor, mask: Tensor | None = None) -> None:
        self.baseline.after(cost, mask)


def each_choice(advantage: Costs) -> Float[Tensor, "n _"]:
    """[n] as [n, 1], so that every choice of a sample answers for it."""
    return advantage if advantage.dim() == 2 else advantage.unsqueeze(1)


def over_choices(terms: Float[Tensor, "n c"], mask: Bool[Tensor, "n c"] | None) -> Float[Tensor, ""]:
    """1/n Σ_i Σ_t over the places that hold a choice."""
    return (terms if mask is None else torch.where(mask, terms, 0.0)).sum(1).mean()
