"""How often the axes of samples on a grid can be halved, for networks that double them from the smallest map on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gansuite.errors import UserError


def doublings(
    spec: Any, start: int, name: str, units: Sequence[str] = ("", ""), *, loose: bool = False
) -> tuple[int, tuple[int, ...]]:
    """Steps between the samples and the smallest map that networks make of them, and that map's size.

    All axes are halved together until the shortest is ``start`` or more and less than twice that: 64 x 64 at 4 is 4 x 4
    doubled 4 times (DCGAN), 28 x 28 is 7 x 7 doubled twice, 128 x 64 is 8 x 4 doubled 4 times.

    Args:
        spec: of samples [channels, *axes].
        start: least size of the smallest map along any axis.
        name: of the network, for messages.
        units: what the axes are counted in, for messages.
        loose: whether the smallest map may be larger where an axis is odd before that, which only halving ends.

    Raises:
        UserError: an axis is odd too early, or nothing can be halved; the message has the nearest sizes.
    """
    axes = tuple(spec.shape[1:])
    count = halvings(axes, start, loose)
    if count:
        return count, tuple(size // 2**count for size in axes)
    written = " x ".join(f"{size}{unit}" for size, unit in zip(axes, units, strict=False))
    sizes = " or ".join(" x ".join(map(str, each)) for each in nearest(axes, start))
    odd = min(half(axes))
    larger = f", or set start = {odd}" if start < odd < min(4 * start, min(axes)) else ""
    raise UserError(f"{name}: {written} cannot be halved to {start} or little more; nearest: {sizes}{larger}")


def halvings(axes: Sequence[int], start: int, loose: bool = False) -> int:
    """How often the axes can be halved until the shortest is in [start, 2 start); 0 where they cannot."""
    count = 0
    while min(axes) >= 2 * start and all(size % 2 == 0 for size in axes):
        axes, count = [size // 2 for size in axes], count + 1
    return count if loose or min(axes) < 2 * start else 0


def half(axes: Sequence[int]) -> Sequence[int]:
    """The axes after as many halvings as they all bear."""
    while all(size % 2 == 0 for size in axes):
        axes = [size // 2 for size in axes]
    return axes


def nearest(axes: Sequence[int], start: int) -> list[tuple[int, ...]]:
    """The sizes below and above that can be halved, the longer axes being those nearest to what was asked."""
    found, shortest, step = [], min(axes), 2
    while shortest >= 2 * start * step:
        step *= 2
    for short in (shortest // step * step, -(-shortest // step) * step):
        short = max(short, 2 * start)
        unit = step if short < 2 * start * step else 2 * step
        each = tuple(short if size == shortest else max(short, round(size / unit) * unit) for size in axes)
        if each not in found:
            found.append(each)
    return found
