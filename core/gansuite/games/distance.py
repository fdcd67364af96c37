"""How far samples are from their reconstructions, in any domain."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.spaces import Space, at_least_fp32


def squared_distance(space: Space, x: Any, y: Any) -> Float[Tensor, " n"]:
    """‖x_i - y_i‖² of each sample, summed over its numbers."""
    pairs = zip(space.leaves(x), space.leaves(y), strict=True)
    return torch.stack([(at_least_fp32(a) - at_least_fp32(b)).square().flatten(1).sum(1) for a, b in pairs]).sum(0)
