"""What a piece of sound is to the suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

from gansuite.spaces import TensorSpace


@dataclass(frozen=True)
class AudioSpec:
    """Waveforms in [-1, 1], as tensors [n, channels, length].

    Args:
        rate: frames per second, in Hz.
        channels: 1 mono, 2 stereo.
        length: frames of one sample.
        labels: the names of the classes, in the order of their numbers; empty without labels.
    """

    rate: int
    channels: int
    length: int
    labels: tuple[str, ...] = ()

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

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON-able values."""
        return {**asdict(self), "labels": list(self.labels)}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> AudioSpec:
        """The description that ``as_dict`` gave."""
        return cls(table["rate"], table["channels"], table["length"], tuple(table["labels"]))


@dataclass(frozen=True)
class SpectrogramSpec:
    """Pictures of sounds that networks make in the place of waveforms, as tensors [n, channels, bins, frames].

    Args:
        rate: frames per second of the sound, in Hz.
        channels: pictures of one sound: magnitude, and phase where there is one, for each channel of the sound.
        bins: rows, low frequencies first.
        frames: columns, in time.
        labels: the names of the classes.
    """

    rate: int
    channels: int
    bins: int
    frames: int
    labels: tuple[str, ...] = ()

    space: ClassVar[TensorSpace] = TensorSpace()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one sample: (channels, bins, frames)."""
        return self.channels, self.bins, self.frames

    def widened(self, channels: int) -> SpectrogramSpec:
        """As many channels, the other settings alike."""
        return replace(self, channels=channels)
