"""Tables: edge lists, or SMILES where a column is called so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import edge_lists, smiles
from .found import Fields, Found, Unread


def read(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """The graph of a table of edges, or the molecules of a table with a column of SMILES."""
    with file.open(encoding="utf-8-sig") as stream:
        header = edge_lists.cells_of(stream.readline())
    yield from (smiles if smiles.column_of(header) is not None else edge_lists).read(file, name, fields)
