"""Breadth-first trees of one graph, of many roots at once."""

from __future__ import annotations

import torch
from jaxtyping import Int64
from torch import Tensor

from ..csr import Csr

CELLS = 1 << 24
"""Entries of the graph, times roots, that are looked at together."""


def breadth_first(graph: Csr, roots: Int64[Tensor, " b"]) -> Int64[Tensor, "b N"]:
    """The parent of every node in the breadth-first tree of each root; a root is its own.

    Among the nodes of the level before that are its neighbours, a node's parent is the one with the least number. What
    no path reaches hangs on the root, as if it were a neighbour. One level of all trees is one pass over the edges.
    """
    if graph.targets.is_meta:
        return roots.new_empty(len(roots), graph.nodes)
    size = max(1, CELLS // max(1, len(graph.targets)))
    parts = [together(graph, part) for part in roots.split(size)]
    return torch.cat(parts) if parts else roots.new_empty(0, graph.nodes)


def together(graph: Csr, roots: Int64[Tensor, " b"]) -> Int64[Tensor, "b N"]:
    """The trees of a few roots, told by columns, so that an edge of all trees is a row."""
    n, before, after = graph.nodes, graph.sources, graph.targets
    depth = torch.full((n, len(roots)), n, dtype=torch.int32, device=roots.device)
    depth[roots, torch.arange(len(roots), device=roots.device)] = 0
    level, far = depth == 0, 0
    while bool(level.any()):
        far += 1
        reached = torch.zeros(depth.shape, device=roots.device).index_add_(0, after, level[before].float())
        level = (reached > 0) & (depth == n)
        depth.masked_fill_(level, far)
    nearer = torch.where(depth[before] + 1 == depth[after], before.int().unsqueeze(1), n)
    parents = torch.full_like(depth, n).scatter_reduce_(0, after.unsqueeze(1).expand_as(nearer), nearer, "amin")
    return torch.where(parents == n, roots.int(), parents).T.long()
