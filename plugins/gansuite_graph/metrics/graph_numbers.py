"""Numbers that describe one large graph, from its sparse form: no N x N matrix is ever made."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from ..csr import Csr
from ..walks.second_order import Edges

WORDS = 64
"""Blocks of 64 sources whose distances are taken together."""


def graph_numbers(graph: Csr) -> Mapping[str, float]:
    """The statistics of NetGAN's table under their right names, and two more.

    With degrees d_i of N nodes, M edges, and triangles counted once each:

    ================== ======================================================================================
    ``largest-degree``    max d_i
    ``smallest-degree``   min d_i
    ``mean-degree``       2 M / N
    ``largest-component`` nodes of the largest connected component
    ``components``        connected components, single nodes among them
    ``wedges``            Σ d_i (d_i - 1) / 2
    ``claws``             Σ d_i (d_i - 1) (d_i - 2) / 6
    ``triangles``         triples of nodes that are all neighbours
    ``cliques-4``         fours of nodes that are all neighbours ("square count" in the reference)
    ``power-law``         1 + n / Σ log(d_i / d_min) over the n nodes with an edge, d_min the least degree among them
    ``gini``              2 Σ i d_(i) / (N Σ d_i) - (N + 1) / N, degrees ascending
    ``edge-entropy``      -Σ (d_i / 2M) log(d_i / 2M) / log N
    ``assortativity``     correlation of the degrees at the ends of an edge; 0 where all are alike
    ``transitivity``      3 triangles / wedges
    ``triangles-claws``   3 triangles / claws ("clustering coefficient" in the reference)
    ``path-length``       mean distance of the pairs that a path joins
    ================== ======================================================================================

    A ratio without anything below the line is 0; so is the power law's exponent where all degrees are alike.

    Source: Bojchevski et al., NetGAN (2018), table 6; Newman (2002) for the assortativity, Clauset et al. (2009) for
    the exponent (continuous), Kunegis & Preusse (2012) for the edge entropy.
    """
    n, d = graph.nodes, graph.degrees.cpu().numpy().astype(np.float64)
    sizes = component_sizes(graph)
    wedges, claws = (d * (d - 1)).sum() / 2, (d * (d - 1) * (d - 2)).sum() / 6
    triangles, fours = cliques(graph)
    share, some = d[d > 0] / max(d.sum(), 1), d[d > 0]
    spread = np.log(some / some.min()).sum() if len(some) else 0.0
    return {
        "largest-degree": float(d.max()),
        "smallest-degree": float(d.min()),
        "mean-degree": float(d.mean()),
        "largest-component": float(sizes.max()),
        "components": float(len(sizes)),
        "wedges": float(wedges),
        "claws": float(claws),
        "triangles": float(triangles),
        "cliques-4": float(fours),
        "power-law": float(1 + len(some) / spread) if spread else 0.0,
        "gini": float(2 * (np.arange(1, n + 1) * np.sort(d)).sum() / (n * max(d.sum(), 1)) - (n + 1) / n),
        "edge-entropy": float(-(share * np.log(share)).sum() / np.log(n)) if n > 1 else 0.0,
        "assortativity": assortativity(graph),
        "transitivity": float(3 * triangles / wedges) if wedges else 0.0,
        "triangles-claws": float(3 * triangles / claws) if claws else 0.0,
        "path-length": path_length(graph),
    }


def component_sizes(graph: Csr) -> np.ndarray:
    """Nodes of each connected component."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    starts, targets = graph.starts.cpu().numpy(), graph.targets.cpu().numpy()
    matrix = csr_matrix((np.ones(len(targets)), targets, starts), (graph.nodes, graph.nodes))
    return np.bincount(connected_components(matrix, directed=False)[1])


def assortativity(graph: Csr) -> float:
    """Pearson's correlation of the degrees at both ends, over edges in both directions."""
    d = graph.degrees.double()
    u, v = d[graph.sources], d[graph.targets]
    if not len(u):
        return 0.0
    centre = u.mean()
    spread = (u - centre).square().mean()
    return float(((u - centre) * (v - centre)).mean() / spread) if spread > 1e-12 else 0.0


def cliques(graph: Csr) -> tuple[int, int]:
    """Triangles, and fours of nodes that are all neighbours.

    Edges lead from the node of smaller degree to the one of larger, so that few lead out of any; a clique is listed
    once, in that order, and grows by those that its last node leads to and all others do too.
    """
    order = torch.argsort(graph.degrees, stable=True)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order), device=order.device)
    ahead = rank[torch.stack([graph.sources, graph.targets])]
    ahead = ahead[:, ahead[0] < ahead[1]]
    keys = (ahead[0] * graph.nodes + ahead[1]).sort().values
    u, v = keys // max(graph.nodes, 1), keys % max(graph.nodes, 1)
    starts = torch.nn.functional.pad(torch.bincount(u, minlength=graph.nodes).cumsum(0), (1, 0))
    edges = Edges(Csr(starts, v))
    triangles = grown(torch.stack([u, v]), starts, v, edges)
    return triangles.shape[1], grown(triangles, starts, v, edges).shape[1]


def grown(
    found: Int64[Tensor, "k m"], starts: Int64[Tensor, " rows"], targets: Int64[Tensor, " entries"], edges: Edges
) -> Int64[Tensor, "more l"]:
    """The cliques of one node more."""
    length = starts.diff()[found[-1]]
    row = torch.repeat_interleave(length)
    within = torch.arange(len(row), device=row.device) - (length.cumsum(0) - length)[row]
    new = targets[starts[found[-1]][row] + within]
    whole = torch.ones_like(new, dtype=torch.bool)
    for other in found[:-1]:
        whole &= edges.have(other[row], new)
    return torch.cat([found[:, row[whole]], new[whole].unsqueeze(0)])


def path_length(graph: Csr) -> float:
    """Mean distance of the pairs of nodes that a path joins; 0 where none are.

    Breadth first from 4,096 nodes at a time: bit s of node i says whether source s has reached i, and a level is one
    "or" over the neighbours of each node.
    """
    total, joined = 0, 0
    starts, targets = graph.starts.cpu().numpy(), graph.targets.cpu().numpy()
    nonempty = np.flatnonzero(np.diff(starts))
    for first in range(0, graph.nodes, 64 * WORDS):
        sources = np.arange(first, min(first + 64 * WORDS, graph.nodes))
        reached = np.zeros((graph.nodes, -(-len(sources) // 64)), np.uint64)
        bit = sources - first
        reached[sources, bit // 64] = np.uint64(1) << (bit % 64).astype(np.uint64)
        fresh, level = reached, 0
        while fresh.any():
            level += 1
            along = np.bitwise_or.reduceat(fresh[targets], starts[nonempty], axis=0) if len(nonempty) else fresh[:0]
            new = np.zeros_like(reached)
            new[nonempty] = along
            new &= ~reached
            reached = reached | new
            count = int(np.bitwise_count(new).sum())
            total, joined, fresh = total + level * count, joined + count, new
    return total / joined if joined else 0.0
