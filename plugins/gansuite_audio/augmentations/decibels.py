"""Levels in decibels."""

from __future__ import annotations

import math
from typing import Annotated

from annotated_types import Ge, Le
from torch import Tensor

from gansuite.errors import UserError

Decibels = Annotated[float, Ge(-120), Le(120)]


def factor_of(decibels: Tensor) -> Tensor:
    """10^{d/20}, what amplitudes are multiplied by."""
    return (decibels * (math.log(10) / 20)).exp()


def check_range(place: str, low: float, high: float) -> None:
    """Refuse a range whose end lies before its beginning.

    Raises:
        UserError: it does.
    """
    if high < low:
        raise UserError(f"{place}: low = {low:g} is above high = {high:g}; write the smaller one as low")
