"""Graphs of networkx as rows, and rows in another order of the nodes."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import torch
from torch import Tensor

from gansuite_graph.spec import GraphSpec, pairs_of


def rows_of(spec: GraphSpec, graphs: Sequence[nx.Graph]) -> Tensor:
    """Untyped graphs, or with numbers as ``kind`` of nodes and edges."""
    i, j = pairs_of(spec.nodes)
    x = torch.zeros(len(graphs), *spec.shape, dtype=torch.int64)
    for row, graph in zip(x, graphs, strict=True):
        place = {node: k for k, node in enumerate(graph)}
        bonds = torch.zeros(spec.nodes, spec.nodes, dtype=torch.int64)
        for node, kind in graph.nodes(data="kind", default=1):
            row[place[node]] = kind
        for u, v, kind in graph.edges(data="kind", default=1):
            bonds[place[u], place[v]] = bonds[place[v], place[u]] = kind
        row[spec.nodes :] = bonds[i, j]
    return x


def shuffled(spec: GraphSpec, x: Tensor, seed: int = 0) -> Tensor:
    """The same graphs, each in an order of its own; the nodes that there are stand anywhere."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.rand(len(x), spec.nodes, generator=generator).argsort(1)
    return spec.rows(spec.dense(x).permuted(order))


def any_graphs(spec: GraphSpec, n: int, seed: int = 0, density: float = 0.4) -> Tensor:
    """Graphs of any types, some of whose nodes are missing."""
    generator = torch.Generator().manual_seed(seed)
    nodes = torch.randint(0, len(spec.node_types) + 1, (n, spec.nodes), generator=generator)
    bonds = torch.randint(1, len(spec.edge_types) + 1, (n, spec.pairs), generator=generator)
    there = torch.rand(n, spec.pairs, generator=generator) < density
    return spec.tidied(torch.cat([nodes, bonds * there], 1))
