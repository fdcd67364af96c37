"""The sounds that a run has written, as far as they can be read yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3")


class Written(NamedTuple):
    """A sound of the run's folder: [channels, length], at ``rate`` Hz."""

    path: Path
    sound: np.ndarray
    rate: int


def written(paths: Iterable[Path], most: int) -> list[Written]:
    """The first ``most`` sounds of these files; what is no sound, or is being written this moment, is passed over."""
    return list(islice(readable(paths), most))


def readable(paths: Iterable[Path]) -> Iterator[Written]:
    """All of them, one after another."""
    import soundfile

    for path in paths:
        if path.suffix not in SUFFIXES:
            continue
        try:
            content, rate = soundfile.read(path, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError:
            continue
        if len(content):
            yield Written(path, content.T, rate)
