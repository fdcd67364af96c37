"""Lines of graph6 and sparse6, by networkx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gansuite.errors import UserError

from ...convert.networkx_graphs import edge_list, networkx
from ...edge_list import EdgeList
from .found import Fields, Found, Unread

HEADERS = (">>graph6<<", ">>sparse6<<")


def read(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """A graph a line."""
    if fields.label is not None:
        raise UserError(f"{name}: graph6 has no field {fields.label!r}; leave label out")
    for at, line in enumerate(file.read_text("ascii", "replace").splitlines(), 1):
        if line.strip():
            yield Found(parsed(line, f"{name} line {at}"))


def parsed(line: str, place: str) -> EdgeList:
    """One graph.

    Raises:
        UserError: the line is none.
    """
    nx = networkx()
    text = line.strip()
    for header in HEADERS:
        text = text.removeprefix(header)
    try:
        data = text.encode("ascii")
        graph = nx.from_sparse6_bytes(data) if text.startswith(":") else nx.from_graph6_bytes(data)
    except (nx.NetworkXError, ValueError, IndexError) as error:
        raise UserError(f"{place}: {text[:40]!r} is no graph6 ({error}); mend it or take it out") from error
    return edge_list(graph, place)
