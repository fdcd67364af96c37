"""Graphs of networkx."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int64
from torch import Tensor

from gansuite.errors import UserError

from ..edge_list import UNTYPED_EDGES, UNTYPED_NODES, EdgeList, gathered
from ..listing import listings
from ..spec import GraphSpec

KIND = "kind"
"""The attribute that types go by."""


def networkx() -> Any:
    """The package, or the line that says how to get it."""
    try:
        import networkx
    except ModuleNotFoundError as error:
        raise UserError("graphs of this kind need networkx: pip install 'gansuite[graph]'") from error
    return networkx


def to_networkx(spec: GraphSpec, x: Tensor) -> list[Any]:
    """Each graph as ``networkx.Graph``, with the names of types as ``kind`` of nodes and edges, if there are types."""
    nx, found = networkx(), []
    typed_nodes, typed_edges = typed(spec)
    for listing in listings(spec, x):
        graph = nx.empty_graph(len(listing.nodes))
        graph.add_edges_from((u, v) for u, v, _ in listing.edges)
        if typed_nodes:
            nx.set_node_attributes(graph, {i: spec.node_types[k - 1] for i, k in enumerate(listing.nodes)}, KIND)
        if typed_edges:
            nx.set_edge_attributes(graph, {(u, v): spec.edge_types[k - 1] for u, v, k in listing.edges}, KIND)
        found.append(graph)
    return found


def from_networkx(
    graphs: Iterable[Any],
    spec: GraphSpec | None = None,
    *,
    node_type: str | None = None,
    edge_type: str | None = None,
    strict: bool = True,
) -> tuple[GraphSpec, Int64[Tensor, "n c"]]:
    """The rows of networkx's graphs.

    Args:
        spec: what they are to be; None: the least that holds them.
        node_type: attribute with the type of a node; None: ``kind``, where nodes have it.
        edge_type: of an edge, likewise.
        strict: refuse what is no simple undirected graph, instead of making it one.

    Raises:
        UserError: as ``edge_list.gathered``; a node or edge without its type.
    """
    lists = (edge_list(graph, f"graph {i}", node_type, edge_type) for i, graph in enumerate(graphs))
    return gathered(lists, spec, strict=strict)


def typed(spec: GraphSpec) -> tuple[bool, bool]:
    """Whether nodes, and whether edges, have types that say something."""
    return spec.node_types != UNTYPED_NODES, spec.edge_types != UNTYPED_EDGES


def edge_list(
    graph: Any,
    place: str,
    node_type: str | None = None,
    edge_type: str | None = None,
    label: str | None = None,
) -> EdgeList:
    """One graph of networkx. ``label`` is the attribute of the graph with its class.

    Raises:
        UserError: a node or edge without its type, or a graph without its class.
    """
    number = {node: i for i, node in enumerate(graph)}
    ends = [(number[u], number[v]) for u, v in graph.edges()]
    nodes = attributes([data for _, data in graph.nodes(data=True)], node_type, "node", place)
    edges = attributes([data for _, _, data in graph.edges(data=True)], edge_type, "edge", place)
    if label is not None and label not in graph.graph:
        there = ", ".join(map(repr, graph.graph)) or "none"
        raise UserError(
            f"{place}: the graph has no attribute {label!r}, there are {there}; set label to one, or leave out"
        )
    return EdgeList(
        len(number),
        np.array(ends, np.int64).reshape(-1, 2),
        nodes,
        edges,
        None if label is None else str(graph.graph[label]),
        graph.is_directed(),
        any(is_weight(data.get("weight")) for _, _, data in graph.edges(data=True)),
        place,
    )


def is_weight(value: Any) -> bool:
    """Whether an edge's ``weight`` says more than that there is an edge."""
    return value is not None and value != 1


def attributes(every: Sequence[dict[str, Any]], name: str | None, what: str, place: str) -> list[str] | None:
    """The types under ``name``; None where nothing has one and none was asked for."""
    asked = name or KIND
    having = [asked in data for data in every]
    if name is None and not any(having):
        return None
    if not all(having):
        there = ", ".join(map(repr, dict.fromkeys(key for data in every for key in data))) or "none"
        raise UserError(f"{place}: {what} {having.index(False)} has no {asked!r}; {what}s have {there}")
    return [str(data[asked]) for data in every]
