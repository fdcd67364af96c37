"""Black for white."""

from __future__ import annotations

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .ranges import Pictures


class Negative(Augmentation):
    """-x: black for white, and every colour for its complement.

    Args:
        probability: share of the pictures that are changed.
    """

    def __init__(self, *, probability: Probability = 1.0) -> None:
        super().__init__(probability)

    def changed(self, x: Pictures, rng: Rng) -> Pictures:
        return -x
