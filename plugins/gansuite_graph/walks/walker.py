"""Random walks of one graph, all at once: a step of every walk is one gather."""

from __future__ import annotations

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.engine.rng import Rng

from ..csr import Csr
from .second_order import BITS, SecondOrder, second_order


class Walker:
    """Uniform or node2vec walks of a graph.

        p(x_1) = 1 / #{nodes with a neighbour},   p(x_2 | x_1) = 1 / d(x_1)
        p(x_{t+1} | x_t, x_{t-1}) ∝ w(x_{t-1}, x_{t+1}) for the neighbours of x_t

    with d the degrees, and w = 1 for uniform walks; else w(s, x) = 1/p where x = s, 1 where x is a neighbour of s, and
    1/q elsewhere. Random numbers are integers of 31 bits, so a law is kept to within 2^-31, at any degree.

    Args:
        graph: what is walked on, on its device.
        p: large values keep a walk from turning back.
        q: small values lead a walk away from where it came from.
        connected: every node is known to have a neighbour; nothing is then asked of the device.

    Source: Grover & Leskovec, node2vec (2016), section 3.2; first node and default as Bojchevski et al. (2018).
    """

    def __init__(self, graph: Csr, *, p: float = 1.0, q: float = 1.0, connected: bool = False) -> None:
        self.graph, self.p, self.q = graph, p, q
        self.degrees = graph.degrees
        every = torch.arange(graph.nodes, device=self.degrees.device)
        self.nodes = every if connected else self.degrees.nonzero().squeeze(1)
        self.second: SecondOrder | None = None if p == q == 1 else second_order(graph, p, q)

    def walks(
        self, n: int, length: int, rng: Rng, starts: Int64[Tensor, " n"] | None = None
    ) -> Int64[Tensor, "n length"]:
        """``n`` walks of ``length`` nodes.

        Args:
            n: how many.
            length: nodes of a walk, the first among them.
            rng: on the graph's device.
            starts: the first nodes; without them they are drawn.

        Raises:
            ValueError: a start has no neighbour.
        """
        if starts is None:
            starts = self.nodes[scaled(rng.integers(0, 1 << BITS, n), len(self.nodes))]
        elif bool((self.degrees[starts] == 0).any()):
            raise ValueError("a walk cannot start at a node without neighbours")
        found = [starts]
        entry: Tensor | None = None  # the place among ``targets`` of the last step: it knows both nodes
        for _ in range(length - 1):
            draw = rng.integers(0, 1 << BITS, n)
            if entry is None or self.second is None:
                last = found[-1]
                entry = self.graph.starts.index_select(0, last)
                entry = entry + scaled(draw, self.degrees.index_select(0, last))
            else:
                entry = self.second.after(entry, draw, rng)
            found.append(self.graph.targets.index_select(0, entry))
        return torch.stack(found, 1)


def scaled(draw: Int64[Tensor, " n"], sizes: Int64[Tensor, " n"] | int) -> Int64[Tensor, " n"]:
    """Numbers of 31 bits as numbers below ``sizes``."""
    return (draw * sizes) >> BITS
