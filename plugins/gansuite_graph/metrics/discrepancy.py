"""The squared maximum mean discrepancy of two sets of any sizes, whole and without each block of rows."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import one_hot

from .kernels import GraphKernel

EstimatorName = Literal["u-statistic", "v-statistic"]

TILE = 1 << 21  # elements of kernel matrices held at a time: 16 MiB


def across(
    kernel: GraphKernel,
    x: Float[Tensor, "n d"],
    y: Float[Tensor, "m d"],
    x_labels: Int64[Tensor, " n"],
    y_labels: Int64[Tensor, " m"],
) -> Float[Tensor, "s b b"]:
    """Sums of the kernel over each pair of blocks, the first of ``x`` and the second of ``y``, at each bandwidth."""
    rows, columns = members(x, x_labels), members(y, y_labels)
    x, y = kernel.embedded(x), kernel.embedded(y)
    rate, total = max(1, TILE // (len(y) * max(1, len(kernel.sigma)))), 0.0
    for part, own in zip(x.split(rate), rows.split(rate), strict=True):
        total = total + own.T @ (kernel.values(part, y) @ columns)
    assert isinstance(total, Tensor)
    return total.cpu()


def within(
    kernel: GraphKernel, x: Float[Tensor, "n d"], labels: Int64[Tensor, " n"], estimator: EstimatorName
) -> Float[Tensor, "s b b"]:
    """Sums over pairs of one set by blocks: of different rows (U), or of a row with itself as well (V)."""
    found = across(kernel, x, x, labels, labels)
    if estimator == "u-statistic":
        found -= torch.diag_embed(kernel.self_values(x) @ members(x, labels)).cpu()
    return found


def squared_mmd(
    xx: Float[Tensor, "s b b"],
    yy: Float[Tensor, "s b b"],
    xy: Float[Tensor, "s b b"],
    x_labels: Int64[Tensor, " n"],
    y_labels: Int64[Tensor, " m"],
    estimator: EstimatorName,
) -> np.ndarray:
    """MMD² of all rows and without each block, [B + 1], of one block [1]; of several bandwidths the largest.

        U  Σ_{i≠j} k(x_i, x_j) / n (n - 1) + Σ_{i≠j} k(y_i, y_j) / m (m - 1) - 2 Σ_ij k(x_i, y_j) / n m
        V  the same with the pairs of a row with itself, and n², m²

    U is 0 in expectation for equal laws, and may be negative; V is biased upwards by about (1/n + 1/m)(1 - E k), and
    is what the published tables have.

    Source: Gretton et al., JMLR 13 (2012), eq. 3 and 5.
    """
    n, m = left(x_labels), left(y_labels)
    pairs = (n * (n - 1), m * (m - 1)) if estimator == "u-statistic" else (n * n, m * m)
    found = remaining(xx) / pairs[0] + remaining(yy) / pairs[1] - 2 * remaining(xy) / (n * m)
    return found.max(0)


def members(x: Tensor, labels: Int64[Tensor, " n"]) -> Float[Tensor, "n b"]:
    """Which block each row is in."""
    return one_hot(labels).to(x)


def left(labels: Int64[Tensor, " n"]) -> np.ndarray:
    """How many rows there are, and without each block, if there are several."""
    blocks = np.bincount(labels.numpy())
    return len(labels) - np.concatenate([[0], blocks if len(blocks) > 1 else []])


def remaining(sums: Float[Tensor, "s b b"]) -> np.ndarray:
    """Sums over all pairs, and over those that have no row in block 0, 1 ...: [s, B + 1], or [s, 1] of one block."""
    whole = sums.sum((1, 2)).unsqueeze(1)
    if sums.shape[1] == 1:
        return whole.numpy()
    parts = whole - sums.sum(1) - sums.sum(2) + sums.diagonal(dim1=1, dim2=2)
    return torch.cat([whole, parts], 1).numpy()
