"""Faster and higher, or slower and lower."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .augmentation import Waveforms
from .decibels import check_range
from .resampling import resampled

Semitones = Annotated[float, Ge(-24), Le(24)]


class Speed(Augmentation):
    """x(2^{s/12} t) with s uniform in [low, high] semitones: pitch and tempo together, as of a tape.

    A sound that becomes shorter is followed by zeros; one that becomes longer loses its end. Labels that name the pitch
    are then no longer true.

    Args:
        low: smallest change, semitones.
        high: largest change, semitones.
        probability: share of the samples that are changed.

    Raises:
        UserError: low is above high.
    """

    def __init__(self, *, low: Semitones = -1.0, high: Semitones = 1.0, probability: Probability = 1.0) -> None:
        super().__init__(probability)
        check_range("speed", low, high)
        self.low, self.high = low, high

    def changed(self, x: Waveforms, rng: Rng) -> Waveforms:
        return resampled(x, 2 ** (rng.uniform(len(x), low=self.low, high=self.high) / 12))
