"""Samples as TensorBoard events that can be seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from annotated_types import Gt
from torch import Tensor

from gansuite.engine.observers.tensorboard import Events, installed
from gansuite_image.pixels import enlarged, factor_for, in_rows, pixels, sheet
from gansuite_image.spec import ImageSpec

if TYPE_CHECKING:
    from gansuite.runs import Run

LEAST = 64  # pixels of a sample's longer side


class PictureEvents(Events):
    """The first samples of each drawing as one sheet, tiny ones enlarged.

    Args:
        shown: how many of them.
    """

    def __init__(self, *, shown: Annotated[int, Gt(0)] = 64) -> None:
        super().__init__("pictures")
        self.shown = shown

    def sampled(self, run: Run, step: int, samples: Tensor, folder: Path) -> None:
        tiles = pixels(samples[: self.shown].detach().float().cpu().numpy())
        factor = factor_for((tiles.shape[1], tiles.shape[2]), LEAST)
        self.writer.add_image("samples", sheet(in_rows(enlarged(tiles, factor)), factor), step, dataformats="HWC")
        self.writer.flush()


def observers(run: Run) -> list[PictureEvents]:
    """What follows every run with pictures: events, where TensorBoard is installed."""
    return [PictureEvents()] if installed() and isinstance(run.spec, ImageSpec) else []
