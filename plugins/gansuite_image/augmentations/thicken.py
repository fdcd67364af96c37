"""Bolder or thinner strokes."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from annotated_types import Ge, Le
from torch.nn.functional import max_pool2d

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from .ranges import Pictures


class Thicken(Augmentation):
    """Grey dilation of bright strokes on a dark ground, max over a neighbourhood; erosion, the min, if negative.

    The whole part of ``amount`` is how often, the rest f of it a blend: (1 - f) x + f dilated(x).

    Args:
        amount: 1 makes strokes bolder by a pixel on each side, -1 thinner.
        element: the neighbourhood: a ``cross`` of 5 pixels or a ``square`` of 9.
        probability: share of the pictures that are changed.

    Raises:
        UserError: an amount of 0.

    Source: Serra, Image Analysis and Mathematical Morphology (1982).
    """

    def __init__(
        self,
        *,
        amount: Annotated[float, Ge(-8), Le(8)] = 1.0,
        element: Literal["cross", "square"] = "cross",
        probability: Probability = 1.0,
    ) -> None:
        super().__init__(probability)
        if not amount:
            raise UserError("thicken: amount = 0 changes nothing; choose a positive one for bolder strokes")
        self.amount, self.element = amount, element

    def changed(self, x: Pictures, rng: Rng) -> Pictures:
        whole, rest = divmod(abs(self.amount), 1)
        y = x if self.amount > 0 else -x  # erosion is dilation of the negative
        for _ in range(int(whole)):
            y = self.dilated(y)
        if rest:
            y = torch.lerp(y, self.dilated(y), rest)
        return y if self.amount > 0 else -y

    def dilated(self, x: Pictures) -> Pictures:
        """The greatest of each pixel's neighbourhood, within the picture."""
        if self.element == "square":
            return max_pool2d(x, 3, 1, 1)
        return torch.maximum(max_pool2d(x, (3, 1), 1, (1, 0)), max_pool2d(x, (1, 3), 1, (0, 1)))
