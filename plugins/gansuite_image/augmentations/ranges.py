"""What changes of pictures share: numbers that are fixed, or drawn for each picture."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

Pictures = Float[Tensor, "n c h w"]
Others = Float[Tensor, "n k v u"]
"""Pictures of another shape."""

Range = float | tuple[float, float]
"""Option of a change: one number for all pictures, or the least and the greatest of uniform ones."""


def check_range(name: str, option: str, value: Range, least: float = -float("inf")) -> tuple[float, float]:
    """The bounds of a range; those of one number are equal.

    Raises:
        UserError: they are the wrong way round, or below ``least``.
    """
    low, high = value if isinstance(value, tuple) else (value, value)
    if low > high:
        raise UserError(f"{name}: {option} = [{low:g}, {high:g}]: write the smaller one first")
    if low < least:
        raise UserError(f"{name}: {option} = {low:g} is below {least:g}; choose a larger one")
    return low, high


def drawn(bounds: tuple[float, float], x: Pictures, rng: Rng) -> Float[Tensor, " n"]:
    """One number for each picture; nothing is drawn where all are alike."""
    low, high = bounds
    if low == high:
        return torch.full((len(x),), low, device=x.device, dtype=x.dtype)
    return rng.uniform(len(x), low=low, high=high).to(x.dtype)


def column(v: Tensor) -> Tensor:
    """One value a picture, [n], beside pictures: [n, 1, 1, 1]."""
    return v[:, None, None, None]
