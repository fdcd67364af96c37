"""Splits by the hash of an item's content: never by order, so that adding a file moves no other file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from gansuite.errors import UserError

SPLITS = ("train", "valid", "test")
SHARES: Mapping[str, float] = MappingProxyType({"train": 0.8, "valid": 0.1, "test": 0.1})

NAMES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("train", "training"), "train"),
        **dict.fromkeys(("valid", "val", "validation", "dev"), "valid"),
        **dict.fromkeys(("test", "testing"), "test"),
    }
)
"""What files and folders are called that hold a split."""


def digest_of(content: bytes) -> str:
    """blake2b of some bytes (64 hexadecimal digits)."""
    return hashlib.blake2b(content, digest_size=32).hexdigest()


def digest_of_file(path: Path) -> str:
    """blake2b of a file's bytes, read as a stream."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def check_shares(shares: Mapping[str, float] | None) -> Mapping[str, float]:
    """The shares of the splits, ``SHARES`` if none are given.

    Raises:
        UserError: an unknown split, a negative share, nothing to train on, or a sum that is not 1.
    """
    if shares is None:
        return SHARES
    if unknown := sorted(set(shares) - set(SPLITS)):
        raise UserError(f"split: no split is called {unknown[0]!r}; give shares of train, valid and test")
    total = sum(shares.values())
    if min(shares.values(), default=0) < 0 or not shares.get("train", 0) or not abs(total - 1) < 1e-6:
        raise UserError(f"split = {dict(shares)}: the shares must be 0 or more, train above 0, and sum to 1")
    return shares


def split_of(digest: str, shares: Mapping[str, float]) -> str:
    """The split of the item with this digest: its hash, read as a number u in [0, 1), against the summed shares.

    Equal contents share a split, so no copy of a training item is ever held out.
    """
    u = int(digest[:16], 16) / 2**64
    edge = 0.0
    for name in SPLITS:
        edge += shares.get(name, 0.0)
        if u < edge:
            return name
    return next(name for name in reversed(SPLITS) if shares.get(name, 0.0))  # rounding of the sum


def splits_named(files: Sequence[Path], root: Path) -> dict[Path, str | None]:
    """The split that each file is named for: by the first part of its path below ``root``, an ending left out.

    Names tell splits where files ``train.*`` and ``valid.*`` or ``test.*`` (or folders of these names) lie directly in
    the folder; files elsewhere are then left out. Else no file is for a split.
    """
    named = {file: NAMES.get(file.relative_to(root).parts[0].split(".")[0].lower()) for file in files}
    if "train" in named.values() and len({*named.values()} - {None}) > 1:
        return {file: split for file, split in named.items() if split}
    return dict.fromkeys(files)
