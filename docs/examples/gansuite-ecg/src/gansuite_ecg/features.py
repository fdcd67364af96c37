"""By what metrics compare heartbeats."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .beats import BeatSpec


class Slopes(nn.Module):
    """Features [n, 2 length - 1]: the beat in millivolts, and the steps from each value to the next."""

    name = "slopes"

    def __init__(self, spec: BeatSpec) -> None:
        super().__init__()
        # Nothing is learnt or drawn here, so the name and the version of the formula say it all.
        self.fingerprint = f"slopes-1-{spec.length}"

    def forward(self, samples: Tensor) -> Tensor:
        return torch.cat([samples, samples.diff(dim=1)], 1).float()
