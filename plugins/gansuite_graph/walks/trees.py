"""One graph and the breadth-first trees of all its nodes, kept where there is room."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor, nn

from ..csr import Csr
from .bfs import breadth_first

HELD = 1 << 26
"""Parents that are kept: the trees of graphs of up to 8,192 nodes. Larger ones have theirs made when asked for."""


class Trees(nn.Module):
    """The graph in buffers, so that a checkpoint has it, and its trees beside it, made anew from it.

    Before it is given a graph it has no edge, and every tree is a star: all nodes hang on the root.

    Args:
        nodes: N.
        edges: of the graph that is to come.
    """

    starts: Tensor
    targets: Tensor

    def __init__(self, nodes: int, edges: int) -> None:
        super().__init__()
        self.register_buffer("starts", torch.zeros(nodes + 1, dtype=torch.int64))
        self.register_buffer("targets", torch.zeros(2 * edges, dtype=torch.int64))
        self.table: Tensor | None = None
        self.register_load_state_dict_post_hook(lambda module, keys: module.forget())

    def keep(self, graph: Csr) -> None:
        """Take a graph of this size, and make its trees."""
        self.starts.copy_(graph.starts)
        self.targets.copy_(graph.targets)
        self.forget()
        self.prepared()

    def forget(self) -> None:
        """The trees are those of another graph."""
        self.table = None

    @property
    def graph(self) -> Csr:
        """The graph."""
        if self.starts.is_meta:
            return Csr(self.starts, self.targets)
        return Csr(self.starts, self.targets[: int(self.starts[-1])])

    def prepared(self) -> Tensor | None:
        """The parents in all trees, int32 [N, N]; None where they are too many."""
        nodes = len(self.starts) - 1
        if nodes * nodes > HELD:
            return None
        if self.table is None or self.table.device != self.starts.device:
            self.table = breadth_first(self.graph, torch.arange(nodes, device=self.starts.device)).int()
        return self.table

    def parents(self, roots: Int64[Tensor, " b"]) -> Int64[Tensor, "b N"]:
        """The parent of every node in the tree of each root (see ``breadth_first``)."""
        table = self.prepared()
        return breadth_first(self.graph, roots) if table is None else table[roots].long()

    def __deepcopy__(self, memo: Any) -> Trees:
        """A copy of the graph; trees are made when they are asked for."""
        other = Trees(len(self.starts) - 1, len(self.targets) // 2).to(self.starts.device)
        other.load_state_dict(self.state_dict())
        return other
