"""A latent of another size than the prior's: what a game gives a network that also reads a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Latent:
    """Vectors with ``size`` coordinates, those ``of`` the prior first."""

    size: int
    of: Any = None
