"""The pictures that a run has written, as far as they can be read yet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from ..pixels import Pixels

SUFFIXES = (".png", ".jpg", ".webp")


def written(paths: Iterable[Path], most: int) -> list[Pixels]:
    """The first ``most`` pictures [h, w, k] of these files; what is none, or is being written, is passed over."""
    found: list[Pixels] = []
    for path in paths:
        if path.suffix not in SUFFIXES or len(found) == most:
            continue
        try:
            with Image.open(path) as picture:
                values = np.asarray(picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGB"))
        except (OSError, SyntaxError, ValueError):
            continue
        found.append(values[..., None] if values.ndim == 2 else values)
    return found
