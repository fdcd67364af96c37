"""Factors on a learning rate, as pure functions of the step: nothing to save."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt

Schedule = Callable[[int], float]


def constant(steps: int) -> Schedule:
    """The rate as given, all along."""
    return lambda step: 1.0


def linear(
    steps: int, *, begin: Annotated[float, Ge(0), Lt(1)] = 0.0, final: Annotated[float, Ge(0), Le(1)] = 0.0
) -> Schedule:
    """The full rate until a share of the run, then a straight line to ``final``.

    Args:
        begin: share of the steps after which the rate falls.
        final: factor at the last step.
    """
    return lambda step: 1.0 - (1.0 - final) * _passed(step, steps, begin)


def cosine(
    steps: int, *, begin: Annotated[float, Ge(0), Lt(1)] = 0.0, final: Annotated[float, Ge(0), Le(1)] = 0.0
) -> Schedule:
    """The full rate until a share of the run, then half a cosine to ``final`` (Loshchilov & Hutter 2017).

    Args:
        begin: share of the steps after which the rate falls.
        final: factor at the last step.
    """
    return lambda step: final + (1.0 - final) * 0.5 * (1.0 + math.cos(math.pi * _passed(step, steps, begin)))


def piecewise(steps: int, *, at: list[Annotated[int, Gt(0)]], factors: list[Annotated[float, Ge(0)]]) -> Schedule:
    """One rate after another: for stages that need rates of their own, such as pre-training and the game.

    Args:
        at: the steps at which the next factor begins, rising.
        factors: of the rate, one more than there are steps.

    Raises:
        ValueError: the numbers do not fit each other.
    """
    if len(factors) != len(at) + 1 or sorted(set(at)) != at:
        raise ValueError("piecewise: give one factor more than steps, and the steps rising")
    return lambda step: factors[bisect_right(at, step)]


def _passed(step: int, steps: int, begin: float) -> float:
    """Share of the falling part that is over, in [0, 1]."""
    return min(max((step / max(steps, 1) - begin) / (1.0 - begin), 0.0), 1.0)
