"""Discounted rewards to go, for critics that score every choice."""

from __future__ import annotations

from typing import Annotated, ClassVar

import torch
from annotated_types import Ge, Le
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.credit.credit import Continue, Credit, Gather, RewardOf, alone


class PerChoice(Credit):
    """Q_t = Σ_{s ≥ t} γ^(s - t) r_s, over the choices that the sample has.

    Args:
        discount: γ; 0 pays each choice for itself alone.

    Source: de Masson d'Autume et al., ScratchGAN (2019), section 3.1; Fedus et al., MaskGAN (2018), section 2.1.
    """

    per_choice: ClassVar[bool] = True

    def __init__(self, *, discount: Annotated[float, Ge(0), Le(1)] = 1.0) -> None:
        self.discount = discount

    def __call__(
        self,
        x: Int64[Tensor, "n c"],
        mask: Bool[Tensor, "n c"],
        reward_of: RewardOf,
        proceed: Continue,
        gather: Gather = alone,
    ) -> Float[Tensor, "n c"]:
        reward = torch.where(mask, reward_of(x), 0.0)
        return reward @ discounts(reward.shape[1], self.discount, reward)


def discounts(c: int, gamma: float, like: Tensor) -> Float[Tensor, "c c"]:
    """γ^(s - t) at row s and column t ≤ s, 0 elsewhere: what the reward of s counts for the choice t."""
    place = torch.arange(c, device=like.device)
    lag = (place[:, None] - place).to(like.dtype)
    return torch.where(lag >= 0, torch.as_tensor(gamma, dtype=like.dtype, device=like.device) ** lag.clamp_min(0), 0.0)
