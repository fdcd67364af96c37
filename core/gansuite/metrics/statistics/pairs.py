"""Distances that are means over pairs of rows: U-statistics of a kernel, computed once for all blocks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.two_sample import Side, TwoSample

TILE = 1 << 20  # elements of a kernel matrix held at a time: 8 MiB in float64

Kernel = Callable[[Tensor, Tensor], Tensor]
"""k of each row of a first set with each row of a second one, [n, m]; the tensor is the caller's to change."""


class KernelDistance(TwoSample):
    """The squared distance of two laws by a kernel k, as the exact U-statistic; 0 in expectation for equal laws.

        D² = mean_{i≠j} k(x_i, x_j) + mean_{i≠j} k(y_i, y_j) - 2 mean_{i,j} k(x_i, y_j)

    A subclass gives the kernel, and the constants in it that depend on the real rows.
    """

    @abstractmethod
    def kernel(self, side: Side) -> Kernel:
        """The kernel, with its constants from the real side."""

    def constants(self, real: Float[Tensor, "n d"], seed: int) -> dict[str, Tensor]:
        """What the kernel needs to know of the real rows."""
        return {}

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        side = {"rows": real, **self.constants(real, seed)}
        return {**side, "within": pair_sums(self.kernel(side), real, real, labels)}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        kernel = self.kernel(side)
        within, across = pair_sums(kernel, other, other, labels), pair_sums(kernel, side["rows"], other, labels)
        return squared_distance(side["within"], within, across, len(other), labels)


def pair_sums(
    kernel: Kernel, x: Float[Tensor, "n d"], y: Float[Tensor, "m d"], labels: Int64[Tensor, " n"] | None
) -> Float[Tensor, "b b"]:
    """Sums of the kernel matrix over each pair of blocks; without its diagonal, by its triangle, where ``y`` is ``x``.

    Everything a leave-block-out needs is in this table, so the kernel is computed once, a tile at a time.
    """
    member = torch.ones(len(x), 1) if labels is None else torch.nn.functional.one_hot(labels)
    member = member.to(x)
    total = x.new_zeros(member.shape[1], member.shape[1])
    start = 0
    while start < len(x):
        first = start if y is x else 0  # the columns before it are known from the rows before
        stop = start + max(1, TILE // (len(y) - first))
        values, own = kernel(x[start:stop], y[first:]), member[start:stop]
        if y is x:
            values.diagonal().zero_()
            rest = own.T @ (values[:, len(own) :] @ member[stop:])
            total += own.T @ (values[:, : len(own)] @ own) + rest + rest.T
        else:
            total += own.T @ (values @ member)
        start = stop
    return total.cpu()


def squared_distance(
    xx: Float[Tensor, "b b"],
    yy: Float[Tensor, "b b"],
    xy: Float[Tensor, "b b"],
    n: int,
    labels: Int64[Tensor, " n"] | None,
) -> np.ndarray:
    """D² of all rows and without each block, [B + 1, 1], from the sums within and across the sets."""
    m = np.array([n]) if labels is None else n - np.concatenate([[0], np.bincount(labels.numpy())])
    own, other, cross = (without(sums)[: len(m)] for sums in (xx, yy, xy))
    return ((own + other) / (m * (m - 1)) - 2 * cross / m**2)[:, None]


def without(sums: Float[Tensor, "b b"]) -> np.ndarray:
    """Sum over all pairs, and over those that have no row in block 0, 1, ...: [B + 1]."""
    whole = sums.sum()
    return torch.cat([whole[None], whole - sums.sum(0) - sums.sum(1) + sums.diagonal()]).numpy()


def squared_lengths(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    """|x_i - y_j|² by one product."""
    norms = x.square().sum(1, keepdim=True) + y.square().sum(1)
    return torch.addmm(norms, x, y.T, alpha=-2).clamp_min_(0)
