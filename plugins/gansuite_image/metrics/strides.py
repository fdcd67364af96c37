"""How far a picture is halved before it is summed up."""

from __future__ import annotations

LEAST = 4  # rows or columns, whichever are fewer, that are left


def strides_of(height: int, width: int, layers: int = 3) -> list[int]:
    """Strides of convolutions, at least ``layers``: of 2 until the shorter side is at most 4, then of 1."""
    side, found = min(height, width), []
    while side > LEAST:
        side = -(-side // 2)
        found.append(2)
    return found + [1] * (layers - len(found))
