"""Sounds, and statistics taken of them, for tests of representations."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor


@pytest.fixture
def noise() -> Any:
    """White noise [n, channels, length] of deviation 0.3."""

    def made(n: int = 3, channels: int = 1, length: int = 4096, seed: int = 0) -> Tensor:
        return 0.3 * torch.randn(n, channels, length, generator=torch.Generator().manual_seed(seed))

    return made


@pytest.fixture
def snr() -> Any:
    """Signal to error in dB, of each sound [n, channels, length]."""

    def found(x: Tensor, y: Tensor) -> Tensor:
        return 10 * (x.square().sum((1, 2)) / (x - y).square().sum((1, 2)).clamp_min(1e-20)).log10()

    return found


@pytest.fixture
def fitted() -> Any:
    """A representation of a kind, with the statistics of these sounds."""

    def made(kind: Any, spec: Any, x: Tensor, **options: Any) -> Any:
        representation = kind(spec, **options)
        data = SimpleNamespace(count=lambda split: len(x), batch=lambda split, index, rng: {"data": x[index]})
        representation.fit(data)
        return representation

    return made
