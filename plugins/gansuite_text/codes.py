"""Codes of texts as a domain of their own: what a GAN of codes generates and judges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gansuite.spaces import TensorSpace


@dataclass(frozen=True)
class CodeSpec:
    """Vectors of ``places`` times ``width`` numbers: one for a whole text, or one for each of its places, in a row."""

    places: int
    width: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one code."""
        return (self.places * self.width,)

    @property
    def size(self) -> int:
        """Numbers of one code."""
        return self.places * self.width

    @cached_property
    def space(self) -> TensorSpace:
        """What the core may do with codes."""
        return TensorSpace()
