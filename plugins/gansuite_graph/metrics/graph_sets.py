"""Sets of graphs as people have them, lists of networkx or torch-geometric ones, in dense batches of like size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import pad

from gansuite.metrics.metric import MINIMUM, MetricError

from ..dense import Dense
from .descriptors import descriptor_of

LIMIT = 4096
"""Nodes above which a graph is not described: its matrices are dense."""

BUDGET = 1 << 20  # elements of adjacency matrices in a batch: 8 MiB in float64


@dataclass(frozen=True)
class Graphs:
    """A set of graphs without types, directions or weights.

    Args:
        sizes: nodes of each.
        edges: of each, pairs of numbers below its size, int64 [m, 2], in one direction or both.
        left_out: what was there and does not count, with the number of graphs that had it.
    """

    sizes: Sequence[int]
    edges: Sequence[np.ndarray]
    left_out: Counter[str]

    def batches(self) -> Iterator[tuple[Int64[Tensor, " k"], Dense]]:
        """The positions of graphs of like size, the largest first, and those graphs."""
        order, begin = np.argsort([-size for size in self.sizes], kind="stable"), 0
        while begin < len(order):
            nodes = max(1, self.sizes[order[begin]])
            some = order[begin : begin + max(1, BUDGET // nodes**2)]
            yield torch.from_numpy(some), self.dense(some, nodes)
            begin += len(some)

    def dense(self, some: np.ndarray, nodes: int) -> Dense:
        """The graphs at these positions in room for ``nodes`` nodes each."""
        own = [self.edges[k] for k in some]
        ends, which = np.concatenate(own), np.repeat(np.arange(len(some)), [len(each) for each in own])
        adjacency = torch.zeros(len(some), nodes, nodes)
        adjacency[which, ends[:, 0], ends[:, 1]] = adjacency[which, ends[:, 1], ends[:, 0]] = 1.0
        mask = torch.arange(nodes) < torch.tensor([self.sizes[k] for k in some]).unsqueeze(1)
        return Dense(mask.float().unsqueeze(2), adjacency.unsqueeze(1), mask.float())


def described(graphs: Graphs | Dense, statistics: Iterable[str], bins: int | None = None) -> dict[str, Tensor]:
    """The descriptors of a set in its order, by statistic: [n, d] each; of degrees as wide as the largest graph."""
    found: dict[str, list[Tensor]] = {statistic: [] for statistic in statistics}
    places = []
    for some, batch in graphs.batches() if isinstance(graphs, Graphs) else batches_of(graphs):
        places.append(some)
        for statistic, rows in found.items():
            rows.append(descriptor_of(statistic, bins)(batch).cpu())
    order = torch.cat(places).argsort()
    return {statistic: torch.cat(alike(*rows))[order] for statistic, rows in found.items()}


def batches_of(graphs: Dense) -> Iterator[tuple[Int64[Tensor, " k"], Dense]]:
    """As ``Graphs.batches``: the nodes that are there come first, and the room behind them is cut off."""
    untyped, sizes, begin = Dense(graphs.mask.unsqueeze(2), graphs.adjacency.unsqueeze(1), graphs.mask), graphs.sizes, 0
    order = sizes.argsort(descending=True, stable=True)
    while begin < len(order):
        nodes = max(1, int(sizes[order[begin]]))
        some = order[begin : begin + max(1, BUDGET // nodes**2)]
        batch = untyped.take(some)
        batch = batch.permuted(batch.mask.argsort(dim=1, descending=True, stable=True))
        yield some.cpu(), Dense(batch.nodes[:, :nodes], batch.edges[:, :, :nodes, :nodes], batch.mask[:, :nodes])
        begin += len(some)


def alike(*rows: Float[Tensor, "_ _"]) -> list[Tensor]:
    """Descriptors as wide as the widest of them, with zeros behind."""
    width = max(each.shape[1] for each in rows)
    return [pad(each, (0, width - each.shape[1])) for each in rows]


def graphs_of(given: Any, name: str) -> Graphs | Dense:
    """A set of graphs from a list of networkx or torch-geometric ones, a torch-geometric batch, or ``Dense``.

    Loops, weights and parallel edges do not count: ``left_out`` says how many graphs had some.

    Args:
        given: the graphs.
        name: what they are called in an error.

    Raises:
        MetricError: not a list, fewer than 4 graphs, a directed one, one that is too large, or no graph at all.
    """
    if isinstance(given, Dense):
        enough(len(given.mask), name)
        return given
    if hasattr(given, "to_data_list"):  # a torch-geometric batch
        given = given.to_data_list()
    if is_graph(given) or not isinstance(given, Iterable):
        raise MetricError(f"mmd: {name} is a single {type(given).__name__}: give a list of graphs")
    sizes, edges, left_out = [], [], Counter()
    for k, graph in enumerate(given):
        size, ends = read(graph, f"{name}[{k}]", left_out)
        if size > LIMIT:
            raise MetricError(
                f"mmd: {name}[{k}] has {size} nodes, and graphs are compared in dense form up to {LIMIT}: "
                "of one large graph take its own statistics"
            )
        loops = ends[:, 0] == ends[:, 1]
        left_out["loops"] += bool(loops.any())
        left_out["empty graphs, as one node"] += size == 0
        sizes.append(size)
        edges.append(ends[~loops])
    enough(len(sizes), name)
    return Graphs(sizes, edges, +left_out)


def enough(n: int, name: str) -> None:
    """Refuse a set that is too small for an interval."""
    if n < MINIMUM:
        raise MetricError(f"mmd: {name} has {n} graphs, which are too few to compare: give at least {MINIMUM}")


def is_graph(given: Any) -> bool:
    """Whether this is one networkx or torch-geometric graph."""
    return hasattr(given, "edge_index") or hasattr(given, "is_multigraph")


def read(graph: Any, place: str, left_out: Counter[str]) -> tuple[int, np.ndarray]:
    """The number of nodes and the edges of one graph, int64 [m, 2]."""
    if hasattr(graph, "edge_index"):
        return read_geometric(graph, place, left_out)
    if hasattr(graph, "is_multigraph"):
        return read_networkx(graph, place, left_out)
    raise MetricError(f"mmd: {place} is a {type(graph).__name__}, no networkx or torch-geometric graph: convert it")


def read_networkx(graph: Any, place: str, left_out: Counter[str]) -> tuple[int, np.ndarray]:
    """Of a networkx graph."""
    if graph.is_directed():
        raise MetricError(f"mmd: {place} is directed, and undirected graphs are compared: give graph.to_undirected()")
    number = {node: k for k, node in enumerate(graph)}
    ends = [(number[u], number[v]) for u, v in graph.edges()]
    left_out["weights"] += any(weight is not None for *_, weight in graph.edges(data="weight"))
    left_out["parallel edges"] += graph.is_multigraph() and len({frozenset(each) for each in ends}) < len(ends)
    return len(number), np.array(ends, np.int64).reshape(-1, 2)


def read_geometric(graph: Any, place: str, left_out: Counter[str]) -> tuple[int, np.ndarray]:
    """Of a torch-geometric graph, whose undirected edges are there in both directions."""
    ends = graph.edge_index.detach().cpu().numpy().astype(np.int64).T
    size = int(graph.num_nodes)
    if len(ends) and not 0 <= ends.min() <= ends.max() < size:
        raise MetricError(f"mmd: {place} has edges to node {ends.max()}, and {size} nodes: mend its num_nodes")
    keys, reverse = ends[:, 0] * size + ends[:, 1], ends[:, 1] * size + ends[:, 0]
    if not np.array_equal(np.unique(keys), np.unique(reverse)):
        raise MetricError(
            f"mmd: {place} has edges in one direction alone, and undirected graphs are compared: "
            "give torch_geometric.transforms.ToUndirected()(graph)"
        )
    left_out["weights"] += getattr(graph, "edge_weight", None) is not None
    left_out["parallel edges"] += len(np.unique(keys)) < len(keys)
    return size, ends
