"""What a piece of sound is to the suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from gansuite.data.described import Described
from gansuite.spaces import TensorSpace


@dataclass(frozen=True)
class AudioSpec(Described):
    """Waveforms in [-1, 1], as tensors [n, channels, length].

    Args:
        rate: frames per second, in Hz.
        channels: 1 mono, 2 stereo.
        length: frames of one sample.
        labels: the names of the classes, in the order of their numbers; empty without labels.
        source: the domain that a translator starts from, where the data set has one.
        contents: the names of the classes of what is translated, where these are not ``labels``.
    """

    rate: int
    channels: int
    length: int
    labels: tuple[str, ...] = ()
    source: AudioSpec | None = None
    contents: tuple[str, ...] = ()

    space: ClassVar[TensorSpace] = TensorSpace()
    extractor: ClassVar[str] = "random-cnn"
    classifier: ClassVar[str] = "sound-classifier"
    writer: ClassVar[str] = "wav"

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of one sample: (channels, length)."""
        return self.channels, self.length

    @property
    def augmentations(self) -> Mapping[str, Any]:
        """What the critic's input ``adaptive-augmentation`` may do to waveforms, by name."""
        from .augmentations.invertible import OPERATIONS

        return OPERATIONS

    def widened(self, channels: int) -> AudioSpec:
        """Sounds of as many channels, the other settings alike."""
        return replace(self, channels=channels)

    def read(self, path: Path) -> Tensor:
        """The sound in a file of the user's as a sample, [channels, length] (see ``data.reading``)."""
        from .data.reading import read

        return read(path, self)


@dataclass(frozen=True)
class SpectrogramSpec:
    """Pictures of sounds that networks make in the place of waveforms, as tensors [n, channels, bins, frames].

    Args:
        rate: frames per second of the sound, in Hz.
        channels: pictures of one sound: magnitude, and phase where there is one, for each channel of the sound.
        bins: rows, low frequencies first.
        frames: columns, in time.
        labels: the names of the classes.
        source: the pictures that a translator starts from, where the sounds have a source.
        contents: the names of the classes of what is translated, where these are not ``labels``.
    """

    rate: int
    channels: int
    bins: int
    frames: int
    labels: tuple[str, ...] = ()
    source: SpectrogramSpec | None = None
    contents: tuple[str, ...] = ()

    space: ClassVar[TensorSpace] = TensorSpace()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one sample: (channels, bins, frames)."""
        return self.channels, self.bins, self.frames

    def widened(self, channels: int) -> SpectrogramSpec:
        """As many channels, the other settings alike."""
        return replace(self, channels=channels)
