"""A graph as lists of its nodes and edges: what writers, pictures and networkx want."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from .spec import ABSENT, GraphSpec, pairs_of

if TYPE_CHECKING:
    import networkx as nx


class Listing(NamedTuple):
    """One graph with nodes 0 ... m - 1: the type of each, and the edges (u, v, type), u < v; types count from 1."""

    nodes: list[int]
    edges: list[tuple[int, int, int]]

    def networkx(self) -> nx.Graph:
        """The graph with its types as ``kind`` of nodes and edges."""
        import networkx as nx

        graph = nx.Graph()
        graph.add_nodes_from((i, {"kind": kind}) for i, kind in enumerate(self.nodes))
        graph.add_edges_from((u, v, {"kind": kind}) for u, v, kind in self.edges)
        return graph


def listings(spec: GraphSpec, x: Tensor) -> list[Listing]:
    """Graphs int64 [n, c], or the likeliest of relaxed float [n, c, k], as lists; the nodes that there are move up."""
    x = x.detach().cpu()
    x = spec.tidied(x.argmax(2) if x.is_floating_point() else x)
    there = x[:, : spec.nodes] != ABSENT
    place = there.cumsum(1) - 1
    i, j = pairs_of(spec.nodes)
    row, pair = x[:, spec.nodes :].nonzero(as_tuple=True)
    ends = torch.stack([place[row, i[pair]], place[row, j[pair]], x[row, spec.nodes + pair]], 1).tolist()
    found = [Listing([kind for kind in kinds if kind != ABSENT], []) for kinds in x[:, : spec.nodes].tolist()]
    for graph, (u, v, kind) in zip(row.tolist(), ends, strict=True):
        found[graph].edges.append((u, v, kind))
    return found
