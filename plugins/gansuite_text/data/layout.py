"""Which files of a folder are texts, and the splits that their names tell."""

from __future__ import annotations

import os
from pathlib import Path

from gansuite.data.split import splits_named
from gansuite.errors import UserError

FORMATS = (".txt", ".jsonl", ".csv", ".tsv", ".parquet")
EXPECTED = f"expected {' '.join(FORMATS)} files, or these (but parquet) with .gz behind"


def format_of(path: Path) -> str:
    """The ending that tells a file's format, without ``.gz``; a file of an unknown one is read as ``.txt``."""
    name = path.name.lower().removesuffix(".gz")
    return next((ending for ending in FORMATS if name.endswith(ending)), ".txt")


def is_text(name: str) -> bool:
    """Whether a file name has the ending of a text and is not hidden."""
    lower = name.lower()
    return not name.startswith(".") and (
        lower.removesuffix(".gz").endswith(FORMATS[:-1]) or lower.endswith(FORMATS[-1])
    )


def text_files(path: Path, place: str) -> dict[Path, str | None]:
    """The file, or those of a folder tree, sorted, with the split that each is named for.

    Names tell splits where files ``train.*`` and ``valid.*`` or ``test.*`` (or folders of these names) lie directly in
    the folder; files elsewhere are then left out.

    Raises:
        UserError: there is nothing, or no text in the folder.
    """
    if path.is_file():
        return {path: None}
    if not path.is_dir():
        raise UserError(f"{place}: no such file or folder")
    found = sorted(
        Path(folder) / name
        for folder, folders, names in os.walk(path)
        for name in names
        if is_text(name) and not any(part.startswith(".") for part in Path(folder).relative_to(path).parts)
    )
    if not found:
        raise UserError(f"{place}: no text found in the folder; {EXPECTED}")
    return splits_named(found, path)
