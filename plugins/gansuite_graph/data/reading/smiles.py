"""Molecules as SMILES: a molecule a line, or a table with a column of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gansuite.errors import UserError

from ...convert.molecules import edge_list
from .found import Fields, Found, Unread

COLUMNS = ("smiles", "canonical_smiles", "smi")


def column_of(header: Sequence[str]) -> int | None:
    """Which column of a table holds SMILES, by its name."""
    lower = [cell.lower() for cell in header]
    return next((lower.index(name) for name in COLUMNS if name in lower), None)


def read(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """The molecules of a file, and its lines that are none.

    Raises:
        UserError: there is no column of the label.
    """
    lines = file.read_text("utf-8-sig").splitlines()
    table = file.suffix.lower() in (".csv", ".tsv")
    rows = (
        csv.reader(lines, delimiter="\t" if file.suffix.lower() == ".tsv" else ",") if table else map(str.split, lines)
    )
    column, label = 0, None
    for at, cells in enumerate(rows, 1):
        if at == 1 and (header := column_of(cells)) is not None:
            column = header
            if fields.label is not None:
                if fields.label not in cells:
                    raise UserError(f"{name}: no column {fields.label!r}; there are {', '.join(cells)}")
                label = cells.index(fields.label)
            continue
        if fields.label is not None and label is None:
            raise UserError(f"{name}: no header that names a column {fields.label!r}; give one, or leave label out")
        text = cells[column] if len(cells) > column else ""
        if not text and not any(cells):
            continue
        found = edge_list(text, f"{name} line {at}")
        if isinstance(found, str):
            yield Unread(f"{name} line {at}", text, found)
        elif label is None:
            yield Found(found)
        elif len(cells) > label and cells[label]:
            yield Found(replace(found, label=cells[label]))
        else:
            raise UserError(f"{name} line {at}: no value in column {fields.label!r}; mend it")
