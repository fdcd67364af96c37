"""Rectangular grids."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Bool, Int64
from numpy.typing import NDArray
from torch import Tensor

from ..edge_list import EdgeList, rows
from ..metrics.isomorphism import among
from ..metrics.refinement import hashes
from ..spec import GraphSpec


class Grid:
    """Valid are grids of a x b nodes, 2 <= a <= b, whatever the order of their nodes: exactly, by isomorphism.

    Args:
        spec: the domain.
    """

    def __init__(self, spec: GraphSpec) -> None:
        self.plain = GraphSpec(spec.nodes)
        self.spec = spec
        self.known = rows(self.plain, [grid(a, b) for a, b in shapes(4, spec.nodes)])
        self.hashes = hashes(self.plain, self.known) if len(self.known) else self.known[:, 0]

    def valid(self, x: Int64[Tensor, "n c"]) -> Bool[Tensor, " n"]:
        """Which graphs are grids."""
        if not len(self.known):
            return torch.zeros(len(x), dtype=torch.bool, device=x.device)
        untyped = self.spec.tidied(x).clamp(max=1)
        return among(self.plain, self.known.to(x.device), untyped, self.hashes.to(x.device))[0]


def shapes(least: int, most: int) -> list[tuple[int, int]]:
    """The sides a <= b, both at least 2, of all grids of ``least`` to ``most`` nodes."""
    return [(a, b) for a in range(2, int(most**0.5) + 1) for b in range(a, most // a + 1) if a * b >= least]


def grid(a: int, b: int) -> EdgeList:
    """The grid of a x b nodes."""
    number: NDArray[np.int64] = np.arange(a * b).reshape(a, b)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], 1)
    down = np.stack([number[:-1].ravel(), number[1:].ravel()], 1)
    return EdgeList(a * b, np.concatenate([across, down]))
