"""How stored whole numbers are levels in [-1, 1]."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Integer
from torch import Tensor


@dataclass(frozen=True)
class Levels:
    """x = (v - centre) / half, so that the least number stored is exactly -1 and the greatest exactly 1.

    Args:
        centre: the number that is grey.
        half: half the difference between white and black.
    """

    centre: float
    half: float

    def floats(self, v: Integer[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        """Stored numbers as float32 in [-1, 1]."""
        return v.to(torch.float32).sub_(self.centre).div_(self.half)

    def stored(self, x: np.ndarray) -> np.ndarray:
        """Values in [-1, 1] as the nearest numbers that can be stored."""
        return np.rint(np.asarray(x, np.float64) * self.half + self.centre)


BYTES = Levels(127.5, 127.5)
"""uint8: x = v / 127.5 - 1."""

WORDS = Levels(-0.5, 32767.5)
"""16 bits, less 32,768 to lie in an int16, since PyTorch computes little with uint16."""

DIGITS = Levels(8.0, 8.0)
"""scikit-learn's digits: 0 to 16."""


def as_words(values: np.ndarray) -> np.ndarray:
    """Numbers from 0 to 65,535 as the int16 that ``WORDS`` reads."""
    return (values.astype(np.int32) - 32768).astype(np.int16)
