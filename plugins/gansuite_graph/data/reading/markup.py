"""GraphML, GEXF and GML, by networkx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gansuite.errors import UserError

from ...convert.networkx_graphs import edge_list, networkx
from ...edge_list import EdgeList
from .found import Fields, Found, Unread


def read(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """The graphs of a file: GraphML may hold several."""
    nx, ending = networkx(), file.suffix.lower()
    if ending == ".graphml":
        found = graphml(file.read_text("utf-8"))
    elif ending == ".gexf":
        found = [nx.read_gexf(file)]
    else:
        found = [nx.read_gml(file, label=None)]
    for i, graph in enumerate(found):
        place = name if len(found) == 1 else f"{name} graph {i + 1}"
        yield Found(edge_list(graph, place, *fields))


def parsed(text: str, place: str) -> Iterator[EdgeList]:
    """The graphs of a text of GraphML.

    Raises:
        UserError: it is none.
    """
    from xml.etree.ElementTree import ParseError

    try:
        found = graphml(text)
    except ParseError as error:
        raise UserError(f"{place}: no GraphML ({error}); mend it") from error
    for graph in found:
        yield edge_list(graph, place)


def graphml(text: str) -> list[Any]:
    """All graphs of a text, nested ones left out."""
    networkx()
    from networkx.readwrite.graphml import GraphMLReader

    return list(GraphMLReader()(string=text))
