"""The sign of a waveform, which is not heard."""

from __future__ import annotations

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .augmentation import Waveforms


class Polarity(Augmentation):
    """-x.

    Args:
        probability: share of the samples that are turned.
    """

    def __init__(self, *, probability: Probability = 0.5) -> None:
        super().__init__(probability)

    def changed(self, x: Waveforms, rng: Rng) -> Waveforms:
        return -x
