"""Graphs that can be drawn without crossings."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from ..convert.networkx_graphs import networkx, to_networkx
from ..spec import GraphSpec
from .connected import connected, dense_parts


class Planar:
    """Valid are connected planar graphs, exactly: networkx's left-right test.

    Args:
        spec: the domain.

    Source: Brandes, The left-right planarity test (2009); the criterion is that of Martinkus et al., SPECTRE (2022).
    """

    def __init__(self, spec: GraphSpec) -> None:
        self.spec = spec

    def valid(self, x: Int64[Tensor, "n c"]) -> Bool[Tensor, " n"]:
        """Which graphs are planar and connected.

        Raises:
            UserError: networkx is missing.
        """
        nx, good = networkx(), torch.cat([connected(graphs) for graphs in dense_parts(self.spec, x)])
        place = good.nonzero().flatten()
        planar = [nx.check_planarity(graph)[0] for graph in to_networkx(self.spec, x[place])]
        good[place] = torch.tensor(planar, dtype=torch.bool, device=good.device)
        return good
