"""A drawing of a toy sample; of points, which say nothing alone, one of a whole cloud."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import matplotlib
from numpy.typing import NDArray

from gansuite.report import Exhibit, Presenter
from gansuite.report.curves import STYLE, svg
from gansuite.report.presenter import parted

from .panels.pictures import PAGE, drawing, written
from .spec import ToySpec

CLOUD = 500
"""Points in one drawing."""
ALONE = ("curves", "images", "contours", "strings")
"""Kinds of samples of which each has its own drawing."""


class ToyPresenter(Presenter):
    """Samples [n, ...] as their domain is drawn."""

    style: ClassVar[str] = ".string { margin: 0; overflow-wrap: anywhere; font-family: monospace; }"

    def __init__(self, spec: ToySpec) -> None:
        self.spec = spec
        self.together = 1 if spec.picture in ALONE else CLOUD

    def __call__(self, samples: NDArray[Any]) -> list[Exhibit]:
        if self.spec.picture == "strings":
            lines = written(samples, self.spec.as_dict())
            return [Exhibit(f'<p class="string">{escape(each)}</p>', "string") for each in lines]
        shown = []
        with matplotlib.rc_context(STYLE):
            for group in parted(samples, self.together):
                words = "sample" if self.together == 1 else f"cloud of {len(group)} points"
                shown.append(Exhibit(svg(drawing(group, self.spec.picture, PAGE)), words))
        return shown
