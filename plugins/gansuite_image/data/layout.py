"""Which files of a folder are pictures, their splits and their classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gansuite.data.files import files_below
from gansuite.data.split import splits_named
from gansuite.errors import UserError

EXTENSIONS = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm", ".avif")
EXPECTED = f"expected {' '.join(EXTENSIONS)} files, in any sub-folder"
FOREIGN = (".heic", ".heif", ".svg", ".psd", ".raw", ".cr2", ".nef", ".dng", ".jxl", ".exr", ".mp4", ".pdf")
CONVERT = "gansuite reads no such file; convert it, e.g. magick x.heic x.png"


def picture_files(root: Path, place: str) -> list[str]:
    """Names, relative to ``root`` with "/" between folders, of its pictures, sorted.

    Raises:
        UserError: no such folder, or no picture in it.
    """
    if not root.is_dir():
        what = "is a file" if root.exists() else "no such folder"
        raise UserError(f"{place}: {what}; name a folder, {EXPECTED}")
    names = sorted(name for name in files_below(root) if name.lower().endswith(EXTENSIONS))
    if not names:
        others = sorted({Path(name).suffix.lower() for name in foreign_files(root)})
        hint = f" ({', '.join(others)} must be converted first, e.g. magick x{others[0]} x.png)" if others else ""
        raise UserError(f"{place}: no picture found{hint}; {EXPECTED}")
    return names


def foreign_files(root: Path) -> list[str]:
    """The pictures of the folder that would have to be converted first, by name."""
    return sorted(name for name in files_below(root) if name.lower().endswith(FOREIGN))


def splits_of(names: Sequence[str], root: Path) -> dict[str, str] | None:
    """The split of each file where ``train`` and ``valid`` or ``test`` are folders directly in the root, else None.

    Files elsewhere are then in no split.
    """
    named = splits_named([root / name for name in names], root)
    found = {file.relative_to(root).as_posix(): split for file, split in named.items() if split}
    return found or None


def classes_of(names: Sequence[str], in_splits: bool) -> dict[str, str]:
    """The folder that holds each file; one directly in the root, or in the folder of its split, has no class."""
    inner = {name: name.partition("/")[2] if in_splits else name for name in names}
    return {name: rest.split("/")[-2] for name, rest in inner.items() if "/" in rest}
