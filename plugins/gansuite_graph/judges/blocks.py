"""Graphs of blocks: the likeliest partition, and whether its densities are those of the law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Int64
from numpy.typing import NDArray
from torch import Tensor

from ..listing import listings
from ..spec import GraphSpec

LEVEL = 0.01
"""Share of graphs of the law itself that the test of densities turns down."""


@dataclass(frozen=True)
class Blocks:
    """Valid are graphs that a stochastic block model of known densities may well have drawn.

    With p an edge's probability within blocks and q that between them:

    1. The nodes are parted so that the partition b is likely, by local search for the greatest
       Σ_{i<j, b_i = b_j} s_ij, s_ij = log p/q for an edge and log (1-p)/(1-q) for none: blocks are merged, and nodes
       moved, while that gains. Then blocks below the least size, or beyond the greatest number, are dissolved, the
       smallest first, each node joining the block where it gains most; and nodes are moved again within the bounds.
    2. The number of blocks and the size of each must be within ``blocks`` and ``sizes``.
    3. For each pair of blocks r <= s, of n_rs pairs of nodes with m_rs edges, the law has m_rs ~ Binomial(n_rs, p_rs),
       p_rs being p or q. The likelihood-ratio statistic
       G = 2 Σ_{r<=s} [m log(m / n p_rs) + (n - m) log((n - m) / n (1 - p_rs))] is about chi-squared with one degree of
       freedom for each pair of blocks, and must not be beyond its 1 - ``level`` quantile.

    So about 99 in 100 graphs of the law pass. Nothing is asked about *which* pairs within a block have the edges. It is
    no other test's number: SPECTRE's takes the partition of graph-tool and compares mean densities by Wald's test.

    Args:
        spec: the domain.
        within: p.
        between: q, below p.
        blocks: the fewest and the most.
        sizes: of a block, the least and the greatest.
        connected: whether the graph must be of one piece.
        level: of the test.

    Source: Wilks, Annals of Mathematical Statistics 9 (1938), for the statistic.
    """

    spec: GraphSpec
    within: float
    between: float
    blocks: tuple[int, int]
    sizes: tuple[int, int]
    connected: bool = False
    level: float = LEVEL

    @classmethod
    def sbm(
        cls,
        spec: GraphSpec,
        p_in: float = 0.3,
        p_out: float = 0.005,
        blocks: tuple[int, int] = (2, 5),
        sizes: tuple[int, int] = (20, 40),
    ) -> Blocks:
        """The judge of ``sbm``."""
        return cls(spec, p_in, p_out, blocks, sizes)

    @classmethod
    def community(
        cls, spec: GraphSpec, p_in: float = 0.7, p_out: float = 0.05, sizes: tuple[int, int] = (6, 10)
    ) -> Blocks:
        """The judge of ``community``: two blocks, and a connected graph."""
        return cls(spec, p_in, p_out, (2, 2), sizes, connected=True)

    def valid(self, x: Int64[Tensor, "n c"]) -> Bool[Tensor, " n"]:
        """Which graphs pass."""
        from .connected import connected, dense_parts

        found = []
        for graph in listings(self.spec, x):
            matrix = np.zeros((len(graph.nodes),) * 2, np.float64)
            for u, v, _ in graph.edges:
                matrix[u, v] = matrix[v, u] = 1
            found.append(len(matrix) > 0 and self.passes(matrix))
        good = torch.tensor(found, dtype=torch.bool, device=x.device)
        return good & torch.cat([connected(part) for part in dense_parts(self.spec, x)]) if self.connected else good

    def passes(self, matrix: NDArray[np.float64]) -> bool:
        """Whether one graph passes."""
        from scipy.stats import chi2

        member = self.partition(matrix)
        sizes = member.sum(0)
        (fewest, most), (least, greatest) = self.blocks, self.sizes
        if not fewest <= len(sizes) <= most or sizes.min() < least or sizes.max() > greatest:
            return False
        statistic, freedom = self.deviance(matrix, member)
        return bool(statistic <= chi2.ppf(1 - self.level, freedom))

    def partition(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """The partition that is found, as a matrix [N, blocks] of zeros and ones."""
        edge, none = np.log(self.within / self.between), np.log((1 - self.within) / (1 - self.between))
        gain = np.where(matrix > 0, edge, none)
        np.fill_diagonal(gain, 0)
        member = moved(gain, merged(gain), (0, len(gain)))
        while member.shape[1] > 1 and (member.shape[1] > self.blocks[1] or member.sum(0).min() < self.sizes[0]):
            member = dissolved(gain, member, int(member.sum(0).argmin()), self.sizes[1])
        return moved(gain, member, self.sizes)

    def deviance(self, matrix: NDArray[np.float64], member: NDArray[np.float64]) -> tuple[float, int]:
        """G and its degrees of freedom; pairs of blocks without a pair of nodes do not count."""
        from scipy.special import xlogy

        sizes = member.sum(0)
        edges, pairs = member.T @ matrix @ member, np.outer(sizes, sizes)
        np.fill_diagonal(edges, np.diag(edges) / 2)
        np.fill_diagonal(pairs, sizes * (sizes - 1) / 2)
        r, s = np.triu_indices(len(sizes))
        m, n, p = edges[r, s], pairs[r, s], np.where(r == s, self.within, self.between)
        r = n > 0
        m, n, p = m[r], n[r], p[r]
        each = xlogy(m, m / (n * p)) + xlogy(n - m, (n - m) / (n * (1 - p)))
        return float(2 * each.sum()), len(m)


def merged(gain: NDArray[np.float64]) -> NDArray[np.float64]:
    """Blocks merged from single nodes, those two with the greatest mean gain first, while it is above 0."""
    member, joint, size = np.eye(len(gain)), gain.copy(), np.ones(len(gain))
    while len(size) > 1:
        mean = joint / np.outer(size, size)
        np.fill_diagonal(mean, -np.inf)
        a, b = sorted(np.unravel_index(mean.argmax(), mean.shape))
        if mean[a, b] <= 0:
            break
        for table in (member.T, joint, joint.T, size):
            table[a] += table[b]
        member, size = np.delete(member, b, 1), np.delete(size, b)
        joint = np.delete(np.delete(joint, b, 0), b, 1)
    return member


def moved(gain: NDArray[np.float64], member: NDArray[np.float64], sizes: tuple[int, int]) -> NDArray[np.float64]:
    """Single nodes moved to the block where they gain most, the greatest gain first, while the sizes allow one."""
    member = member.copy()
    while True:
        worth, size = gain @ member, member.sum(0)
        better = worth - (worth * member).sum(1, keepdims=True)
        better[member @ size <= sizes[0]] = 0
        better[:, size >= sizes[1]] = 0
        node, block = np.unravel_index(better.argmax(), better.shape)
        if better[node, block] <= 1e-9:
            return member[:, member.any(0)]
        member[node], member[node, block] = 0, 1


def dissolved(gain: NDArray[np.float64], member: NDArray[np.float64], block: int, most: int) -> NDArray[np.float64]:
    """The partition without a block: its nodes join others with room, the one that gains most first."""
    lone = list(np.flatnonzero(member[:, block]))
    member = np.delete(member, block, 1)
    while lone:
        worth = np.where(member.sum(0) < most, gain[lone] @ member, -np.inf)
        k, into = np.unravel_index(worth.argmax(), worth.shape)
        member[lone.pop(k), into] = 1
    return member
