"""What a picture is to the suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from gansuite.data.described import Described
from gansuite.spaces import TensorSpace


@dataclass(frozen=True, kw_only=True)
class ImageSpec(Described):
    """Pictures with values in [-1, 1], as tensors [n, channels, height, width].

    Args:
        channels: 1 grey, 3 red, green and blue, 4 with opacity; any number for maps of labels.
        height: rows.
        width: columns.
        labels: the names of the classes, in the order of their numbers; empty without labels.
        source: the domain that a translator starts from, where the data set has one.
        contents: the names of the classes of what is translated, where these are not ``labels``.
    """

    channels: int
    height: int
    width: int
    labels: tuple[str, ...] = ()
    source: ImageSpec | None = None
    contents: tuple[str, ...] = ()

    space: ClassVar[TensorSpace] = TensorSpace()
    extractor: ClassVar[str] = "random-cnn"
    classifier: ClassVar[str] = "image-classifier"
    writer: ClassVar[str] = "png"
    insights: ClassVar[tuple[str, ...]] = ("traversals", "saliency")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one sample: (channels, height, width)."""
        return self.channels, self.height, self.width

    @property
    def augmentations(self) -> Mapping[str, Any]:
        """What the critic's input ``adaptive-augmentation`` may do to pictures, by name."""
        from .augmentations.invertible import operations

        return operations(self)

    def widened(self, channels: int) -> ImageSpec:
        """Pictures of as many channels, the other settings alike."""
        return replace(self, channels=channels)

    def read(self, path: Path) -> Tensor:
        """The picture in a file of the user's as a sample, [channels, height, width] (see ``data.reading``)."""
        from .data.reading import read

        return read(path, self)
