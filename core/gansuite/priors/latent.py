"""A latent of another size than the prior's: what a game gives a network that also reads a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Latent:
    """Vectors with ``size`` coordinates, those ``of`` the prior first; the last ``style`` are a style (MUNIT)."""

    size: int
    of: Any = None
    style: int = 0

    @property
    def codes(self) -> int:
        """How many coordinates follow the prior's: those of the code that a conditioning joins to it."""
        return 0 if self.of is None else self.size - self.of.size
