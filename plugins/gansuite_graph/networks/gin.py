"""A critic that tells graphs apart as far as colour refinement does (Xu, Hu, Leskovec & Jegelka 2019)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.layers import LeakyReLU

from ..dense import Dense
from .critic import GraphCritic, Minibatch
from .rgcn import heard


class Gin(GraphCritic):
    """h_i ← f((1 + ε) h_i + Σ_r Σ_j x_ijr (W_r h_j)),  f a perceptron of two layers;  p = [Σ_i h_i of every layer].

    One weight for each type of edge; with one type it is the published layer, whose W can be taken into f. Nodes begin
    as their type. A graph counts by sums, so that its size is seen.

    Args:
        width: units of every layer.
        layers: how far a node sees.
        minibatch: what the features of a graph have of its batch: see ``GraphCritic``.

    Source: eq. 4.1 and 4.2; Gin with types of edges as in Schlichtkrull et al. (2018).
    """

    def __init__(
        self,
        spec: Any,
        *,
        width: Annotated[int, Gt(0)] = 64,
        layers: Annotated[int, Gt(0)] = 3,
        minibatch: Minibatch = "none",
    ) -> None:
        super().__init__(spec, width * (layers + 1), width=width, minibatch=minibatch)
        relations = len(self.spec.edge_types)
        self.enter = nn.Linear(len(self.spec.node_types), width)
        self.others = nn.ModuleList(nn.Linear(width, relations * width, bias=False) for _ in range(layers))
        self.each = nn.ModuleList(
            nn.Sequential(nn.Linear(width, width), LeakyReLU(), nn.Linear(width, width), LeakyReLU())
            for _ in range(layers)
        )
        self.eps = nn.Parameter(torch.zeros(layers))

    def pooled(self, graphs: Dense) -> Float[Tensor, "n p"]:
        there = graphs.mask.unsqueeze(2)
        h = self.enter(graphs.nodes) * there
        found = [h.sum(1)]
        for eps, others, each in zip(self.eps, self.others, self.each, strict=True):
            h = each((1 + eps) * h + heard(graphs.edges, others(h))) * there
            found.append(h.sum(1))
        return torch.cat(found, 1)
