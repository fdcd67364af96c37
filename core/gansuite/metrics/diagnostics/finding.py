"""One thing that is wrong with a run, or that a reader of its numbers should know."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ALPHA = 0.01
"""How often a finding that rests on a test accuses an honest generator, at most."""


@dataclass(frozen=True)
class Finding:
    """A sentence for a person, and the numbers it rests on.

    Args:
        name: what was found, e.g. "collapse".
        level: "warning" where the run should not be trusted as it is, "note" where one should know.
        words: what was seen and what it means.
        numbers: what the words rest on.
    """

    name: str
    level: Literal["warning", "note"]
    words: str
    numbers: Mapping[str, float | int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; a number that is not finite becomes None."""
        numbers = {name: x if math.isfinite(x) else None for name, x in self.numbers.items()}
        return {"name": self.name, "level": self.level, "words": self.words, "numbers": numbers}


def percent(share: float) -> str:
    """A share in per cent as a person says it: ``12 %``, ``less than 1 %``; all and none are said of those alone."""
    if 0 < share < 0.01:
        return "less than 1 %"
    return "more than 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
