"""Rewards that know nothing of the sample: what a method scores with them, it would score without a critic."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import torch

from gansuite.engine.rng import Rng
from gansuite.rewards.reward import Reward, Scores


class Constant(Reward):
    """r = 1 for every sample. Without a baseline this still sharpens the model, and NLL_oracle falls."""

    positive: ClassVar[bool] = True
    likes_high: ClassVar[bool] = False

    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        return torch.ones_like(scores)


class Chance(Reward):
    """r ~ U[0, 1), whatever the sample."""

    positive: ClassVar[bool] = True
    likes_high: ClassVar[bool] = False

    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        return rng.uniform(*scores.shape)
