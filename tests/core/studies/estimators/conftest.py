"""What these tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from torch import Tensor


def relative(rows: Tensor, truth: Tensor) -> tuple[float, float]:
    """Bias relative to the truth, less what noise adds to it, and total variance."""
    rows = rows.double()
    mean, variance = rows.mean(0), float(rows.var(0).sum())
    return max(float((mean - truth).square().sum()) - variance / len(rows), 0) ** 0.5 / float(truth.norm()), variance


@pytest.fixture
def shown() -> Callable[..., tuple[float, float]]:
    return relative
