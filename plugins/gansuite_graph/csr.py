"""The sparse form of one graph: the neighbours of every node, one list behind the other."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Int64
from torch import Tensor


@dataclass(frozen=True)
class Csr:
    """An undirected graph without loops: node i has the neighbours ``targets[starts[i] : starts[i + 1]]``, ascending.

    Every edge is there from both its ends.
    """

    starts: Int64[Tensor, " rows"]
    targets: Int64[Tensor, " entries"]

    @staticmethod
    def of_edges(edges: Int64[Tensor, "2 m"], nodes: int) -> Csr:
        """The graph of these edges, given in either direction or both; loops and repetitions are left out."""
        u, v = torch.cat([edges, edges.flip(0)], 1)
        keys = (u * nodes + v)[u != v].unique()  # sorted
        degrees = torch.bincount(keys // nodes, minlength=nodes)
        return Csr(torch.nn.functional.pad(degrees.cumsum(0), (1, 0)), keys % nodes)

    @property
    def nodes(self) -> int:
        """N."""
        return len(self.starts) - 1

    @property
    def edges(self) -> int:
        """E, each counted once."""
        return len(self.targets) // 2

    @property
    def degrees(self) -> Int64[Tensor, " N"]:
        """Number of neighbours of each node."""
        return self.starts.diff()

    @property
    def sources(self) -> Int64[Tensor, " entries"]:
        """The node that each of ``targets`` is a neighbour of."""
        return torch.repeat_interleave(self.degrees)

    def edge_index(self) -> Int64[Tensor, "2 E"]:
        """Each edge once, from its smaller end."""
        both = torch.stack([self.sources, self.targets])
        return both[:, both[0] < both[1]]

    def to(self, device: torch.device | str) -> Csr:
        """The same graph on another device."""
        return Csr(self.starts.to(device), self.targets.to(device))
