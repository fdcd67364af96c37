"""A latent of another size than the prior's: what a game gives a network that also reads a code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Latent:
    """Vectors with ``size`` coordinates; networks read nothing else of a prior."""

    size: int
