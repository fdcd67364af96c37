"""Matrices of scipy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int64
from numpy.typing import NDArray
from torch import Tensor

from gansuite.errors import UserError

from ..edge_list import EdgeList, gathered, undirected
from ..listing import listings
from ..spec import GraphSpec
from .networkx_graphs import typed


class Sparse(NamedTuple):
    """A graph as a symmetrical ``csr_array`` uint8 [m, m] of the types of edges, and the types of its nodes [m]."""

    adjacency: Any
    nodes: NDArray[np.uint8]


def to_scipy(spec: GraphSpec, x: Tensor) -> list[Sparse]:
    """Each graph as a sparse matrix of the numbers of its edges' types, from 1, with those of its nodes."""
    from scipy.sparse import csr_array

    found = []
    for listing in listings(spec, x):
        u, v, kind = np.array(listing.edges, np.int64).reshape(-1, 3).T
        m = len(listing.nodes)
        ends = (np.concatenate([u, v]), np.concatenate([v, u]))
        matrix = csr_array((np.tile(kind, 2).astype(np.uint8), ends), shape=(m, m))
        found.append(Sparse(matrix, np.array(listing.nodes, np.uint8)))
    return found


def from_scipy(
    graphs: Iterable[Any], spec: GraphSpec | None = None, *, strict: bool = True
) -> tuple[GraphSpec, Int64[Tensor, "n c"]]:
    """The rows of square matrices, dense or sparse, or of what ``to_scipy`` gave.

    Entries are the numbers of types where ``spec`` has several; else all that are not zero are edges, and numbers other
    than 1 weights.

    Raises:
        UserError: as ``edge_list.gathered``; a matrix that is not square, a number that is none of a type.
    """
    names = (None, None)
    if spec is not None:
        names = tuple(
            own if has else None for own, has in zip((spec.node_types, spec.edge_types), typed(spec), strict=True)
        )
    lists = (edge_list(*pair(each), f"graph {i}", *names) for i, each in enumerate(graphs))
    return gathered(lists, spec, strict=strict)


def pair(graph: Any) -> tuple[Any, Any]:
    """The matrix and the nodes' types of what may be a matrix alone."""
    return graph if isinstance(graph, tuple) else (graph, None)


def edge_list(
    matrix: Any,
    nodes: Any,
    place: str,
    node_types: tuple[str, ...] | None = None,
    edge_types: tuple[str, ...] | None = None,
) -> EdgeList:
    """One graph of a square matrix, whose entries name types where ``edge_types`` are given.

    Raises:
        UserError: the matrix is not square, or a number is none of a type.
    """
    from scipy.sparse import coo_array

    shape = np.shape(matrix)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise UserError(f"{place}: a matrix {'x'.join(map(str, shape))}; an adjacency matrix is square")
    table = coo_array(matrix)
    table.eliminate_zeros()
    arcs, entries = np.stack([table.row, table.col], 1).astype(np.int64), table.data
    kinds = None if edge_types is None else named(entries, edge_types, "edge", place)
    edges, kinds, directed = undirected(arcs, kinds)
    weighted = kinds is None and bool((entries != 1).any())
    own = None if node_types is None or nodes is None else named(np.asarray(nodes), node_types, "node", place)
    return EdgeList(shape[0], edges, own, kinds, directed=directed, weighted=weighted, place=place)


def named(numbers: NDArray[Any], names: tuple[str, ...], what: str, place: str) -> list[str]:
    """The names of types by their numbers, from 1."""
    if bad := [k for k in np.unique(numbers).tolist() if k != int(k) or not 1 <= k <= len(names)]:
        raise UserError(f"{place}: {what} type {bad[0]} is none of 1 ... {len(names)}: {', '.join(names)}")
    return [names[int(k) - 1] for k in numbers.tolist()]
