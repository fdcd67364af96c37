"""Stochastic block models, one fitted to each training graph."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import one_hot

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng

from ...dense import Dense
from ...spec import pairs_of
from .fitted_graphs import FittedGraphs, drawn, shares, some_of, uniform
from .partition import ROUNDS, spectral

GRAPHS = 256
"""Fitted at a time."""


class Blocks(NamedTuple):
    """A partition of graphs and what it is worth."""

    member: Int64[Tensor, "n N"]
    bonds: Float[Tensor, "n K K t"]
    worth: Float[Tensor, " n"]


class StochasticBlocks(FittedGraphs):
    """A training graph's blocks z and the shares B of types of pairs between them:  x_ij ~ B_(z_i z_j), independently.

    Every training graph has a block model of its own, and a sample has the model of one of them, each as likely as the
    next: what a graph's blocks do not say of it is drawn anew. For k = 1 ... ``blocks`` nodes are parted by the
    spectrum, then moved to the block that makes their pairs likeliest as long as that helps, and k is the one with
    the largest integrated classification likelihood,

        ICL(k) = log p(x, z | B, π) - ¼ k (k + 1) R log (m (m - 1) / 2) - ½ (k - 1) log m

    with R types of edges, m nodes, and π the shares of the blocks. Nothing of it is random. Before it is fitted all
    types are equally likely.

    Args:
        blocks: the most blocks that are tried.
        keep: training graphs whose models are kept, at equal distances where there are more.

    Source: Holland, Laskey & Leinhardt (1983); ICL: Daudin, Picard & Robin (2008), section 4.
    """

    member: Tensor

    def __init__(
        self, spec: Any, prior: Any, *, blocks: Annotated[int, Ge(1)] = 5, keep: Annotated[int, Gt(0)] = 1024
    ) -> None:
        super().__init__(spec, prior)
        self.blocks = min(blocks, self.spec.nodes)
        self.kinds = uniform(len(self.spec.node_types))
        self.bonds = uniform(keep, self.blocks, self.blocks, 1 + len(self.spec.edge_types))
        self.share = uniform(keep)
        self.register_buffer("member", torch.zeros(keep, self.spec.nodes, dtype=torch.int64))  # -1: no node

    @torch.no_grad()
    def fit(self, dataset: Dataset) -> None:
        graphs = some_of(dataset, len(self.member))
        self.share.zero_()[: len(graphs)] = 1 / len(graphs)
        counts = one_hot(graphs[:, : self.spec.nodes], len(self.kinds) + 1).sum((0, 1))[1:]
        self.kinds.copy_(shares(counts, self.kinds))
        for first in range(0, len(graphs), GRAPHS):
            part = slice(first, min(first + GRAPHS, len(graphs)))
            dense = self.spec.dense(graphs[part])
            found = chosen([parted(dense, k, self.blocks) for k in range(1, self.blocks + 1)])
            self.member[part] = torch.where(dense.mask > 0, found.member, -1)
            self.bonds[part] = found.bonds.to(self.bonds)

    def drawn(self, n: int, rng: Rng) -> Int64[Tensor, "n c"]:
        which = drawn(self.share.expand(n, -1), rng)
        member = self.member[which]
        i, j = pairs_of(self.spec.nodes, member.device)
        z = member.clamp_min(0)
        bonds = drawn(self.bonds[which.unsqueeze(1), z[:, i], z[:, j]], rng)
        kinds = 1 + drawn(self.kinds.expand(n, self.spec.nodes, -1), rng)
        return self.put_together(member >= 0, kinds, bonds)


def parted(graphs: Dense, k: int, room: int) -> Blocks:
    """k blocks of each graph, and ICL(k)."""
    pairs = graphs.mask.unsqueeze(2) * graphs.mask.unsqueeze(1)
    pairs = pairs - torch.diag_embed(graphs.mask)
    kinds = torch.cat([(pairs - graphs.adjacency).unsqueeze(1), graphs.edges], 1).double()  # no edge is a type
    of = one_hot(spectral(graphs.adjacency.double(), graphs.mask.double(), k), room)
    best = judged(kinds, of * graphs.mask.double().unsqueeze(2), k)
    found = best
    for _ in range(ROUNDS if k > 1 else 0):
        of = one_hot(moved(kinds, found, k), room) * graphs.mask.double().unsqueeze(2)
        found = judged(kinds, of, k)
        best = better(best, found)
    return best


def moved(kinds: Tensor, found: Blocks, k: int) -> Int64[Tensor, "n N"]:
    """The block of each node that makes its pairs likeliest, were the others to stay where they are."""
    of = one_hot(found.member, found.bonds.shape[1]).double() * (kinds.sum((1, 2)) > 0).unsqueeze(2)
    towards = torch.einsum("ntij,njb->nitb", kinds, of)  # pairs of each type with each block
    likely = torch.einsum("nitb,nabt->nia", towards, found.bonds.clamp_min(1e-9).log())
    return likely[:, :, :k].argmax(2)


def judged(kinds: Float[Tensor, "n t N N"], of: Float[Tensor, "n N K"], k: int) -> Blocks:
    """The shares between blocks that maximise the likelihood, and the ICL of the partition."""
    counts = torch.einsum("nia,ntij,njb->nabt", of, kinds, of)
    pairs = counts.sum(3, keepdim=True)
    bonds = shares(counts, torch.full_like(counts, 1 / counts.shape[3]))
    likely = 0.5 * torch.xlogy(counts, bonds).sum((1, 2, 3))
    sizes, m = of.sum(1), of.sum((1, 2)).clamp_min(1)
    likely = likely + torch.xlogy(sizes, sizes / m.unsqueeze(1)).sum(1)
    terms = 0.25 * k * (k + 1) * (counts.shape[3] - 1)
    worth = likely - terms * (0.5 * pairs.sum((1, 2, 3))).clamp_min(1).log() - 0.5 * (k - 1) * m.log()
    return Blocks(of.argmax(2), bonds, worth)


def better(one: Blocks, other: Blocks) -> Blocks:
    """Of each graph the partition that is worth more; the first where both are worth the same."""
    gain = other.worth > one.worth + 1e-9
    member = torch.where(gain.unsqueeze(1), other.member, one.member)
    bonds = torch.where(gain.view(-1, 1, 1, 1), other.bonds, one.bonds)
    return Blocks(member, bonds, torch.maximum(one.worth, other.worth))


def chosen(found: list[Blocks]) -> Blocks:
    """Of each graph the number of blocks that is worth most."""
    best = found[0]
    for each in found[1:]:
        best = better(best, each)
    return best
