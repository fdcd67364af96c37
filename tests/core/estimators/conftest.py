"""What the tests of estimators share."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng


def agrees(rows: Tensor, truth: Tensor, errors: float = 4.5) -> None:
    """The mean of independent rows is the truth, to so many standard errors in every coordinate."""
    rows = rows.double()
    error = rows.std(0) / math.sqrt(len(rows))
    apart = (rows.mean(0) - truth).abs()
    assert (apart <= errors * error + 1e-7).all(), (apart / error.clamp_min(1e-12)).max()


def relative(rows: Tensor, truth: Tensor) -> tuple[float, float]:
    """Bias relative to the truth, less what noise adds to it, and total variance."""
    rows = rows.double()
    mean, variance = rows.mean(0), float(rows.var(0).sum())
    return max(float((mean - truth).square().sum()) - variance / len(rows), 0) ** 0.5 / float(truth.norm()), variance


@pytest.fixture
def near() -> Callable[..., None]:
    return agrees


@pytest.fixture
def shown() -> Callable[..., tuple[float, float]]:
    return relative


@pytest.fixture
def rng() -> Rng:
    return Rng(0, "test")


@pytest.fixture
def logits() -> Tensor:
    """One law of three choices among five."""
    return torch.tensor([[0.3, -1.0, 1.2, 0.0, 0.5], [2.0, 0.0, -2.0, 0.1, 0.2], [0.0, 0.0, 0.0, 0.0, 0.0]])
