"""Weight clipping (Arjovsky, Chintala & Bottou 2017, algorithm 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import torch
from annotated_types import Gt
from torch import Tensor

from gansuite.penalties.penalty import Constraint


class WeightClipping(Constraint):
    """w ← min(max(w, -c), c) for every parameter of the critic after each of its moves.

    The critics that are left are Lipschitz with some constant, which nobody knows; the distance is learned up to it.

    Args:
        bound: c in the paper.
    """

    name = "weight-clipping"

    def __init__(self, *, bound: Annotated[float, Gt(0)] = 0.01) -> None:
        self.bound = bound

    @torch.no_grad()
    def project(self, parameters: Sequence[Tensor]) -> None:
        for parameter in parameters:
            parameter.clamp_(-self.bound, self.bound)
