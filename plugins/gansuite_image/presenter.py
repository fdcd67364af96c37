"""A picture, enlarged without inventing anything."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import NDArray

from gansuite.report import Exhibit, Presenter

from .panels.shown import many
from .spec import ImageSpec


class ImagePresenter(Presenter):
    """Pictures [n, channels, h, w] in [-1, 1]."""

    style: ClassVar[str] = ".pixels { display: block; width: 100%; min-width: 4rem; image-rendering: pixelated; }"

    def __init__(self, spec: ImageSpec) -> None:
        self.words = f"picture of {spec.width} x {spec.height} pixels"

    def __call__(self, samples: NDArray[Any]) -> list[Exhibit]:
        return [Exhibit(f'<img class="pixels" src="{each}" alt="{self.words}">', self.words) for each in many(samples)]
