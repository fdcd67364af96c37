"""What training did to the same few latents: their pictures step by step, as a film and in the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from annotated_types import Ge, Gt

from gansuite.report.progress import Progress

from ..pixels import enlarged, factor_for, image
from .files import written

if TYPE_CHECKING:
    from PIL import Image

LEAST = 72  # pixels of a picture's longer side


class ProgressPanel(Progress):
    """A grid of pictures for each step at which samples were written, always of the same latents.

    The report has the steps on a slider; ``progress.webp`` in the run's folder is the same as an animated picture.

    Args:
        shown: how many pictures.
        frames: how many steps at most, evenly spread, the first and the last among them.
    """

    what: ClassVar[str] = "pictures"
    alternative: ClassVar[str] = "Samples"
    columns: ClassVar[int] = 8
    ground: ClassVar[str] = "#6b7276"

    def __init__(self, *, shown: Annotated[int, Gt(0)] = 16, frames: Annotated[int, Ge(2)] = 24) -> None:
        super().__init__(shown=shown, frames=frames)

    def tiles(self, paths: Sequence[Path]) -> list[Image.Image]:
        found = written(paths, self.shown)
        alike = [each for each in found if each.shape == found[0].shape]
        factor = factor_for((alike[0].shape[0], alike[0].shape[1]), LEAST) if alike else 1
        return [image(enlarged(each[None], factor)[0]).convert("RGB") for each in alike]
