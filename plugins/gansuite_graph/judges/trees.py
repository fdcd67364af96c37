"""Trees, and lobsters among them."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from ..dense import Dense
from ..spec import GraphSpec
from .connected import connected, dense_parts


def tree(graphs: Dense) -> Bool[Tensor, " n"]:
    """Connected, with one edge less than nodes."""
    return connected(graphs) & ((graphs.adjacency > 0).sum((1, 2)) == 2 * (graphs.sizes - 1))


def without_leaves(adjacency: Bool[Tensor, "n N N"]) -> Bool[Tensor, "n N N"]:
    """The edges that are left when all nodes of degree 1 are gone."""
    inner = adjacency.sum(2) > 1
    return adjacency & inner.unsqueeze(1) & inner.unsqueeze(2)


class Tree:
    """Valid are trees: connected graphs with N - 1 edges, exactly.

    Args:
        spec: the domain.
    """

    def __init__(self, spec: GraphSpec) -> None:
        self.spec = spec

    def valid(self, x: Int64[Tensor, "n c"]) -> Bool[Tensor, " n"]:
        """Which graphs are trees."""
        return torch.cat([tree(graphs) for graphs in dense_parts(self.spec, x)])


class Lobster:
    """Valid are lobsters: trees that are paths once their leaves, and the leaves of what is left, are gone. Exactly.

    Args:
        spec: the domain.
    """

    def __init__(self, spec: GraphSpec) -> None:
        self.spec = spec

    def valid(self, x: Int64[Tensor, "n c"]) -> Bool[Tensor, " n"]:
        """Which graphs are lobsters."""
        return torch.cat([self.lobster(graphs) for graphs in dense_parts(self.spec, x)])

    @staticmethod
    def lobster(graphs: Dense) -> Bool[Tensor, " n"]:
        spine = without_leaves(without_leaves(graphs.adjacency > 0))
        return tree(graphs) & (spine.sum(2) <= 2).all(1)
