"""Random graphs of independent edges, the floor of every table of sets of graphs."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import one_hot

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng

from ...spec import ABSENT
from .fitted_graphs import FittedGraphs, drawn, of_sizes, shares, training_graphs, uniform


class ErdosRenyi(FittedGraphs):
    """m ~ s;  every node's type ~ a;  every pair's type ~ p_m, independently: G(m, p) with types.

        log p(x) = log s_m + Σ_i log a_(x_i) + Σ_(i<j) log p_m(x_ij)

    s, a and p_m are the shares that maximise the likelihood: those of the numbers of nodes, of the types of nodes, and
    of the types of pairs (that of no edge among them) in graphs of m nodes. The law is of rows whose nodes come first,
    as those of data sets do. Before it is fitted all types are equally likely.

    Source: Gilbert, Random graphs (1959); as a baseline You et al., GraphRNN (2018), section 4.2.
    """

    def __init__(self, spec: Any, prior: Any) -> None:
        super().__init__(spec, prior)
        self.sizes = of_sizes(self.spec)
        self.kinds = uniform(len(self.spec.node_types))
        self.bonds = uniform(self.spec.nodes, 1 + len(self.spec.edge_types))

    @torch.no_grad()
    def fit(self, dataset: Dataset) -> None:
        sizes, kinds, bonds = (torch.zeros_like(each, dtype=torch.float64) for each in self.parameters())
        for x in training_graphs(dataset, self.spec.shape[0]):
            there = x[:, : self.spec.nodes] != ABSENT
            row = there.sum(1) - 1
            sizes += one_hot(row, len(sizes)).sum(0)
            kinds += one_hot(x[:, : self.spec.nodes], len(kinds) + 1).sum((0, 1))[1:]
            counts = (one_hot(x[:, self.spec.nodes :], bonds.shape[1]) * self.spec.paired(there).unsqueeze(2)).sum(1)
            bonds.index_add_(0, row, counts.double())
        for own, counts in zip(self.parameters(), (sizes, kinds, bonds), strict=True):
            own.copy_(shares(counts, own.double()))

    def drawn(self, n: int, rng: Rng) -> Int64[Tensor, "n c"]:
        row = drawn(self.sizes.expand(n, -1), rng)
        kinds = 1 + drawn(self.kinds.expand(n, self.spec.nodes, -1), rng)
        bonds = drawn(self.bonds[row].unsqueeze(1).expand(-1, self.spec.pairs, -1), rng)
        return self.put_together(self.present(row + 1), kinds, bonds)

    def log_prob(self, x: Int64[Tensor, "n c"]) -> Float[Tensor, " n"]:
        """log p(x); minus infinity where a number or a type was never seen."""
        x = self.spec.tidied(x)
        nodes, pairs = x[:, : self.spec.nodes], x[:, self.spec.nodes :]
        there = nodes != ABSENT
        row = there.sum(1) - 1
        of_nodes = torch.where(there, self.kinds.log()[(nodes - 1).clamp_min(0)], 0.0).sum(1)
        of_pairs = torch.where(self.spec.paired(there), self.bonds.log()[row].gather(1, pairs), 0.0).sum(1)
        return self.sizes.log()[row] + of_nodes + of_pairs
