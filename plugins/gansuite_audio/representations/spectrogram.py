"""What all pictures of sounds have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal

from gansuite.errors import UserError
from gansuite.representations.representation import Representation
from gansuite_audio.representations.frames import Frames, surrounded
from gansuite_audio.spec import SpectrogramSpec

MULTIPLE = 16  # frames are a multiple of it, so that networks can halve them
EPSILON = 1e-6  # added to magnitudes and powers before their logarithm


class Spectrogram(Representation):
    """Pictures of ``window / 2`` bins, [n, pictures, bins, frames], of sounds [n, channels, length].

    Attributes:
        channels: of the sound; a representation has one or two pictures of each.
        frames: the transform.
    """

    name: ClassVar[str]

    def __init__(self, spec: Any, window: int, hop: int, frames: int, front: int, pictures: int) -> None:
        super().__init__()
        self.channels, length = spec.shape
        self.frames = Frames(length, window, hop, frames, front)
        self.spec = pictured(self.name, spec, pictures, window // 2, frames)


def pictured(name: str, spec: Any, pictures: int, bins: int, frames: int) -> SpectrogramSpec:
    """The domain of ``pictures`` of each channel of the sounds ``spec``, their sources pictured alike.

    Raises:
        UserError: the sources are not sounds of the data's rate, channels and length.
    """
    made = SpectrogramSpec(spec.rate, pictures * spec.channels, bins, frames, spec.labels, contents=spec.contents)
    if spec.source is None:
        return made
    if (spec.source.rate, spec.source.shape) != (spec.rate, spec.shape):
        raise UserError(f"{name}: sources and data are sounds of another rate, length or channels; give both the same")
    return replace(made, source=replace(made, labels=spec.source.labels, contents=()))


def check_window(name: str, window: int, hop: int) -> None:
    """Frames overlap by half at least.

    Raises:
        UserError: the window is odd, or shorter than two hops.
    """
    if window % 2 or hop > window // 2:
        raise UserError(f"{name}: window = {window}, hop = {hop}; choose an even window of two hops or more")


def laid_out(length: int, window: int, hop: int, padding: Literal["both", "front"]) -> tuple[int, int]:
    """(frames, zeros before the sound), the frames a multiple of 16: zeros on both sides, or all of them in front."""
    if padding == "both":
        return surrounded(length, window, hop, MULTIPLE)
    least = -(-max(length - window, 0) // hop) + 1
    frames = -(-least // MULTIPLE) * MULTIPLE
    return frames, (frames - 1) * hop + window - length
