"""Louder or softer."""

from __future__ import annotations

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .augmentation import Waveforms, column
from .decibels import Decibels, check_range, factor_of


class Gain(Augmentation):
    """x · 10^{g/20} with g uniform in [low, high] dB.

    Args:
        low: smallest gain, dB.
        high: largest gain, dB; sounds that would leave [-1, 1] get less.
        probability: share of the samples that are changed.

    Raises:
        UserError: low is above high.
    """

    def __init__(self, *, low: Decibels = -12.0, high: Decibels = 0.0, probability: Probability = 1.0) -> None:
        super().__init__(probability)
        check_range("gain", low, high)
        self.low, self.high = low, high

    def changed(self, x: Waveforms, rng: Rng) -> Waveforms:
        return x * column(factor_of(rng.uniform(len(x), low=self.low, high=self.high)))
