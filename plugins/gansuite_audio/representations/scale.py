"""How levels are brought into the range of a tanh."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor

FILL = 0.8  # of [-1, 1]: the span of the training sounds, and of a half turn (Engel et al.'s code)


def filling(levels: Iterable[Tensor]) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """(scale, offset) that spread all these levels over [-0.8, 0.8]."""
    ends = torch.stack([torch.stack(level.aminmax()) for level in levels])
    low, high = ends[:, 0].amin(), ends[:, 1].amax()
    scale = 2 * FILL / (high - low).clamp_min(1e-6)
    return scale, -FILL - scale * low
