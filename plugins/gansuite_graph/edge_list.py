"""One graph as it is found in a file or another library, and what has to be done before it is a row of choices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Int64
from numpy.typing import NDArray
from torch import Tensor

from gansuite.errors import UserError

from .spec import GraphSpec

UNTYPED_NODES, UNTYPED_EDGES = ("node",), ("edge",)
MOST_TYPES = 255  # a place of the bank has 8 bits


@dataclass(frozen=True)
class EdgeList:
    """A graph of nodes 0 ... ``nodes`` - 1, as it stands: it may be directed and have loops and repeated edges.

    Args:
        nodes: how many there are.
        edges: their ends, each edge once (of a directed graph each arc).
        node_types: the type of each node; None where nodes have none.
        edge_types: the type of each edge, likewise.
        label: the class of the graph, if it has one.
        directed: whether the order of the ends means something.
        weighted: whether edges carry numbers, which are left out.
        place: where it was found, for messages.
        molecular: whether the types are atoms and bonds.
    """

    nodes: int
    edges: NDArray[np.int64]
    node_types: Sequence[str] | None = None
    edge_types: Sequence[str] | None = None
    label: str | None = None
    directed: bool = False
    weighted: bool = False
    place: str = "the graph"
    molecular: bool = False

    def simple(self) -> tuple[EdgeList, Counter[str]]:
        """The undirected graph without loops and repetitions, and how many edges, or graphs, that has cost."""
        ends = np.sort(self.edges.reshape(-1, 2), 1)
        inner = np.flatnonzero(ends[:, 0] != ends[:, 1])
        _, first, which = np.unique(
            ends[inner, 0] * max(self.nodes, 1) + ends[inner, 1], return_index=True, return_inverse=True
        )
        kept, types, torn = inner[first], None, 0
        if self.edge_types is not None:
            types = [self.edge_types[k] for k in kept.tolist()]
            own = [self.edge_types[k] for k in inner.tolist()]
            torn = len({k for k, kind in zip(which.tolist(), own, strict=True) if kind != types[k]})
        counts = {
            "directed graphs made undirected": int(self.directed),
            "graphs whose weights are dropped": int(self.weighted),
            "loops removed": len(ends) - len(inner),
            "repeated edges merged": len(inner) - len(kept),
            "of them with another type": torn,
        }
        simple = replace(self, edges=ends[kept], edge_types=types, directed=False, weighted=False)
        return simple, +Counter(counts)

    def intact(self) -> EdgeList:
        """The graph, if it is undirected and has no weights, loops or repeated edges.

        Raises:
            UserError: it is not.
        """
        simple, counts = self.simple()
        if counts:
            what = ", ".join(f"{count} {name}" for name, count in counts.items())
            raise UserError(f"{self.place}: it would have to be changed ({what}); mend it, or leave strict out")
        return simple


def undirected(
    arcs: NDArray[np.int64], types: Sequence[str] | None = None
) -> tuple[NDArray[np.int64], Sequence[str] | None, bool]:
    """What matrices and torch-geometric's ``edge_index`` hold, arcs (u, v) [m, 2] with their types.

    Where every arc has its reverse, of the same type, each edge once, and False; else the arcs of a directed graph, and
    True.
    """
    kinds = np.zeros(len(arcs), np.int64) if types is None else np.unique(np.array(types, str), return_inverse=True)[1]
    size, many = int(arcs.max(initial=0)) + 1, int(kinds.max(initial=0)) + 1
    there, back = ((arcs[:, i] * size + arcs[:, 1 - i]) * many + kinds for i in (0, 1))
    if not np.array_equal(np.sort(there), np.sort(back)):
        return arcs, types, True
    once = np.flatnonzero(arcs[:, 0] <= arcs[:, 1])
    return arcs[once], None if types is None else [types[k] for k in once.tolist()], False


def types_of(graphs: Iterable[EdgeList]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The types of nodes and of edges that occur, in the order of their names, numbers as numbers.

    Raises:
        UserError: some graphs have types and others none, or there are more than 255.
    """
    found: dict[str, dict[str, None]] = {"nodes": {}, "edges": {}}
    bare: dict[str, str] = {}
    for graph in graphs:
        for what, own, count in (
            ("nodes", graph.node_types, graph.nodes),
            ("edges", graph.edge_types, len(graph.edges)),
        ):
            if own is not None:
                found[what].update(dict.fromkeys(own))
            elif count:
                bare.setdefault(what, graph.place)
    for what, names in found.items():
        if names and what in bare:
            raise UserError(f"{bare[what]}: its {what} have no type, and those of other graphs have; type all or none")
        if len(names) > MOST_TYPES:
            raise UserError(f"{len(names)} types of {what}, and {MOST_TYPES} is the most; merge some of them")
    nodes, edges = (tuple(sorted(names, key=natural)) for names in found.values())
    return nodes or UNTYPED_NODES, edges or UNTYPED_EDGES


def natural(name: str) -> tuple[int, int, str]:
    """Sorts numbers by their value, before words."""
    return (0, int(name), name) if name.isdecimal() else (1, 0, name)


def numbers_of(names: Sequence[str] | None, count: int, types: Mapping[str, int], what: str, place: str) -> list[int]:
    """The number of each type, from 1.

    Raises:
        UserError: a type that is not among ``types``.
    """
    if names is None:
        if count and len(types) > 1:
            raise UserError(f"{place}: its {what}s have no type; give each one of {', '.join(types)}")
        return [1] * count
    try:
        return [types[name] for name in names]
    except KeyError as error:
        known = ", ".join(types)
        raise UserError(f"{place}: unknown type of {what} {error.args[0]!r}; known are {known}") from error


def rows(spec: GraphSpec, graphs: Sequence[EdgeList]) -> Int64[Tensor, "n c"]:
    """Simple graphs as rows, the nodes first and absent ones behind.

    Raises:
        UserError: more nodes than there is room for, or a type that ``spec`` does not have.
    """
    return torch.from_numpy(packed(spec, graphs, np.int64))


def packed(spec: GraphSpec, graphs: Sequence[EdgeList], dtype: type[np.integer]) -> NDArray[np.integer]:
    """As ``rows``, as numpy integers of a size that suffices."""
    nodes, edges = ({name: k for k, name in enumerate(names, 1)} for names in (spec.node_types, spec.edge_types))
    x = np.zeros((len(graphs), *spec.shape), dtype)
    for row, graph in zip(x, graphs, strict=True):
        if graph.nodes > spec.nodes:
            raise UserError(f"{graph.place}: {graph.nodes} nodes, and there is room for {spec.nodes}; raise nodes")
        row[: graph.nodes] = numbers_of(graph.node_types, graph.nodes, nodes, "node", graph.place)
        u, v = np.sort(graph.edges, 1).T
        pair = u * (2 * spec.nodes - u - 1) // 2 + v - u - 1
        row[spec.nodes + pair] = numbers_of(graph.edge_types, len(graph.edges), edges, "edge", graph.place)
    return x


def gathered(
    graphs: Iterable[EdgeList], spec: GraphSpec | None = None, *, strict: bool = True
) -> tuple[GraphSpec, Int64[Tensor, "n c"]]:
    """The rows of some graphs, and their specification: ``spec``, or the least that holds them all.

    Args:
        graphs: of any kind; if not ``strict``, what is directed, weighted, a loop or repeated is made simple.

    Raises:
        UserError: no graph, one that is not simple, or that ``spec`` cannot hold.
    """
    simple: Callable[[EdgeList], EdgeList] = EdgeList.intact if strict else lambda graph: graph.simple()[0]
    every = [simple(graph) for graph in graphs]
    if spec is None:
        if not every or not max(graph.nodes for graph in every):
            raise UserError("no graph that has a node: give at least one, or the specification")
        spec = GraphSpec(max(graph.nodes for graph in every), *types_of(every))
    return spec, rows(spec, every)
