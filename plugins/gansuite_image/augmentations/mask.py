"""Holes, to be filled in."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt, Le, Lt
from jaxtyping import Bool
from torch import Tensor

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .ranges import Pictures


class Mask(Augmentation):
    """A part of each picture blanked: for inpainting.

    Args:
        shape: a ``rectangle`` of the picture's own proportions, or single ``pixels``, each by chance.
        share: of the picture's area that is blanked.
        place: where the rectangle is, ``random`` or in the ``centre``.
        fill: what is put there, in [-1, 1]; 0 is neither black nor white.
        probability: share of the pictures that are changed.

    Source: Pathak et al., Context encoders (2016), section 3.3.
    """

    def __init__(
        self,
        *,
        shape: Literal["rectangle", "pixels"] = "rectangle",
        share: Annotated[float, Gt(0), Lt(1)] = 0.25,
        place: Literal["random", "centre"] = "random",
        fill: Annotated[float, Ge(-1), Le(1)] = 0.0,
        probability: Probability = 1.0,
    ) -> None:
        super().__init__(probability)
        self.shape, self.share, self.place, self.fill = shape, share, place, fill

    def changed(self, x: Pictures, rng: Rng) -> Pictures:
        n, _, height, width = x.shape
        if self.shape == "pixels":
            hole = rng.uniform(n, 1, height, width) < self.share
        else:
            hole = self.span(n, height, rng)[:, None, :, None] & self.span(n, width, rng)[:, None, None, :]
        return torch.where(hole, self.fill, x)

    def span(self, n: int, length: int, rng: Rng) -> Bool[Tensor, "n length"]:
        """Which rows, or columns, lie within the hole."""
        side = min(max(round(length * math.sqrt(self.share)), 1), length)
        room = length - side
        begin = (
            rng.integers(0, room + 1, n) if self.place == "random" else torch.full((n,), room // 2, device=rng.device)
        )
        place = torch.arange(length, device=begin.device)
        return (place >= begin[:, None]) & (place < begin[:, None] + side)
