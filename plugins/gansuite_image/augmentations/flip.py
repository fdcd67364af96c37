"""Mirror images."""

from __future__ import annotations

from typing import Literal

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .ranges import Pictures


class Flip(Augmentation):
    """The mirror image of half of the pictures.

    Args:
        axis: what changes places: left and right (``horizontal``), or top and bottom (``vertical``).
        probability: share of the pictures that are changed.
    """

    def __init__(
        self, *, axis: Literal["horizontal", "vertical"] = "horizontal", probability: Probability = 0.5
    ) -> None:
        super().__init__(probability)
        self.axis = axis

    def changed(self, x: Pictures, rng: Rng) -> Pictures:
        return x.flip(-1 if self.axis == "horizontal" else -2)
