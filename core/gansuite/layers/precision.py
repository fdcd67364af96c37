"""Autocast for layers that call kernels of their own, on every device, those without autocast included."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor


def autocast(x: Tensor) -> Tensor:
    """``x`` in the precision that autocast asks for on its device, or as it is outside autocast."""
    kind = x.device.type
    if torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind):
        return x.to(torch.get_autocast_dtype(kind))
    return x


def full_precision(device: torch.device) -> AbstractContextManager[Any]:
    """Context in which autocast is off on ``device``: for scores, norms and what else must not be rounded."""
    if torch.amp.is_autocast_available(device.type):
        return torch.autocast(device.type, enabled=False)
    return nullcontext()
