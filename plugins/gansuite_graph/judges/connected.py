"""Whether graphs are of one piece."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from ..dense import Dense
from ..spec import GraphSpec

CHUNK = 1 << 22  # entries of matrices at once


def dense_parts(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> list[Dense]:
    """The graphs in dense form, some at a time."""
    return [spec.dense(part) for part in x.split(max(1, CHUNK // spec.nodes**2))]


def connected(graphs: Dense) -> Bool[Tensor, " n"]:
    """Which graphs have at least one node and a path between any two: (A + I)^N has no zero among them."""
    there = graphs.mask > 0.5
    reach = (graphs.adjacency > 0) | torch.diag_embed(there)
    for _ in range(max(1, (graphs.mask.shape[1] - 1).bit_length())):
        reach = (reach.float() @ reach.float()) > 0
    first = there.float().argmax(1)
    from_first = reach[torch.arange(len(there), device=there.device), first]
    return there.any(1) & (from_first == there).all(1)
