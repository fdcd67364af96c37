"""What became of the files of a data set, in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gansuite.data.files import told

WORDS = {
    "reduced": "reduced",
    "enlarged": "enlarged",
    "cropped": "cut to shape",
    "padded": "padded",
    "stretched": "stretched",
    "turned": "turned as their EXIF data say",
    "converted": "of other colour models",
    "deep": "of more than 8 bits",
    "frames": "of several frames, the first taken",
}
TRANSPARENT = {
    "white": "transparent, laid on white",
    "black": "transparent, laid on black",
    "drop": "transparent, shown as opaque",
    "keep": "transparent",
}


def account(done: Mapping[str, int], used: int, files: int, skipped: Sequence[str], alpha: str) -> str:
    """``412 pictures, 409 used: 12 reduced, 3 transparent, laid on white; 3 skipped (2 unreadable, 1 no label)``."""
    words = WORDS | {"transparent": TRANSPARENT[alpha]}
    changes = [f"{done[name]} {text}" for name, text in words.items() if done.get(name)]
    return told(f"{files} pictures, {used} used", changes, skipped)
