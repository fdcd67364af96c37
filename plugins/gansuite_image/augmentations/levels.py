"""Maps of labels, made of grey levels."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from annotated_types import Gt, Le
from torch.nn.functional import one_hot

from gansuite.data.augmentation import Augmentation
from gansuite.engine.rng import Rng

from ..spec import ImageSpec
from .ranges import Others, Pictures


class Levels(Augmentation):
    """A one-hot map of labels: channel k is 1 where the grey g lies in the k-th of equal parts of [-1, 1], else 0.

    k = min(⌊(g + 1) K / 2⌋, K - 1), with g the mean of the channels.

    Args:
        count: K, the number of levels and so of channels.
    """

    def __init__(self, *, count: Annotated[int, Gt(1), Le(256)] = 4) -> None:
        super().__init__()
        self.count = count

    def becomes(self, spec: ImageSpec) -> ImageSpec:
        return replace(spec, channels=self.count)

    def changed(self, x: Pictures, rng: Rng) -> Others:
        level = ((x.mean(1) + 1) * (self.count / 2)).long().clamp(0, self.count - 1)
        return one_hot(level, self.count).movedim(-1, 1).to(x.dtype)
