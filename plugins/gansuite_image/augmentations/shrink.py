"""Fewer pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from annotated_types import Gt
from torch.nn.functional import avg_pool2d

from gansuite.data.augmentation import Augmentation
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import ImageSpec
from .ranges import Others, Pictures


class Shrink(Augmentation):
    """The means of blocks of ``factor`` x ``factor`` pixels: for super-resolution.

    Args:
        factor: how many rows and columns become one.

    Raises:
        UserError: pictures that do not consist of whole blocks.
    """

    def __init__(self, *, factor: Annotated[int, Gt(1)] = 2) -> None:
        super().__init__()
        self.factor = factor

    def bind(self, spec: ImageSpec) -> None:
        if spec.height % self.factor or spec.width % self.factor:
            height, width = (max(round(n / self.factor), 1) * self.factor for n in (spec.height, spec.width))
            raise UserError(
                f"shrink: {spec.height} x {spec.width} is no multiple of factor = {self.factor}; "
                f"the nearest size is {height} x {width}"
            )

    def becomes(self, spec: ImageSpec) -> ImageSpec:
        return replace(spec, height=spec.height // self.factor, width=spec.width // self.factor)

    def changed(self, x: Pictures, rng: Rng) -> Others:
        return avg_pool2d(x, self.factor)
