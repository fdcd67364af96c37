"""A network that has levels of detail, of which it plays some."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class Growing(nn.Module):
    """A generator or critic of samples of full size whose level says how fine they are.

    At level k a generator makes detail of 2^(k - levels) of the full resolution, enlarged to full size, and a critic
    looks at its input shrunk to that; at level k + α it blends both sides of the step, α of the finer one. So the
    sizes that everything else sees never change. A new network is fully grown: ``level = levels``.

    Args:
        levels: steps between the coarsest and the full resolution.
    """

    grown: Tensor

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.levels = levels
        self.level = float(levels)  # for control flow on the host
        self.register_buffer("grown", torch.tensor(self.level))  # for the checkpoint
        self.register_load_state_dict_post_hook(_read_level)

    def grow(self, level: float) -> None:
        """Play at this level, 0 to ``levels``."""
        if level != self.level:
            self.level = level
            self.grown.fill_(level)


def _read_level(network: Any, keys: Any) -> None:
    network.level = float(network.grown)
