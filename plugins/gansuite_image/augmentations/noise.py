"""Noise on every pixel."""

from __future__ import annotations

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .ranges import Pictures, Range, check_range, column, drawn


class Noise(Augmentation):
    """x + σ ε, ε ~ N(0, I), σ in units of samples, which lie in [-1, 1].

    Args:
        sd: σ, or the range that it is drawn from for each picture.
        clamp: whether what leaves [-1, 1] is put to its ends, as a file would have it.
        probability: share of the pictures that are changed.

    Raises:
        UserError: a negative σ, or a range the wrong way round.
    """

    def __init__(self, *, sd: Range = 0.1, clamp: bool = False, probability: Probability = 1.0) -> None:
        super().__init__(probability)
        self.sd, self.clamp = check_range("noise", "sd", sd, 0.0), clamp

    def changed(self, x: Pictures, rng: Rng) -> Pictures:
        noisy = x + column(drawn(self.sd, x, rng)) * rng.normal(*x.shape).to(x.dtype)
        return noisy.clamp(-1, 1) if self.clamp else noisy
