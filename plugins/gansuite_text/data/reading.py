"""The texts of one file: lines, or the fields of JSON lines, tables and parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from gansuite.errors import UserError

from .layout import format_of


class Entry(NamedTuple):
    """One text as it stands in a file: the line (of parquet the row) counts from 1."""

    text: str
    label: str | None
    line: int


@dataclass(frozen=True)
class Fields:
    """Where a text and its label stand in a row: by name, or in a table without a header by number from 1."""

    text: str | int
    label: str | int | None
    encoding: str


def read(path: Path, fields: Fields) -> Iterator[Entry]:
    """The texts of a file, one by one, empty ones too.

    Raises:
        UserError: what cannot be read, with its line.
    """
    yield from READERS[format_of(path)](path, fields)


def content(path: Path, encoding: str) -> str:
    """The characters of a file, unpacked if it ends in ``.gz``, without a byte order mark."""
    try:
        data = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            data = gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path}: cannot be unpacked ({error}); copy or pack it again") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); name a file that can") from error
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "ignore").count("\n") + 1
        seen = data[error.start : error.start + 4].hex(" ")
        raise UserError(f"{path} line {line}: bytes {seen} are not {encoding}; set encoding") from error
    except LookupError as error:
        raise UserError(f'encoding = {encoding!r}: no such encoding; set "utf-8", "latin-1", "utf-16" ...') from error


def lines(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers: only line feeds end one, with or without a carriage return."""
    text = content(path, encoding)
    rows = text.removesuffix("\n").split("\n") if text else []
    return enumerate((row.removesuffix("\r") for row in rows), 1)


def read_lines(path: Path, fields: Fields) -> Iterator[Entry]:
    """One text a line."""
    if fields.label is not None:
        raise UserError(f"{path}: lines have no field {fields.label!r}; leave label out, or use jsonl, csv or tsv")
    for number, line in lines(path, fields.encoding):
        yield Entry(line, None, number)


def read_json(path: Path, fields: Fields) -> Iterator[Entry]:
    """One object a line, or one string; a text that is a list of tokens is joined by spaces."""
    for number, line in lines(path, fields.encoding):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise UserError(f"{path} line {number}: no JSON ({error.msg}); write one object a line") from error
        if isinstance(row, str) and fields.label is None:
            row = {fields.text: row}
        if not isinstance(row, dict):
            raise UserError(f'{path} line {number}: no object; write {{"{fields.text}": "..."}} on each line')
        yield entry_of(row.get, list(row), path, number, fields)


def read_table(path: Path, fields: Fields) -> Iterator[Entry]:
    """One row a line, with a header unless the fields are numbers; quoted as spreadsheets quote, in tsv not at all."""
    plain = format_of(path) == ".tsv"
    stream = io.StringIO(content(path, fields.encoding), newline="")
    rows = csv.reader(stream, delimiter="\t" if plain else ",", quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL)
    try:
        header: list[Any] = [] if isinstance(fields.text, int) else next(rows, [])
        for cells in rows:
            if cells:
                names = header or list(range(1, len(cells) + 1))
                yield entry_of(dict(zip(names, cells, strict=False)).get, names, path, rows.line_num, fields)
    except csv.Error as error:
        raise UserError(f"{path} line {rows.line_num}: no row of a table ({error}); mend it") from error


def read_parquet(path: Path, fields: Fields) -> Iterator[Entry]:
    """One text a row."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ModuleNotFoundError as error:
        raise UserError(f"{path}: parquet needs pyarrow: pip install 'gansuite[text]'") from error
    try:
        with ParquetFile(path) as file:
            names = file.schema_arrow.names
            wanted = [name for name in (fields.text, fields.label) if name is not None]
            if missing := [name for name in wanted if name not in names]:
                raise no_field(path, missing[0], names)
            number = 0
            for batch in file.iter_batches(columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    yield entry_of(row.get, names, path, number, fields)
    except (ArrowException, OSError) as error:
        raise UserError(f"{path}: no parquet file ({str(error).splitlines()[0]})") from error


def entry_of(get: Callable[[Any], Any], names: Sequence[Any], path: Path, line: int, fields: Fields) -> Entry:
    """The text and the label of a row."""
    for field in (fields.text, fields.label):
        if field is not None and (value := get(field)) is None:
            raise no_field(path, field, names, line) if field not in names else no_value(path, field, value, line)
    text, label = get(fields.text), None if fields.label is None else get(fields.label)
    if isinstance(text, list) and all(isinstance(token, str) for token in text):
        text = " ".join(text)
    if not isinstance(text, str):
        raise no_value(path, fields.text, text, line)
    return Entry(text, None if label is None else str(label), line)


def no_field(path: Path, field: str | int, names: Sequence[Any], line: int | None = None) -> UserError:
    where = path if line is None else f"{path} line {line}"
    there = ", ".join(map(str, names)) or "none"
    number = ", or to a column's number if there is no header" if format_of(path) in (".csv", ".tsv") else ""
    return UserError(f"{where}: no field {field!r}; there are {there}; set text or label to one of these{number}")


def no_value(path: Path, field: str | int, value: Any, line: int) -> UserError:
    seen = json.dumps(value, default=str)
    return UserError(f"{path} line {line}: field {field!r} holds {seen[:40]}, which is no text; mend it")


READERS: dict[str, Callable[[Path, Fields], Iterator[Entry]]] = {
    ".txt": read_lines,
    ".jsonl": read_json,
    ".csv": read_table,
    ".tsv": read_table,
    ".parquet": read_parquet,
}
