"""Nodes of many small graphs put into blocks, all graphs at once and without chance."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import one_hot

ROUNDS = 20
"""Of Lloyd's algorithm, and of moves that raise the likelihood."""


def spectral(adjacency: Float[Tensor, "n N N"], there: Float[Tensor, "n N"], blocks: int) -> Int64[Tensor, "n N"]:
    """The block 0 ... k - 1 of each node, by k-means of its coordinates in the k leading eigenvectors.

    The matrix is D^-½ (A + I) D^-½, leading means largest in absolute value, so that blocks which shun themselves are
    found as well, and rows have length 1 (Ng, Jordan & Weiss 2001; Rohe, Chatterjee & Yu 2011). The first centre is
    the node of the largest degree, every other one the node farthest from those before it.
    """
    looped = adjacency + torch.diag_embed(there)
    degrees = looped.sum(2)
    scale = degrees.clamp_min(1e-12).rsqrt() * there
    values, vectors = torch.linalg.eigh(scale.unsqueeze(2) * looped * scale.unsqueeze(1))
    leading = values.abs().topk(min(blocks, values.shape[1]), 1).indices
    points = vectors.gather(2, leading.unsqueeze(1).expand(-1, vectors.shape[1], -1))
    points = torch.nn.functional.normalize(points, dim=2) * there.unsqueeze(2)
    return k_means(points, there, degrees, blocks)


def k_means(
    points: Float[Tensor, "n N d"], there: Float[Tensor, "n N"], weights: Float[Tensor, "n N"], blocks: int
) -> Int64[Tensor, "n N"]:
    """Lloyd's algorithm from the heaviest point and the farthest of the rest."""
    rows = torch.arange(len(points), device=points.device)
    centres = points[rows, (weights * there).argmax(1)].unsqueeze(1)
    for _ in range(1, blocks):
        apart = torch.cdist(points, centres).amin(2) - 10 * (1 - there)
        centres = torch.cat([centres, points[rows, apart.argmax(1)].unsqueeze(1)], 1)
    member = torch.zeros_like(there, dtype=torch.int64)
    for _ in range(ROUNDS):
        member = torch.cdist(points, centres).argmin(2)
        of = one_hot(member, blocks).to(points) * there.unsqueeze(2)
        sums, counts = of.transpose(1, 2) @ points, of.sum(1).unsqueeze(2)
        centres = torch.where(counts > 0, sums / counts.clamp_min(1), centres)
    return member
