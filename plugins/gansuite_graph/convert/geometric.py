"""Graphs of torch-geometric."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor
from torch.nn.functional import one_hot

from gansuite.errors import UserError

from ..edge_list import EdgeList, gathered, undirected
from ..listing import listings
from ..spec import GraphSpec
from .networkx_graphs import typed


def geometric() -> Any:
    """The package, or the line that says how to get it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says of torch while it is imported is not for its users
            import torch_geometric.data
    except ModuleNotFoundError as error:
        raise UserError("graphs of this kind need torch-geometric: pip install 'gansuite[graph]'") from error
    return torch_geometric


def to_pyg(spec: GraphSpec, x: Tensor) -> list[Any]:
    """Each graph as ``Data``: ``edge_index`` in both directions, sorted, and ``num_nodes``; where there are types,
    ``x`` float [m, F] and ``edge_attr`` float [e, R] as one-hot rows in the order of ``spec``."""
    data = geometric().data.Data
    found = []
    for listing in listings(spec, x):
        edges = torch.tensor(listing.edges, dtype=torch.int64).reshape(-1, 3)
        u, v = torch.cat([edges[:, :2], edges[:, :2].flip(1)]).T
        order = (u * max(1, len(listing.nodes)) + v).argsort()
        graph = data(edge_index=torch.stack([u, v])[:, order], num_nodes=len(listing.nodes))
        typed_nodes, typed_edges = typed(spec)
        if typed_nodes:
            kinds = torch.tensor(listing.nodes, dtype=torch.int64) - 1
            graph.x = one_hot(kinds, len(spec.node_types)).float()
        if typed_edges:
            graph.edge_attr = one_hot(edges[:, 2].repeat(2)[order] - 1, len(spec.edge_types)).float()
        found.append(graph)
    return found


def to_pyg_batch(spec: GraphSpec, x: Tensor) -> Any:
    """All graphs as one ``Batch``."""
    return geometric().data.Batch.from_data_list(to_pyg(spec, x))


def from_pyg(
    graphs: Any, spec: GraphSpec | None = None, *, strict: bool = True
) -> tuple[GraphSpec, Int64[Tensor, "n c"]]:
    """The rows of a list of ``Data`` or of a ``Batch``.

    Types are the columns of one-hot rows ``x`` and ``edge_attr``, or whole numbers there; other features are no types
    and are left out. Without ``spec`` they are named by their numbers.

    Raises:
        UserError: as ``edge_list.gathered``; edges beyond the nodes; types that ``spec`` does not have.
    """
    every: Iterable[Any] = graphs.to_data_list() if hasattr(graphs, "to_data_list") else graphs
    names = (None, None) if spec is None else (spec.node_types, spec.edge_types)
    lists = (edge_list(graph, f"graph {i}", *names) for i, graph in enumerate(every))
    return gathered(lists, spec, strict=strict)


def edge_list(
    graph: Any,
    place: str,
    node_types: tuple[str, ...] | None = None,
    edge_types: tuple[str, ...] | None = None,
    label: str | None = None,
) -> EdgeList:
    """One graph of torch-geometric, or of anything with ``edge_index``. ``label`` is the attribute with its class.

    Raises:
        UserError: there is no ``edge_index``, an edge beyond the nodes, types that cannot be, no class.
    """
    index = getattr(graph, "edge_index", None)
    if not isinstance(index, Tensor) or index.ndim != 2 or len(index) != 2 or index.is_floating_point():
        raise UserError(f"{place}: no edge_index [2, m] of whole numbers; give torch-geometric Data")
    arcs = index.detach().cpu().numpy().T.astype(np.int64)
    given = getattr(graph, "num_nodes", None)
    nodes = int(given) if given is not None else int(arcs.max(initial=-1)) + 1
    if len(arcs) and not 0 <= arcs.min() <= arcs.max() < nodes:
        raise UserError(f"{place}: an edge to node {arcs.max()}, and num_nodes is {nodes}; mend one of them")
    kinds = kinds_of(getattr(graph, "edge_attr", None), len(arcs), edge_types, "edge", place)
    edges, kinds, directed = undirected(arcs, kinds)
    own = kinds_of(getattr(graph, "x", None), nodes, node_types, "node", place)
    weights = getattr(graph, "edge_weight", None)
    weighted = weights is not None and bool((weights != 1).any())
    return EdgeList(nodes, edges, own, kinds, class_of(graph, label, place), directed, weighted, place)


def kinds_of(values: Any, count: int, names: tuple[str, ...] | None, what: str, place: str) -> list[str] | None:
    """The types that one-hot rows or whole numbers stand for; None where they stand for none."""
    numbers = None if not isinstance(values, Tensor) or (names is not None and len(names) == 1) else numbers_in(values)
    if numbers is None:
        return None
    if len(numbers) != count:
        raise UserError(f"{place}: {len(numbers)} rows of features for {count} {what}s; mend it")
    if names is None:
        return [str(k) for k in numbers]
    if numbers and max(numbers) >= len(names):
        raise UserError(f"{place}: {what} type {max(numbers)}, and there are {len(names)}: {', '.join(names)}")
    return [names[k] for k in numbers]


def numbers_in(values: Tensor) -> list[int] | None:
    """The columns of one-hot rows, or whole numbers of one column; None for other features."""
    table = values.detach().cpu()
    if table.ndim == 2 and table.shape[1] > 1:
        hot = ((table == 0) | (table == 1)).all() and (table.sum(1) == 1).all()
        return table.argmax(1).tolist() if hot else None
    whole = not table.is_floating_point() and table.dtype != torch.bool and not table.is_complex()
    table = table.flatten()
    return table.tolist() if whole and (not len(table) or int(table.min()) >= 0) else None


def class_of(graph: Any, label: str | None, place: str) -> str | None:
    """The class under the attribute ``label``."""
    if label is None:
        return None
    value = getattr(graph, label, None)
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, float) and value == int(value):
        value = int(value)
    if not isinstance(value, (str, int)):
        raise UserError(
            f"{place}: {label!r} is no class (one number or word); set label to another attribute, or leave out"
        )
    return str(value)
