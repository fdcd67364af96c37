"""Whether a sample holds exactly the number of things that it should, or is balanced."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional

from .oracle import tokens_of

THRESHOLD = 0.5  # a bump is 1 high


class Counting:
    """The rule of a counting task; its violations are what a generator that misses global structure makes.

    One mode only: the rule holds or not, and the distance is by how many the count is wrong.
    """

    shares: Float[Tensor, " k"] = torch.ones(1)

    def wrong(self, samples: Float[Tensor, "n ..."]) -> Int64[Tensor, " n"]:
        """By how many things each sample breaks the rule."""
        raise NotImplementedError

    def violations(self, samples: Float[Tensor, "n ..."]) -> float:
        """The share of samples that break the rule; 0 on real data."""
        return float((self.wrong(samples) > 0).double().mean())

    def modes(self, samples: Float[Tensor, "n ..."]) -> tuple[Int64[Tensor, " n"], Float[Tensor, " n"]]:
        """Mode 0, and by how many the count is wrong."""
        wrong = self.wrong(samples)
        return torch.zeros_like(wrong), wrong.float()

    def high_quality(self, samples: Float[Tensor, "n ..."]) -> Bool[Tensor, " n"]:
        """Whether each sample keeps the rule."""
        return self.wrong(samples) == 0


class Bumps(Counting):
    """Exactly ``k`` local maxima above one half of a bump's height.

    Args:
        k: the right number.
        shape: of one sample; one axis after the channel for signals, two for pictures.
        low: value where nothing is.
        height: of a bump above it.
    """

    def __init__(self, k: int, shape: tuple[int, ...], low: float, height: float) -> None:
        self.k, self.shape, self.low, self.height = k, shape, low, height

    def counts(self, samples: Float[Tensor, "n ..."]) -> Int64[Tensor, " n"]:
        """Local maxima of each sample; a plateau counts once a value that no neighbour exceeds."""
        x = (samples.flatten(1).float().view(-1, *self.shape) - self.low) / self.height
        pool = functional.max_pool1d if len(self.shape) == 2 else functional.max_pool2d
        return ((x >= pool(x, 3, 1, 1)) & (x > THRESHOLD)).flatten(1).sum(1)

    def wrong(self, samples: Float[Tensor, "n ..."]) -> Int64[Tensor, " n"]:
        return (self.counts(samples) - self.k).abs()


class Brackets(Counting):
    """Strings of "(" (token 0) and ")" (token 1) in which every bracket has its partner.

    Args:
        length: of a string.
    """

    def __init__(self, length: int) -> None:
        self.length = length

    def wrong(self, samples: Float[Tensor, "n ..."]) -> Int64[Tensor, " n"]:
        """Brackets without a partner: closing ones that come too early, and opening ones left at the end."""
        height = (1 - 2 * tokens_of(samples, 2, self.length)).cumsum(1)
        early = (-height.amin(1)).clamp_min(0)
        return early + height[:, -1] + early
