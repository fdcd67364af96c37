"""How often each node of a graph stands at each place of each connected graph on up to four nodes.

The counts of copies that need not be induced are sums of products of adjacency, degrees and common neighbours; the
induced ones follow by taking away, from the densest graph down, what each denser one holds of the sparser.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

ORBITS = (
    "edge",
    "path of 3: end",
    "path of 3: middle",
    "triangle",
    "path of 4: end",
    "path of 4: middle",
    "claw: leaf",
    "claw: centre",
    "square",
    "paw: tail",
    "paw: base",
    "paw: joint",
    "diamond: of degree 2",
    "diamond: of degree 3",
    "clique of 4",
)
"""The 15 orbits, numbered from 0 as Pržulj (2007) and ORCA do."""

BUDGET = 1 << 22  # elements of the matrices among later neighbours held at a time: 16 MiB


def orbit_counts(adjacency: Bool[Tensor, "n N N"]) -> Float[Tensor, "n N 15"]:
    """Of each node, how many induced connected subgraphs on 2 to 4 nodes hold it at each of the 15 orbits.

    Exact integers, as float64. With A the adjacency, d the degrees, C = A² the common neighbours of two nodes, and t
    the triangles at a node, the copies at node i that need not be induced are

        path of 4   end (A A (d - 1))_i - d_i (d_i - 1) - 2 t_i        middle (d_i - 1)(A (d - 1))_i - 2 t_i
        claw        leaf Σ_j A_ij binom(d_j - 1, 2)                    centre binom(d_i, 3)
        square      Σ_{j≠i} binom(C_ij, 2)
        paw         tail (A t)_i - 2 t_i      base Σ_j A_ij C_ij (d_j - 2)      joint t_i (d_i - 2)
        diamond     of degree 2: ½ Σ_jk A_ij A_jk A_ki (C_jk - 1)      of degree 3: Σ_j A_ij binom(C_ij, 2)

    Nodes that are not there have no edges, and so counts of 0.

    Args:
        adjacency: symmetrical, without a diagonal.

    Source: the orbits of Pržulj, Bioinformatics 23 (2007), in the order of Hočevar & Demšar, ORCA, Bioinformatics 30
    (2014); the sums are our own, and held against enumeration.
    """
    a = adjacency.double()
    d, common = a.sum(2), a @ a
    shared = a * common  # common neighbours of neighbours: triangles on an edge
    t = shared.sum(2) / 2
    cliques = clique_counts(adjacency).double()

    def over(values: Float[Tensor, "n N"], weights: Float[Tensor, "n N N"] = a) -> Float[Tensor, "n N"]:
        """Sum over neighbours."""
        return (weights @ values.unsqueeze(2)).squeeze(2)

    diamond3 = (shared * (shared - 1)).sum(2) / 2 - 3 * cliques
    diamond2 = (a @ (shared - a) * a).sum(2) / 2 - 3 * cliques
    paired = common * (common - 1) / 2
    square = paired.sum(2) - paired.diagonal(dim1=1, dim2=2) - diamond2 - diamond3 - 3 * cliques
    tail = over(t) - 2 * t - 2 * diamond2 - 3 * cliques
    base = over(d - 2, shared) - 2 * (diamond2 + diamond3) - 6 * cliques
    joint = t * (d - 2) - 2 * diamond3 - 3 * cliques
    leaf = over((d - 1) * (d - 2)) / 2 - tail - base - 2 * diamond2 - diamond3 - 3 * cliques
    centre = d * (d - 1) * (d - 2) / 6 - joint - diamond3 - cliques
    beyond = over(d - 1)
    end = over(beyond) - d * (d - 1) - 2 * t
    end = end - 2 * square - 2 * tail - base - 4 * diamond2 - 2 * diamond3 - 6 * cliques
    middle = (d - 1) * beyond - 2 * t
    middle = middle - 2 * square - base - 2 * joint - 2 * diamond2 - 4 * diamond3 - 6 * cliques
    three = beyond - 2 * t, d * (d - 1) / 2 - t, t
    return torch.stack(
        [d, *three, end, middle, leaf, centre, square, tail, base, joint, diamond2, diamond3, cliques], 2
    )


def clique_counts(adjacency: Bool[Tensor, "n N N"]) -> Float[Tensor, "n N"]:
    """Of each node, the cliques of four that hold it.

    With the nodes in the order of their degrees, a clique is found at its first node, as a triangle among that node's
    later neighbours. There are at most sqrt(2 E) of those, and few in sparse graphs, whatever N; so the matrices
    among them are small, and are multiplied in batches of nodes that have about as many.
    """
    n, nodes, _ = adjacency.shape
    rank = adjacency.sum(2).argsort(dim=1, stable=True).argsort(1)
    later = adjacency & (rank.unsqueeze(1) > rank.unsqueeze(2))
    widths, targets = later.sum(2).flatten(), later.nonzero()[:, 2]
    starts = widths.cumsum(0) - widths
    found = torch.zeros(n * nodes, dtype=torch.float64, device=adjacency.device)
    rows = widths.argsort(descending=True)
    rows = rows[widths[rows] >= 3]
    while len(rows):
        width = int(widths[rows[0]])  # the widest first: a batch is padded to it
        some, rows = rows.tensor_split([min(len(rows), max(1, BUDGET // width**2))])
        places = torch.arange(width, device=rows.device)
        there = places < widths[some].unsqueeze(1)
        others = targets[(starts[some].unsqueeze(1) + places).clamp_max(len(targets) - 1)]
        add_triangles(found, adjacency, some, others, there)
    return found.view(n, nodes)


def add_triangles(
    found: Float[Tensor, " m"],
    adjacency: Bool[Tensor, "n N N"],
    rows: Int64[Tensor, " r"],
    others: Int64[Tensor, "r w"],
    there: Bool[Tensor, "r w"],
) -> None:
    """Count the triangles among each row's ``others`` that are ``there``, at the row's node and at their own."""
    graph = rows // adjacency.shape[1]
    own = adjacency[graph[:, None, None], others.unsqueeze(2), others.unsqueeze(1)]
    own = (own & there.unsqueeze(2) & there.unsqueeze(1)).float()
    triangles = ((own @ own) * own).sum(2).double() / 2
    found.index_add_(0, rows, triangles.sum(1) / 3)
    found.index_add_(0, (graph.unsqueeze(1) * adjacency.shape[1] + others).flatten(), triangles.flatten())
