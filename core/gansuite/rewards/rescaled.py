"""Bootstrapped rescaled activation (Guo et al., LeakGAN 2018, eq. 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

import torch
from annotated_types import Gt

from gansuite.engine.rng import Rng
from gansuite.rewards.reward import Reward, Scores


class Rescaled(Reward):
    """r = σ(δ (0.5 - rank(x) / B)), the best of B samples having rank 1: only their order counts.

    Ranks are taken over the first axis, separately at each choice; equal scores share their mean rank. The authors'
    code ranks by the order of a dictionary instead of the scores; this is the paper's formula.

    Args:
        sharpness: δ.
    """

    couples: ClassVar[bool] = True
    positive: ClassVar[bool] = True

    def __init__(self, *, sharpness: Annotated[float, Gt(0)] = 12.0) -> None:
        self.sharpness = sharpness

    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        values = scores.movedim(0, -1).contiguous()
        order = values.sort(-1).values
        below, up_to = (torch.searchsorted(order, values, right=right) for right in (False, True))
        rank = (len(scores) - (below + up_to - 1) / 2).movedim(-1, 0)
        return torch.sigmoid(self.sharpness * (0.5 - rank / len(scores)))
