"""Rewards that are functions of one score: what each paper feeds its policy gradient with."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import torch
from torch.nn.functional import logsigmoid

from gansuite.engine.rng import Rng
from gansuite.rewards.reward import Reward, Scores


class Price(Reward):
    """r = -(the generator's side of the objective): what a differentiable sample would descend."""

    likes_high: ClassVar[bool] = False

    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        return -cost()


class Score(Reward):
    """r = D(x), the score itself."""

    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        return scores


class Probability(Reward):
    """r = σ(D(x)), the probability of being real (Yu et al., SeqGAN 2017, eq. 4)."""

    positive: ClassVar[bool] = True

    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        return scores.sigmoid()


class LogProbability(Reward):
    """r = log σ(D(x)) (Fedus, Goodfellow & Dai, MaskGAN 2018, eq. 1)."""

    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        return logsigmoid(scores)


class Signed(Reward):
    """r = 2 σ(D(x)) - 1, in [-1, 1] (de Masson d'Autume et al., ScratchGAN 2019, section 3.1)."""

    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        return 2 * scores.sigmoid() - 1


class DensityRatio(Reward):
    """r = σ(D(x)) / (1 - σ(D(x))) = e^D(x), which the best critic makes p_data / p_g (Che et al., MaliGAN 2017, eq. 4).

    Meant for the estimator ``importance-weighted``, which normalises it. A score beyond ``LIMIT`` counts as LIMIT.
    """

    LIMIT = 30.0
    positive: ClassVar[bool] = True

    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        return torch.exp(scores.clamp_max(self.LIMIT))
