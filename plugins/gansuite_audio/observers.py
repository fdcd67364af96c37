"""Samples as TensorBoard events that can be heard and seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from annotated_types import Gt
from torch import Tensor

from gansuite.engine.observers.tensorboard import Events, installed
from gansuite_audio.panels.pictures import mel_picture
from gansuite_audio.spec import AudioSpec

if TYPE_CHECKING:
    from gansuite.runs import Run


class SoundEvents(Events):
    """The first samples of each drawing as a player and a mel spectrogram.

    Args:
        shown: how many of them.
    """

    def __init__(self, *, shown: Annotated[int, Gt(0)] = 8) -> None:
        super().__init__("sounds")
        self.shown = shown

    def sampled(self, run: Run, step: int, samples: Tensor, folder: Path) -> None:
        rate = run.dataset.spec.rate
        for index, sample in enumerate(samples[: self.shown].detach().float().cpu()):
            # TensorBoard's player takes one channel of a tensor; a stereo sound is mixed down.
            self.writer.add_audio(f"samples/{index + 1}", sample.mean(0, keepdim=True).clamp(-1, 1), step, rate)
            self.writer.add_image(
                f"spectrograms/{index + 1}", mel_picture(sample.numpy(), rate), step, dataformats="HWC"
            )
        self.writer.flush()


def observers(run: Run) -> list[SoundEvents]:
    """What follows every run with sounds: events, where TensorBoard is installed."""
    return [SoundEvents()] if installed() and isinstance(run.spec, AudioSpec) else []
