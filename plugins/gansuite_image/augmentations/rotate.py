"""Turned about the middle."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import torch
from torch.nn.functional import affine_grid, grid_sample

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import ImageSpec
from .ranges import Others, Pictures, Range, check_range, drawn


class Rotate(Augmentation):
    """Turned anticlockwise about the middle, bilinearly, black entering at the corners; quarter turns are exact.

    Args:
        degrees: the angle; the range that it is drawn from for each picture; or ``quarters``: 0, 90, 180 or 270.
        probability: share of the pictures that are changed.

    Raises:
        UserError: a range the wrong way round, or random turns that make some pictures upright and others wide.
    """

    def __init__(self, *, degrees: Range | Literal["quarters"] = (-15.0, 15.0), probability: Probability = 1.0) -> None:
        super().__init__(probability)
        self.quarters = degrees == "quarters"
        self.degrees = (0.0, 270.0) if isinstance(degrees, str) else check_range("rotate", "degrees", degrees)

    @property
    def turns(self) -> int | None:
        """Quarter turns, if all pictures are turned by as many."""
        low, high = self.degrees
        return int(low // 90) % 4 if low == high and low % 90 == 0 else None

    def bind(self, spec: ImageSpec) -> None:
        sometimes = self.quarters or ((self.turns or 0) % 2 == 1 and self.probability < 1)
        if sometimes and spec.height != spec.width:
            raise UserError(
                f"rotate: pictures of {spec.height} x {spec.width} cannot be turned by 90 degrees at random"
            )

    def becomes(self, spec: ImageSpec) -> ImageSpec:
        odd = self.turns is not None and self.turns % 2
        return replace(spec, height=spec.width, width=spec.height) if odd else spec

    def changed(self, x: Pictures, rng: Rng) -> Others:
        if self.quarters:
            return quartered(x, rng)
        if self.turns is not None:
            return x.rot90(self.turns, (2, 3))
        return rotated(x, drawn(self.degrees, x, rng))


def quartered(x: Pictures, rng: Rng) -> Pictures:
    """Each picture, a square, turned by 0, 90, 180 or 270 degrees with equal probability."""
    turns = rng.integers(0, 4, len(x))[:, None, None, None]
    for k in (1, 2, 3):
        x = torch.where(turns >= k, x.rot90(1, (2, 3)), x)
    return x


def rotated(x: Pictures, degrees: torch.Tensor) -> Pictures:
    """Each picture turned by an angle of its own, bilinearly: y(p) = x(R p), with -1 outside."""
    angle = degrees * (math.pi / 180)
    cos, sin, none = angle.cos(), angle.sin(), torch.zeros_like(angle)
    aspect = x.shape[3] / x.shape[2]  # affine_grid counts each axis from -1 to 1
    rows = [torch.stack([cos, -sin / aspect, none], 1), torch.stack([sin * aspect, cos, none], 1)]
    grid = affine_grid(torch.stack(rows, 1), list(x.shape), align_corners=False)
    return grid_sample(x + 1, grid, mode="bilinear", padding_mode="zeros", align_corners=False) - 1
