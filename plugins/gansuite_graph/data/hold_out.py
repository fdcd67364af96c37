"""Edges held out of one graph, what is left staying connected, and as many pairs without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..csr import Csr
from .one_graph import matrix

ENUMERATED = 1 << 22
"""Pairs of nodes, up to which all of them are laid out."""


@dataclass(frozen=True)
class HeldOut:
    """What is left to train on, and by split the edges held out and as many pairs that are no edge of the whole."""

    train: Csr
    edges: Mapping[str, Int64[Tensor, "2 m"]]
    non_edges: Mapping[str, Int64[Tensor, "2 m"]]


def hold_out(graph: Csr, shares: Mapping[str, float], seed: int) -> HeldOut:
    """Hold out a share of the edges for each split, none of a spanning tree that is drawn by random weights.

    Args:
        graph: connected.
        shares: of all edges, by split.
        seed: of the tree, the edges and the pairs.

    Raises:
        UserError: too few edges outside a tree, or too few pairs without an edge.

    Source: Bojchevski et al., NetGAN (2018), section 4.1.
    """
    sizes = {split: round(share * graph.edges) for split, share in shares.items()}
    total = sum(sizes.values())
    edges = graph.edge_index()
    if total == 0:
        none = {split: edges[:, :0] for split in shares}
        return HeldOut(graph, none, none)
    rng = Rng(seed, "network", "held out")
    free = torch.ones(graph.edges, dtype=torch.bool)
    free[spanning_tree(graph, rng)] = False
    loose = free.nonzero().squeeze(1)
    room = graph.nodes * (graph.nodes - 1) // 2 - graph.edges
    if total > min(len(loose), room):
        raise UserError(
            f"held_out: {total} edges and as many pairs without one are asked for; {len(loose)} edges lie outside a "
            f"spanning tree and {room} pairs have none: give smaller shares, or held_out = {{}}"
        )
    chosen = loose[torch.randperm(len(loose), generator=rng.stream())[:total]]
    left = torch.ones(graph.edges, dtype=torch.bool)
    left[chosen] = False
    pairs = absent_pairs(graph, total, rng)
    parts = list(sizes.values())
    return HeldOut(
        Csr.of_edges(edges[:, left], graph.nodes),
        dict(zip(sizes, edges[:, chosen].split(parts, 1), strict=True)),
        dict(zip(sizes, pairs.split(parts, 1), strict=True)),
    )


def spanning_tree(graph: Csr, rng: Rng) -> Int64[Tensor, " n"]:
    """Numbers of the edges of the least spanning tree under random weights."""
    from scipy.sparse.csgraph import minimum_spanning_tree

    number = graph.edges
    rank = 1 + torch.randperm(number, generator=rng.stream())  # of each edge; no two alike, none 0
    ends = torch.stack([graph.sources, graph.targets])
    keys = ends.min(0).values * graph.nodes + ends.max(0).values
    edges = graph.edge_index()
    place = torch.searchsorted(edges[0] * graph.nodes + edges[1], keys)
    tree = minimum_spanning_tree(matrix(graph, rank[place].double().numpy()))
    edge_of = torch.empty(number + 1, dtype=torch.int64)
    edge_of[rank] = torch.arange(number)
    return edge_of[torch.from_numpy(tree.data).long()].unique()


def absent_pairs(graph: Csr, count: int, rng: Rng) -> Int64[Tensor, "2 count"]:
    """Different pairs u < v without an edge, drawn alike from all of them."""
    n, edges = graph.nodes, graph.edge_index()
    taken = edges[0] * n + edges[1]
    if n * (n - 1) // 2 <= ENUMERATED:
        u, v = torch.triu_indices(n, n, 1)
        keys = u * n + v
        keys = keys[~torch.isin(keys, taken)]
        keys = keys[torch.randperm(len(keys), generator=rng.stream())[:count]]
        return torch.stack([keys // n, keys % n])
    found = taken[:0]
    while len(found) < count:  # large graphs are sparse: a round or two
        u, v = torch.randint(0, n, (2, 2 * count), generator=rng.stream())
        keys = torch.where(u < v, u * n + v, v * n + u)
        keys = torch.cat([found, keys[(u != v) & ~torch.isin(keys, taken)]])
        found = first_of_each(keys)
    return torch.stack([found[:count] // n, found[:count] % n])


def first_of_each(keys: Int64[Tensor, " k"]) -> Int64[Tensor, " m"]:
    """Different values in the order of their first appearance."""
    values, where = keys.unique(return_inverse=True)
    first = torch.full_like(values, len(keys)).scatter_reduce_(0, where, torch.arange(len(keys)), "amin")
    return keys[first.sort().values]
