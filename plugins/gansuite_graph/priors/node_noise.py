"""Latents of a graph as a whole and of each of its nodes, with the number of nodes in front."""

from __future__ import annotations

from itertools import accumulate
from typing import Annotated, NamedTuple

import torch
from annotated_types import Ge
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import GraphSpec


class Latents(NamedTuple):
    """What a generator makes of one row: how many nodes, what the graph is like, and what each node is like."""

    number: Int64[Tensor, " n"]
    whole: Float[Tensor, "n g"]
    nodes: Float[Tensor, "n N d"]


class NodeNoise:
    """z = (m, g, h_1 ... h_N): m nodes as often as in the training data, g and h_i standard Gaussian.

    Graphs of exchangeable nodes are made of exchangeable noise: the law of the graph does not depend on the order.

    Args:
        spec: the domain; has the shares of the sizes.
        graph: coordinates of g.
        node: coordinates of each h_i.

    Raises:
        UserError: the data do not say how large their graphs are.
    """

    def __init__(self, spec: GraphSpec, *, graph: Annotated[int, Ge(0)] = 16, node: Annotated[int, Ge(0)] = 16) -> None:
        if not getattr(spec, "sizes", ()):
            raise UserError("[prior] node-noise is for sets of graphs, whose sizes are known; take normal")
        self.rooms, self.graph, self.node = spec.nodes, graph, node
        self.below = list(accumulate(spec.sizes))[:-1]
        """The share of training graphs with at most 1, 2 ... N - 1 nodes."""
        self.size = 1 + graph + self.rooms * node

    def sample(self, n: int, rng: Rng) -> Float[Tensor, "n size"]:
        """Draw ``n`` latents on the device of ``rng``."""
        u = rng.uniform(n)
        number = 1 + torch.bucketize(u, torch.tensor(self.below, device=u.device, dtype=u.dtype), right=True)
        return torch.cat([number.to(u).unsqueeze(1), rng.normal(n, self.size - 1)], 1)

    def split(self, z: Float[Tensor, "n size"]) -> Latents:
        """The parts of latents."""
        number, whole, nodes = z[:, : self.size].split([1, self.graph, self.rooms * self.node], 1)
        return Latents(number.squeeze(1).round().long(), whole, nodes.unflatten(1, (self.rooms, self.node)))
