"""Which files of a folder hold graphs, in which format, and the splits that their names tell."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from gansuite.data.split import splits_named
from gansuite.errors import UserError

from . import tu
from .found import Fields, Found, Reader, Unread

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        ".graphml": "markup",
        ".gexf": "markup",
        ".gml": "markup",
        ".g6": "graph6",
        ".graph6": "graph6",
        ".s6": "graph6",
        ".edgelist": "edge_lists",
        ".edges": "edge_lists",
        ".txt": "edge_lists",
        ".csv": "tables",
        ".tsv": "tables",
        ".npz": "arrays",
        ".npy": "arrays",
        ".pt": "tensors",
        ".json": "listed",
        ".smi": "smiles",
        ".smiles": "smiles",
    }
)
"""The module that reads each ending."""

EXPECTED = f"expected {' '.join(FORMATS)}, or the folder of a TU data set (NAME_A.txt, NAME_graph_indicator.txt)"


def graph_files(path: Path, place: str) -> dict[Path, str | None]:
    """The file, or those of a folder tree, sorted, with the split that each is named for.

    Names tell splits where files ``train.*`` and ``valid.*`` or ``test.*`` (or folders of these names) lie directly in
    the folder; files elsewhere are then left out. A TU data set is one file: its ``NAME_A.txt``.

    Raises:
        UserError: there is nothing, or no graph in the folder.
    """
    if path.is_file():
        return {path: None}
    if not path.is_dir():
        raise UserError(f"{place}: no such file or folder")
    found = sorted(
        Path(folder) / name
        for folder, _, names in os.walk(path)
        for name in (tu.heads(names) or names)
        if is_graph(name) and not any(part.startswith(".") for part in Path(folder).relative_to(path).parts)
    )
    if not found:
        raise UserError(f"{place}: no graphs found in the folder; {EXPECTED}")
    return splits_named(found, path)


def is_graph(name: str) -> bool:
    """Whether a file name has the ending of a format and is not hidden."""
    return not name.startswith((".", "README", "readme", "LICENSE", "LICENCE")) and Path(name).suffix.lower() in FORMATS


def parts_of(file: Path) -> list[Path]:
    """The files whose content makes the graphs of ``file``."""
    return tu.companions(file) if tu.is_head(file) else [file]


def graphs_in(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """The graphs of one file, and its lines that are none.

    Raises:
        UserError: the file cannot be read, with the line where there is one.
    """
    reader = reader_of(file)
    try:
        yield from reader(file, name, fields)
    except UserError:
        raise
    except UnicodeDecodeError as error:
        raise UserError(
            f"{name}: byte {error.object[error.start]:#x} at {error.start} is no UTF-8; {EXPECTED}"
        ) from error
    except OSError as error:
        raise UserError(f"{name}: cannot be read ({error.strerror or error}); name a file that can") from error
    except Exception as error:  # each format's reader fails in ways of its own
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise UserError(f"{name}: no graph can be read from it ({reason}); {EXPECTED}") from error


def reader_of(file: Path) -> Reader:
    """The reader of a file, by its ending.

    Raises:
        UserError: there is none.
    """
    if tu.is_head(file):
        return tu.read
    module = FORMATS.get(file.suffix.lower())
    if module is None:
        raise UserError(f"{file}: no reader for {file.suffix or 'a name without an ending'!r}; {EXPECTED}")
    return import_module(f"{__package__}.{module}").read
