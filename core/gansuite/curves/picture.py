"""Curves of quality against diversity, drawn in the report's style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib

from gansuite.curves.points import Point
from gansuite.metrics.estimate import Interval
from gansuite.report.curves import ACCENT, GOOD, INK, MUTED, STYLE, canvas, svg

MORE = ("bleu",)
"""Metrics of which more is better: drawn negative."""
LOOKS = {"run": (ACCENT, "-", "o"), "twin": (INK, "-", "s"), "control": (MUTED, ":", "^")}
WORDS = {"run": "this run", "twin": "likelihood twin", "control": "constant reward"}
Published = Mapping[str, tuple[Sequence[float], Sequence[float]]]


def picture(
    x: str, y: str, curves: Mapping[str, Sequence[Point]], real: Point | None, published: Published | None = None
) -> str:
    """The curves of one pair of axes, their points with intervals, α = 1 filled; lower left is better."""
    with matplotlib.rc_context({**STYLE, "axes.grid.axis": "both"}):
        figure, axes = canvas()
        figure.set_size_inches(4.7, 3.4)
        drawn = [p for curve in curves.values() for p in curve] + ([real] if real else [])
        if drawn:  # published curves reach far beyond what is of interest
            for limit, values in (
                (axes.set_xlim, [p.x.value for p in drawn]),
                (axes.set_ylim, [p.y.value for p in drawn]),
            ):
                margin = 0.08 * (max(values) - min(values) or 1.0)
                limit(min(values) - margin, max(values) + margin)
        for name, (across, up) in (published or {}).items():
            axes.plot(across, up, color=MUTED, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
            inside = [
                (a, b) for a, b in zip(across, up, strict=True) if axes.viewLim.contains(a, b)
            ]  # the name where the curve can be seen
            if inside:
                axes.annotate(name, inside[len(inside) // 2], color=MUTED, fontsize=6.5, zorder=1)
        for who, points in curves.items():
            colour, line, marker = LOOKS[who]
            across, up = [p.x.value for p in points], [p.y.value for p in points]
            errors: dict[str, Any] = {"xerr": beyond([p.x for p in points]), "yerr": beyond([p.y for p in points])}
            axes.errorbar(across, up, color=colour, linestyle=line, linewidth=1.2, elinewidth=0.7, **errors)
            axes.plot(across, up, marker, color=colour, markerfacecolor="none", markersize=3.4, label=WORDS[who])
            plain = [p for p in points if p.alpha == 1.0]
            axes.plot([p.x.value for p in plain], [p.y.value for p in plain], marker, color=colour, markersize=4.6)
        if real is not None:
            axes.plot(real.x.value, real.y.value, "*", color=GOOD, markersize=9, label="real data")
        axes.set_xlabel(told(x))
        axes.set_ylabel(told(y))
        axes.legend(frameon=False, fontsize=7.5, labelcolor=MUTED)
        return svg(figure)


def beyond(intervals: Sequence[Interval]) -> list[list[float]]:
    """How far the intervals reach below and above their values, which an interval need not hold."""
    below, above = ([each.value - each.low for each in intervals], [each.high - each.value for each in intervals])
    return [[max(0.0, each) for each in side] for side in (below, above)]


def told(axis: str) -> str:
    """An axis in words, such that less is better."""
    name, _, part = axis.partition("/")
    words = f"{name}-{part}" if part else name
    return f"-{words}" if name in MORE else words


def section(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Title and picture of each pair of axes of a ``curve.json``."""
    return [
        (
            f"{told(axes['y'])} over {told(axes['x'])}",
            picture(
                axes["x"],
                axes["y"],
                {who: [Point.from_dict(p) for p in points] for who, points in axes["models"].items()},
                Point.from_dict(axes["real"]) if axes["real"] else None,
                table["published"] if axes["y"].endswith("-oracle") else None,
            ),
        )
        for axes in table["axes"]
    ]
