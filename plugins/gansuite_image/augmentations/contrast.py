"""Stronger or weaker contrast, lighter or darker."""

from __future__ import annotations

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .ranges import Pictures, Range, check_range, column, drawn


class Contrast(Augmentation):
    """a x + b, put to the ends of [-1, 1] where it leaves them.

    Args:
        factor: a, or the range that it is drawn from for each picture; 1 changes nothing.
        brightness: b, or its range; 0 changes nothing.
        probability: share of the pictures that are changed.

    Raises:
        UserError: a negative factor, or a range the wrong way round.
    """

    def __init__(self, *, factor: Range = (0.7, 1.3), brightness: Range = 0.0, probability: Probability = 1.0) -> None:
        super().__init__(probability)
        self.factor = check_range("contrast", "factor", factor, 0.0)
        self.brightness = check_range("contrast", "brightness", brightness, -2.0)

    def changed(self, x: Pictures, rng: Rng) -> Pictures:
        factor, brightness = drawn(self.factor, x, rng), drawn(self.brightness, x, rng)
        return (x * column(factor) + column(brightness)).clamp(-1, 1)
