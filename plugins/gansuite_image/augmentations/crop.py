"""A part, enlarged."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt, Lt
from torch.nn.functional import affine_grid, grid_sample

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .ranges import Pictures


class Crop(Augmentation):
    """A window anywhere in the picture, of ``share`` of its rows and columns, enlarged bilinearly to its size.

    pix2pix's jitter, 256 x 256 out of 286 x 286, is ``share`` = 256 / 286 = 0.895.

    Args:
        share: of rows and of columns that are kept.
        probability: share of the pictures that are changed.

    Source: Isola, Zhu, Zhou & Efros, Image-to-image translation (2017), appendix 6.2.
    """

    def __init__(self, *, share: Annotated[float, Gt(0), Lt(1)] = 256 / 286, probability: Probability = 1.0) -> None:
        super().__init__(probability)
        self.share = share

    def changed(self, x: Pictures, rng: Rng) -> Pictures:
        room = 1 - self.share
        across, down = (rng.uniform(len(x), low=-room, high=room).to(x.dtype) for _ in range(2))
        none = torch.zeros_like(across)
        rows = [
            torch.stack([none + self.share, none, across], 1),
            torch.stack([none, none + self.share, down], 1),
        ]
        grid = affine_grid(torch.stack(rows, 1), list(x.shape), align_corners=False)
        return grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
