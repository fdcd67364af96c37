"""No latent: the generator's own choices are all that is random."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng


class NoLatent:
    """Latents of no numbers, for generators that draw their samples choice by choice: p(x) has no other noise."""

    def __init__(self, spec: Any) -> None:
        self.size = 0

    def sample(self, n: int, rng: Rng) -> Float[Tensor, "n 0"]:
        return torch.empty(n, 0, device=rng.device)
