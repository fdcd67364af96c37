"""Single beats as a person sees them, where models are compared and judged."""

from __future__ import annotations

from numpy.typing import NDArray

from gansuite.report import Exhibit, Presenter

from .beats import BeatSpec
from .panel import line


class Trace(Presenter):
    """A beat as a line."""

    def __init__(self, spec: BeatSpec) -> None:
        self.words = f"beat of {spec.shape[0] / spec.rate:.2g} s"

    def __call__(self, samples: NDArray) -> list[Exhibit]:
        drawing = '<svg viewBox="0 0 120 60" role="img" aria-label="{}">{}</svg>'
        return [Exhibit(drawing.format(self.words, line(beat, 1)), self.words) for beat in samples.tolist()]
