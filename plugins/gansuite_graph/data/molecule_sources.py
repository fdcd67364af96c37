"""Where SMILES come from: files, and packages that bring molecules along."""

from __future__ import annotations

import csv
import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from gansuite.errors import UserError

SUFFIXES = (".smi", ".smiles", ".txt", ".csv", ".tsv")


class Line(NamedTuple):
    """A SMILES as it stands in a line of a file, counted from 1; the split that its file is for, None: by its hash."""

    smiles: str
    file: str
    number: int
    split: str | None = None

    @property
    def place(self) -> str:
        """File and line, for messages."""
        return f"{self.file} line {self.number}"


def lines_of(path: Path, column: str | int | None, place: str) -> Iterator[Line]:
    """The SMILES of a file: of a table the named column, else the first word of each line.

    Args:
        path: a file ``.smi``, ``.txt``, ``.csv``, ``.tsv``, or one of these with ``.gz`` behind.
        column: of a table, by its name, or by its number from 1 where there is no header.
        place: where the recipe names it, for messages.

    Raises:
        UserError: no such file, bytes that are no text, no such column.
    """
    plain = path.name.lower().removesuffix(".gz")
    text = content(path, place)
    if plain.endswith((".csv", ".tsv")):
        yield from cells_of(text, path, column, "\t" if plain.endswith(".tsv") else ",")
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield Line(line.split()[0], path.name, number)


def content(path: Path, place: str) -> str:
    """The text of a file, unpacked."""
    if not path.is_file():
        raise UserError(f"{place}: no such file; name one of {' '.join(SUFFIXES)}, or these with .gz")
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.name.lower().endswith(".gz") else data).decode().removeprefix("\ufeff")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path}: cannot be unpacked ({error}); copy or pack it again") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: no text in UTF-8; a file of SMILES has one a line") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); name a file that can") from error


def cells_of(text: str, path: Path, column: str | int | None, delimiter: str) -> Iterator[Line]:
    """The column of a table: the named one, or one that is called like SMILES, or the first."""
    csv.field_size_limit(sys.maxsize)
    rows = csv.reader(text.splitlines(), delimiter=delimiter)
    if isinstance(column, int):
        at = column - 1
    else:
        header = next(rows, [])
        names = [name.strip().lower() for name in header]
        wanted = (column or "smiles").lower()
        if wanted not in names:
            there = ", ".join(header[:6]) or "none"
            raise UserError(f"{path}: no column {wanted!r}; there are {there}; set smiles to a name or a number")
        at = names.index(wanted)
    for cells in rows:
        if cells:
            yield Line(cells[at].strip() if 0 <= at < len(cells) else "", path.name, rows.line_num)


def package_files(package: str, names: Sequence[str], remedy: str) -> list[Path]:
    """Files that an optional package brings along; the package itself is not imported.

    Raises:
        UserError: it is not installed, or lacks a file.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise UserError(remedy)
    files = [Path(found.submodule_search_locations[0]) / name for name in names]
    if missing := [file for file in files if not file.is_file()]:
        raise UserError(f"{missing[0]} is missing; {remedy}")
    return files


def several(files: Iterable[tuple[Path, str | None]], column: str | int | None, place: str) -> Iterator[Line]:
    """The SMILES of files, each with its split."""
    for file, split in files:
        for line in lines_of(file, column, place):
            yield line._replace(split=split)
