"""Curves that a metric brings along: pairs of lists, spectra, ratings over checkpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import matplotlib
import numpy as np
from matplotlib.ticker import MaxNLocator

from gansuite.report.curves import ACCENT, LOG_BEYOND, STYLE, canvas, finite, scale, svg

Number = float | int


def shapes(extras: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Pairs of a title and an SVG for what can be drawn of a metric's extras.

    That is: a mapping of two lists of numbers of one length (one over the other), a list of numbers called a spectrum
    (in descending order), and lists of ``{value, low, high}`` beside as many ``steps``.
    """
    found, steps = [], extras.get("steps")
    for key, value in extras.items():
        title = str(key).replace("_", " ")
        if isinstance(value, Mapping) and len(value) == 2 and all(numeric(each) for each in value.values()):
            (ours, y), (theirs, x) = value.items()
            if len(x) == len(y):
                found.append((f"{ours} over {theirs}", pairs(x, y, str(theirs), str(ours))))
        elif key == "spectrum" and numeric(value):
            found.append((title, spectrum(value)))
        elif numeric(steps) and intervals(value) and len(value) == len(steps):
            found.append((f"{title}, over the steps", over_steps(steps, value)))
    return found


def numeric(value: Any) -> TypeGuard[Sequence[Number]]:
    """Whether it is a list of enough finite numbers for a curve."""
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) > 2 and all(map(finite, value))


def intervals(value: Any) -> TypeGuard[Sequence[Mapping[str, Number]]]:
    """Whether it is a list of values with their intervals."""
    return isinstance(value, Sequence) and all(
        isinstance(each, Mapping) and all(finite(each.get(key)) for key in ("value", "low", "high")) for each in value
    )


def pairs(x: Sequence[Number], y: Sequence[Number], across: str, up: str) -> str:
    """A curve of two quantities."""
    with matplotlib.rc_context(STYLE):
        figure, axes = canvas()
        axes.plot(x, y, color=ACCENT)
        axes.set_xlabel(across.replace("$", r"\$"))  # no mathematics
        axes.set_ylabel(up.replace("$", r"\$"))
        if min(*x, *y) >= 0 and max(*x, *y) <= 1:  # shares: the whole square, so that curves can be compared
            axes.set_xlim(0, 1.02)
            axes.set_ylim(0, 1.02)
        return svg(figure)


def spectrum(values: Sequence[Number]) -> str:
    """Values by their rank."""
    y = np.sort(np.asarray(values, dtype=float))[::-1]
    with matplotlib.rc_context(STYLE):
        figure, axes = canvas()
        axes.plot(np.arange(1, len(y) + 1), y, color=ACCENT, marker="o" if len(y) <= 40 else None, markersize=3.2)
        scale(axes, bool(y.min() > 0 and y.max() > LOG_BEYOND * y.min()))
        axes.set_xlabel("rank")
        return svg(figure)


def over_steps(steps: Sequence[Number], values: Sequence[Mapping[str, Number]]) -> str:
    """Values with their intervals over the steps of a run."""
    value, low, high = (np.array([each[key] for each in values], dtype=float) for key in ("value", "low", "high"))
    with matplotlib.rc_context(STYLE):
        figure, axes = canvas()
        axes.errorbar(steps, value, [value - low, high - value], color=ACCENT, marker="o", markersize=3.2, capsize=2)
        scale(axes, False)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
        return svg(figure)
