"""Sideways, up and down."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import pad

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import ImageSpec
from .ranges import Pictures

Fill = Literal["blank", "edge", "circular"]
PADDING = {"edge": "replicate", "circular": "circular"}


class Shift(Augmentation):
    """Moved by whole pixels, each axis by a number of its own, uniform over [-pixels, pixels].

    Args:
        pixels: most pixels either way.
        fill: what enters: black (-1), the ``edge`` repeated, or the other side (``circular``).
        probability: share of the pictures that are changed.

    Raises:
        UserError: a shift by the whole picture.
    """

    def __init__(
        self, *, pixels: Annotated[int, Gt(0)] = 1, fill: Fill = "blank", probability: Probability = 1.0
    ) -> None:
        super().__init__(probability)
        self.pixels = pixels
        self.fill: Fill = fill

    def bind(self, spec: ImageSpec) -> None:
        if self.pixels >= min(spec.height, spec.width):
            most = min(spec.height, spec.width) - 1
            raise UserError(f"shift: pixels = {self.pixels} moves pictures out of sight; choose 1 to {most}")

    def changed(self, x: Pictures, rng: Rng) -> Pictures:
        down, across = (rng.integers(-self.pixels, self.pixels + 1, len(x)) for _ in range(2))
        around = [self.pixels] * 4
        wider = pad(x, around, value=-1) if self.fill == "blank" else pad(x, around, mode=PADDING[self.fill])
        return windows(wider, self.pixels - down, self.pixels - across, x.shape[2], x.shape[3])


def windows(
    x: Pictures, top: Int64[Tensor, " n"], left: Int64[Tensor, " n"], height: int, width: int
) -> Float[Tensor, "n c height width"]:
    """A part of each picture, from its row ``top[i]`` and column ``left[i]`` on.

    One gather of rows of ``width`` from everywhere in the flat batch: no index for each pixel is ever made.
    """
    n, channels, rows, columns = x.shape
    first = torch.arange(n * channels, device=x.device).view(n, channels, 1) * (rows * columns)
    row = top[:, None] + torch.arange(height, device=x.device)
    start = first + (row * columns + left[:, None])[:, None]
    every = x.flatten().unfold(0, width, 1)  # a view: row s is the window that starts at number s
    return every.index_select(0, start.flatten()).view(n, channels, height, width)
