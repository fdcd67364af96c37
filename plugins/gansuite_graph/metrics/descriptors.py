"""What a graph is described by: histograms of degrees, clustering and spectrum, and counts of 4-node orbits.

All are exact, the same for every order of the nodes, and computed for a whole batch at a time. An edge counts by its
presence, whatever its type. A graph without nodes is described as a single node is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from ..dense import Dense
from .orbits import orbit_counts

BINS = {"clustering": 100, "spectrum": 200}
"""Bins of the histograms whose number is a choice: those of GraphRNN, and of GRAN."""

LOWEST = -1e-5  # where the spectrum's first bin begins: an eigenvalue of 0 is within it, whichever way it is rounded


def degree_histograms(graphs: Dense) -> Float[Tensor, "n N"]:
    """The share of nodes with 0, 1 ... N - 1 neighbours."""
    there, degrees = present(graphs), edges_of(graphs).sum(2)
    return shares(degrees, there, graphs.mask.shape[1])


def clustering_coefficients(graphs: Dense) -> Float[Tensor, "n N"]:
    """c_i = 2 t_i / (d_i (d_i - 1)) with t_i the triangles at a node of d_i neighbours; 0 where d_i < 2.

    Source: Watts & Strogatz, Nature 393 (1998); as networkx's ``clustering``.
    """
    a = edges_of(graphs).double()
    degrees = a.sum(2)
    return (a @ a * a).sum(2) / (degrees * (degrees - 1)).clamp_min(1)


def clustering_histograms(graphs: Dense, bins: int = BINS["clustering"]) -> Float[Tensor, "n b"]:
    """The share of nodes by their clustering coefficient, in ``bins`` on [0, 1]."""
    return shares(binned(clustering_coefficients(graphs), 0.0, 1.0, bins), present(graphs), bins)


def orbit_means(graphs: Dense) -> Float[Tensor, "n 15"]:
    """The mean over nodes of the counts of all 15 orbits; see :func:`gansuite_graph.metrics.orbits.orbit_counts`."""
    return orbit_counts(edges_of(graphs)).sum(1) / present(graphs).sum(1, keepdim=True)


def laplacian_spectrum(graphs: Dense) -> Float[Tensor, "n N"]:
    """The eigenvalues of I - D^{-1/2} A D^{-1/2} in ascending order, with NaN behind those of a smaller graph.

    A node without edges has a row of zeros, as in networkx's ``normalized_laplacian_matrix``, and so an eigenvalue 0.

    Source: Chung, Spectral Graph Theory (1997).
    """
    a, nodes = edges_of(graphs).double(), graphs.mask.shape[1]
    degrees = a.sum(2)
    scale = degrees.clamp_min(1).rsqrt()
    matrix = torch.diag_embed((degrees > 0).double()) - scale.unsqueeze(2) * a * scale.unsqueeze(1)
    there = present(graphs)
    matrix = matrix + torch.diag_embed(3.0 * ~there)  # above all that a graph has: the last to come
    found, own = torch.linalg.eigvalsh(matrix), torch.arange(nodes, device=a.device) < there.sum(1, keepdim=True)
    return torch.where(own, found, torch.nan)


def spectrum_histograms(graphs: Dense, bins: int = BINS["spectrum"]) -> Float[Tensor, "n b"]:
    """The share of eigenvalues of the normalised Laplacian in ``bins`` on [-0.00001, 2].

    One that is rounded to above 2, as bipartite graphs have, counts as 2; numpy's histogram loses it.
    """
    found = laplacian_spectrum(graphs)
    there = ~found.isnan()
    return shares(binned(found.nan_to_num().clamp(LOWEST, 2.0), LOWEST, 2.0, bins), there, bins)


DESCRIPTORS: dict[str, Callable[..., Tensor]] = {
    "degree": degree_histograms,
    "clustering": clustering_histograms,
    "orbit": orbit_means,
    "spectrum": spectrum_histograms,
}
"""Descriptors of a batch of graphs, [n, d], by the name of the statistic; d of ``degree`` is the room for nodes."""


def descriptor_of(statistic: str, bins: int | None = None) -> Callable[[Dense], Tensor]:
    """The descriptor of that name, with another number of bins where it has any to choose."""
    found = DESCRIPTORS[statistic]
    return partial(found, bins=bins) if bins is not None and statistic in BINS else found


def edges_of(graphs: Dense) -> Bool[Tensor, "n N N"]:
    """Which pairs are joined by an edge of any type."""
    return graphs.adjacency > 0.5


def present(graphs: Dense) -> Bool[Tensor, "n N"]:
    """Which nodes are there; where none is, the first."""
    there = graphs.mask > 0.5
    there[:, 0] |= ~there.any(1)
    return there


def binned(values: Float[Tensor, "n N"], low: float, high: float, bins: int) -> Int64[Tensor, "n N"]:
    """The number of the bin of each value, as numpy's ``histogram`` has it: an edge belongs to the bin above it."""
    edges = torch.from_numpy(np.linspace(low, high, bins + 1)).to(values.device)
    return (torch.searchsorted(edges, values.contiguous(), right=True) - 1).clamp(0, bins - 1)


def shares(numbers: Int64[Tensor, "n N"], there: Bool[Tensor, "n N"], bins: int) -> Float[Tensor, "n b"]:
    """The share of each number among those that are there, in each row; as float64."""
    counts = torch.zeros(len(numbers), bins, dtype=torch.float64, device=numbers.device)
    counts.scatter_add_(1, numbers.clamp_max(bins - 1), there.double())
    return counts / there.sum(1, keepdim=True)
