"""The masked dense form of a batch of graphs: what critics, extractors and descriptors read."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor


@dataclass(frozen=True)
class Dense:
    """Graphs with F types of nodes and R types of edges, in room for N nodes each.

    Args:
        nodes: the share that each type has in a node; a row of zeros where there is no node.
        edges: the share of each type in the edge between two nodes: symmetrical, with a zero diagonal, and zero
            wherever a node is missing.
        mask: how much of each node there is: 0 or 1, and between in relaxed graphs.
    """

    nodes: Float[Tensor, "n N F"]
    edges: Float[Tensor, "n R N N"]
    mask: Float[Tensor, "n N"]

    @property
    def adjacency(self) -> Float[Tensor, "n N N"]:
        """The edges of any type."""
        return self.edges.sum(1)

    @property
    def sizes(self) -> Int64[Tensor, " n"]:
        """How many nodes each graph has."""
        return (self.mask > 0.5).sum(1)

    def take(self, index: Int64[Tensor, " k"] | Bool[Tensor, " n"] | slice) -> Dense:
        """The graphs at ``index``."""
        return Dense(self.nodes[index], self.edges[index], self.mask[index])

    def to(self, dtype: torch.dtype) -> Dense:
        """The same graphs in another precision."""
        return Dense(self.nodes.to(dtype), self.edges.to(dtype), self.mask.to(dtype))

    def permuted(self, order: Int64[Tensor, "n N"]) -> Dense:
        """The same graphs with their nodes in another order: place i holds what was at ``order[:, i]``."""
        rows = torch.arange(len(order), device=order.device).unsqueeze(1)
        edges = self.edges.permute(0, 2, 3, 1)[rows.unsqueeze(2), order.unsqueeze(2), order.unsqueeze(1)]
        return Dense(self.nodes[rows, order], edges.permute(0, 3, 1, 2), self.mask[rows, order])
