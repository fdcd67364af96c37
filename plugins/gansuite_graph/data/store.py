"""What a data set of graphs keeps in the cache: the bank of rows, and what must be known of each row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gansuite.data.split import SPLITS

from ..spec import GraphSpec

VERSION = 1  # of what is stored: raise it when the numbers change
BANK, ROWS, INDEX = "bank.bin", "rows.npz", "index.json"


@dataclass(frozen=True)
class Index:
    """What is known of a bank: the specification as a table, graphs in each split, and an account of the making."""

    spec: dict[str, Any]
    sizes: dict[str, int]
    files: list[str] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)


def key_of(*parts: Any) -> str:
    """Hash of all that decides what is stored."""
    return hashlib.blake2b(json.dumps([VERSION, *parts]).encode(), digest_size=16).hexdigest()


def write(
    folder: Path,
    spec: GraphSpec,
    sizes: Mapping[str, int],
    rows: NDArray[np.uint8],
    summary: Mapping[str, Any],
    of_rows: Mapping[str, NDArray[Any]] | None = None,
    files: Sequence[str] = (),
) -> None:
    """Write a bank of ``rows`` [n, c], those of train first, then valid, then test.

    Args:
        sizes: graphs in each split.
        summary: an account of how they came about.
        of_rows: what is known of every row: ``label``, its number; ``place``, where it stood, in UTF-8; or other things
            that the data set itself reads, such as numbers of ``files``.
    """
    with (folder / BANK).open("wb") as bank:
        bank.write(np.ascontiguousarray(rows, np.uint8).data)
    np.savez(folder / ROWS, allow_pickle=False, **(of_rows or {}))
    index = Index(spec.as_dict(), {split: int(sizes[split]) for split in SPLITS}, list(files), dict(summary))
    (folder / INDEX).write_text(json.dumps(asdict(index)))


def read_index(folder: Path) -> Index:
    """What ``write`` noted."""
    return Index(**json.loads((folder / INDEX).read_text()))


def read_bank(folder: Path, index: Index) -> dict[str, Tensor]:
    """The rows of each split, mapped into memory: pages are read when a row in them is."""
    width = GraphSpec.from_dict(index.spec).shape[0]
    edges = np.cumsum([0, *(index.sizes[split] for split in SPLITS)]).tolist()
    every = torch.from_file(str(folder / BANK), shared=False, size=edges[-1] * width, dtype=torch.uint8)
    every = every.view(-1, width)
    return {split: every[first:last] for split, first, last in zip(SPLITS, edges, edges[1:], strict=False)}


def read_rows(folder: Path, name: str, index: Index) -> dict[str, NDArray[Any]]:
    """What ``of_rows`` held under a name, by split; empty if it held nothing."""
    with np.load(folder / ROWS) as file:
        if name not in file.files:
            return {}
        parts = np.split(file[name], np.cumsum([index.sizes[split] for split in SPLITS])[:-1])
    return dict(zip(SPLITS, parts, strict=True))
