"""Graphs as texts: GraphML, graph6, edge lists."""

from __future__ import annotations

from collections.abc import Iterable

from jaxtyping import Int64
from torch import Tensor

from ..edge_list import gathered
from ..listing import listings
from ..spec import GraphSpec
from ..writers.graphs import edge_list as edge_list_text
from ..writers.graphs import graph6, graphml


def to_graph6(spec: GraphSpec, x: Tensor) -> list[str]:
    """Each graph in one line of graph6, which has no types."""
    return [graph6(listing) for listing in listings(spec, x)]


def to_graphml(spec: GraphSpec, x: Tensor) -> list[str]:
    """Each graph as GraphML, with the names of types as ``kind``."""
    return [graphml(spec, listing) for listing in listings(spec, x)]


def to_edgelist(spec: GraphSpec, x: Tensor) -> list[str]:
    """Each graph as lines ``u v`` or ``u v type``, and ``u`` for a node without an edge; nodes' types are left out."""
    return [edge_list_text(spec, listing) for listing in listings(spec, x)]


def from_graph6(
    lines: Iterable[str], spec: GraphSpec | None = None, *, strict: bool = True
) -> tuple[GraphSpec, Int64[Tensor, "n c"]]:
    """The rows of lines of graph6 (or sparse6).

    Raises:
        UserError: as ``edge_list.gathered``; what is no graph6.
    """
    from ..data.reading.graph6 import parsed

    return gathered((parsed(line, f"graph {i}") for i, line in enumerate(lines)), spec, strict=strict)


def from_graphml(
    texts: Iterable[str], spec: GraphSpec | None = None, *, strict: bool = True
) -> tuple[GraphSpec, Int64[Tensor, "n c"]]:
    """The rows of GraphML.

    Raises:
        UserError: as ``edge_list.gathered``; what is no GraphML.
    """
    from ..data.reading.markup import parsed

    return gathered(
        (graph for i, text in enumerate(texts) for graph in parsed(text, f"graph {i}")), spec, strict=strict
    )


def from_edgelist(
    texts: Iterable[str], spec: GraphSpec | None = None, *, strict: bool = True
) -> tuple[GraphSpec, Int64[Tensor, "n c"]]:
    """The rows of edge lists, each a text of lines as ``to_edgelist`` writes; nodes get numbers in the order of their
    names (numbers: of their value).

    Raises:
        UserError: as ``edge_list.gathered``; a line that names no nodes.
    """
    from ..data.reading.edge_lists import parsed

    return gathered((parsed(text, f"graph {i}") for i, text in enumerate(texts)), spec, strict=strict)
