"""Typed graphs for tests of conversions and files."""

from __future__ import annotations

import torch
from torch import Tensor

from gansuite_graph.spec import GraphSpec

TYPED = GraphSpec(6, ("C", "N", "O"), ("double", "single"))
PLAIN = GraphSpec(6)


def graphs_in_front(spec: GraphSpec, n: int = 60, seed: int = 0) -> Tensor:
    """Graphs of 1 to N nodes, those that are there in front; isolated nodes and graphs without an edge among them."""
    generator = torch.Generator().manual_seed(seed)
    sizes = torch.randint(1, spec.nodes + 1, (n, 1), generator=generator)
    sizes[0], sizes[1] = 1, spec.nodes
    nodes = torch.randint(1, len(spec.node_types) + 1, (n, spec.nodes), generator=generator)
    bonds = torch.randint(1, len(spec.edge_types) + 1, (n, spec.pairs), generator=generator)
    there = torch.rand(n, spec.pairs, generator=generator) < 0.4
    return spec.tidied(torch.cat([nodes * (torch.arange(spec.nodes) < sizes), bonds * there], 1))
