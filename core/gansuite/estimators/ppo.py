"""Proximal policy optimisation with a clipped ratio (Schulman et al. 2017)."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Bool, Float
from torch import Tensor

from gansuite.estimators.baseline import Kind
from gansuite.estimators.reinforce import Reinforce, each_choice, over_choices


class PPO(Reinforce):
    """Several moves on samples of one policy; a choice whose probability has moved far enough is left alone.

    1/n Σ_i Σ_t max(r A, clip(r, 1 - ε, 1 + ε) A),  r = p(x_t | x_<t) / p_old(x_t | x_<t),  A = f - b

    (the paper's minimum is a maximum for costs). The first move is that of ``reinforce``; later ones are biased.

    Args:
        clip: ε.
        epochs: moves on samples of one policy; the game draws fresh ones for each.
        baseline: b, as that of ``reinforce``.
        decay: of the baseline "ema".
        normalise: divide A by its deviation over the batch.

    Source: Schulman et al. (2017), eq. 7.
    """

    unbiased = False

    def __init__(
        self,
        *,
        clip: Annotated[float, Gt(0), Lt(1)] = 0.2,
        epochs: Annotated[int, Gt(0)] = 4,
        baseline: Kind = "rloo",
        decay: Annotated[float, Ge(0), Lt(1)] = 0.9,
        normalise: bool = False,
    ) -> None:
        super().__init__(baseline=baseline, decay=decay)
        self.clip, self.replays, self.normalise = clip, epochs, normalise

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
        advantage = each_choice(self.baseline.advantage(cost, mask, group, values))
        if self.normalise:
            advantage = advantage / deviation(advantage.expand_as(log_prob), mask).clamp_min(1e-8)
        old = log_prob if old_log_prob is None else old_log_prob
        ratio = (log_prob - old.detach()).exp()
        clipped = ratio.clamp(1 - self.clip, 1 + self.clip)
        return over_choices(torch.maximum(ratio * advantage, clipped * advantage), mask)


def deviation(x: Float[Tensor, "n c"], mask: Bool[Tensor, "n c"] | None) -> Float[Tensor, ""]:
    """The standard deviation over all choices."""
    m = torch.ones_like(x) if mask is None else mask.to(x.dtype)
    x = torch.where(m > 0, x, 0.0)
    mean = x.sum() / m.sum()
    return (((x - mean).square() * m).sum() / m.sum()).sqrt()
