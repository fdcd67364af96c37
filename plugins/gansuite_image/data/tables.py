"""Tables of pictures that Hugging Face's ``datasets`` saved: Arrow or Parquet files, read by pyarrow alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from gansuite.data.split import NAMES
from gansuite.errors import UserError

SUFFIXES = (".arrow", ".parquet")
IMAGES = ("image", "img", "picture", "data")
KINDS = (pa.types.is_struct, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_string, pa.types.is_large_string)
LABELS = ("label", "labels", "fine_label", "class", "target")


@dataclass(frozen=True)
class Shard:
    """One file of rows, the split that its name or its folder tells, and what its header says of the columns."""

    path: Path
    split: str | None
    table: pa.Table
    features: Mapping[str, Any] = field(default_factory=dict)


def shards(root: Path, place: str) -> list[Shard]:
    """The files of a saved data set, in the order of their names.

    ``save_to_disk`` writes ``data-00000-of-00001.arrow``, in a folder for each split if there are several; the hub
    has ``data/train-00000-of-00001.parquet``. Caches (``cache-*.arrow``) are left out.

    Raises:
        UserError: no such folder, no such file in it, or one that is damaged.
    """
    if not root.exists():
        raise UserError(f"{place}: no such folder; name one written by save_to_disk, or one of parquet files")
    files = [root] if root.is_file() else sorted(file for file in root.rglob("*") if file.suffix in SUFFIXES)
    files = [file for file in files if not file.name.startswith(("cache-", "."))]
    if not files:
        raise UserError(f"{place}: no .arrow or .parquet file found; name a folder written by save_to_disk")
    return [shard(file, root, place) for file in files]


def shard(file: Path, root: Path, place: str) -> Shard:
    """One file, mapped into memory where it is Arrow's."""
    try:
        if file.suffix == ".parquet":
            table = parquet.ParquetFile(file).read()
        else:
            with pa.memory_map(str(file)) as mapped:
                table = pa.ipc.open_stream(mapped).read_all()
    except (pa.ArrowException, OSError) as error:
        told = " ".join(str(error).split())[:200]
        raise UserError(f"{place}: {file.name} cannot be read ({told}); save the data set again") from error
    header = (table.schema.metadata or {}).get(b"huggingface")
    info = json.loads(header).get("info", {}) if header else {}
    return Shard(file, split_of(file, root), table, info.get("features") or {})


def split_of(file: Path, root: Path) -> str | None:
    """The split that a file's name (``train-00000-of-00001``), or a folder above it, tells."""
    parts = file.relative_to(root).parts if file != root else (file.name,)
    words = [part.split(".")[0].split("-")[0].lower() for part in reversed(parts)]
    return next((NAMES[word] for word in words if word in NAMES), None)


def column_of(shard: Shard, asked: str | None, names: Sequence[str], kind: str, place: str) -> str | None:
    """The column of pictures (``Image``) or of classes (``ClassLabel``): asked for, by its feature, or by its name.

    Raises:
        UserError: the one asked for is not there.
    """
    have = shard.table.column_names
    if asked is not None:
        if asked not in have:
            raise UserError(f"{place}: no column is called {asked!r}; there are {', '.join(have)}")
        return asked
    typed = [name for name in have if (shard.features.get(name) or {}).get("_type") == kind]
    return next(iter([*typed, *(name for name in names if name in have)]), None)


def contents(shard: Shard, column: str) -> Iterator[memoryview | Path | None]:
    """What a column of pictures holds, row by row: a file's bytes (not copied), the path of a file, or nothing."""
    nested = pa.types.is_struct(shard.table.schema.field(column).type)
    for cell in shard.table.column(column):
        parts = [cell[name] for name in ("bytes", "path") if name in cell] if nested and cell.is_valid else [cell]
        value = next((part for part in parts if part.is_valid), None)
        if value is None:
            yield None
        elif pa.types.is_string(value.type) or pa.types.is_large_string(value.type):
            yield shard.path.parent / value.as_py()
        else:
            yield memoryview(value.as_buffer())


def names(shard: Shard, column: str | None) -> Sequence[str]:
    """The names of the classes of a column, in the order of their numbers, where the header tells them."""
    return (shard.features.get(column or "") or {}).get("names") or ()


def labels(shard: Shard, column: str) -> list[str | None]:
    """The class of each row by its name, where the header tells names, or as a word; None where there is none."""
    known = list(names(shard, column))

    def word(value: Any) -> str | None:
        if value is None or (known and not 0 <= value < len(known)):  # -1 is what datasets writes for no label
            return None
        return known[value] if known else str(value)

    return [word(value) for value in shard.table.column(column).to_pylist()]


def rows(shard: Shard, pictures: str, classes: str | None) -> Iterator[tuple[memoryview | Path | None, str | None]]:
    """Picture and class of each row."""
    kinds = labels(shard, classes) if classes else [None] * len(shard.table)
    return zip(contents(shard, pictures), kinds, strict=True)
