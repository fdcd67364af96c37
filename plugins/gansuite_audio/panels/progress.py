"""What training did to the same few latents: their spectrograms step by step, as a film and in the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gansuite.report.progress import Progress
from gansuite_audio.panels.files import written
from gansuite_audio.panels.pictures import mel_picture

if TYPE_CHECKING:
    from PIL import Image

TILE = (184, 80)  # pixels of one spectrogram


class ProgressPanel(Progress):
    """A grid of mel spectrograms for each step at which samples were written, always of the same latents.

    The report has the steps on a slider; ``progress.webp`` in the run's folder is the same as an animated picture.

    Args:
        shown: how many sounds.
        frames: how many steps at most, evenly spread, the first and the last among them.
    """

    what: ClassVar[str] = "sounds"
    alternative: ClassVar[str] = "Mel spectrograms of samples"
    # Of WebP: noise costs most, and a spectrogram of noise is looked at least.
    how: ClassVar[dict[str, Any]] = {"quality": 60}

    def tiles(self, paths: Sequence[Path]) -> list[Image.Image]:
        from PIL import Image

        sounds = written(paths, self.shown)
        return [
            Image.fromarray(np.ascontiguousarray(mel_picture(each.sound, each.rate, 64))).resize(TILE)
            for each in sounds
        ]
