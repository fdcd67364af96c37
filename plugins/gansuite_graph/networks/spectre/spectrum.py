"""What SPECTRE conditions on: the first eigenvalues and eigenvectors of a graph's Laplacian that tell something."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.layers import full_precision

BEYOND = 4.0
"""An eigenvalue for nodes that are not there: behind all of a normalised Laplacian, which are at most 2."""
DIGITS = 4
"""Decimals by which nodes are sorted, so that equal nodes are not ordered by rounding errors."""


class Spectrum(NamedTuple):
    """k eigenvalues in ascending order, and their eigenvectors as columns; zeros where a graph has not so many."""

    values: Float[Tensor, "n k"]
    vectors: Float[Tensor, "n N k"]


def spectrum(adjacency: Float[Tensor, "n N N"], mask: Float[Tensor, "n N"], k: int) -> Spectrum:
    """The eigenpairs 2 ... k + 1 of L = I - D^(-1/2) A D^(-1/2): the first, λ = 0, says the degrees only.

    Rows of nodes without edges are 0 in L. The signs are those of ``signed``.

    Source: section 4 (the normalised Laplacian, its trivial pair left out).
    """
    with full_precision(adjacency.device):
        a = adjacency if adjacency.dtype == torch.float64 else adjacency.float()
        degree = a.sum(2)
        scale = torch.where(degree > 0, degree.clamp_min(1e-6).rsqrt(), 0.0)
        laplacian = torch.diag_embed((degree > 0).to(a.dtype)) - scale.unsqueeze(2) * a * scale.unsqueeze(1)
        values, vectors = torch.linalg.eigh(laplacian + torch.diag_embed(BEYOND * (1 - mask.to(a.dtype))))
    missing = max(0, k + 1 - values.shape[1])
    values = torch.nn.functional.pad(values[:, 1 : k + 1], (0, missing))
    vectors = torch.nn.functional.pad(vectors[:, :, 1 : k + 1], (0, missing))
    there = kept(mask, k).to(values.dtype)
    vectors = vectors * there.unsqueeze(1) * mask.to(values.dtype).unsqueeze(2)
    return Spectrum((values * there).clamp_min(0), signed(vectors))


def kept(mask: Float[Tensor, "n N"], k: int) -> Bool[Tensor, "n k"]:
    """Which of the k eigenpairs a graph has: m nodes have m - 1 besides the first."""
    return torch.arange(k, device=mask.device) < mask.sum(1, keepdim=True) - 1


def signed(vectors: Float[Tensor, "n N k"]) -> Float[Tensor, "n N k"]:
    """The eigenvectors with the sign that makes their entry of the largest size positive."""
    largest = vectors.gather(1, vectors.detach().abs().argmax(1, keepdim=True))
    return torch.where(largest < 0, -vectors, vectors)


def order(vectors: Float[Tensor, "n N k"], mask: Float[Tensor, "n N"]) -> Int64[Tensor, "n N"]:
    """The nodes sorted by their entries in the first vector, then the second ...; those that are not there last.

    Two graphs whose nodes are in this order can be interpolated: like stands by like.
    """
    found = torch.arange(mask.shape[1], device=mask.device).expand(mask.shape)
    keys = [*vectors.detach().unbind(2)[::-1], 1 - mask]  # stable sorts, the weightiest key last
    for key in keys:
        found = found.gather(1, key.gather(1, found).round(decimals=DIGITS).argsort(dim=1, stable=True))
    return found
