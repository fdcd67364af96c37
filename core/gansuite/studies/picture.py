"""Pictures of a study: drawn once, in the colours of the page that shows them or in fixed ones as a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gansuite.report.curves import ACCENT, INK, MUTED, STYLE, svg
from gansuite.studies.statistics import Mean

FIXED = {
    "page": "#fcfcfb",
    "ink": "#1c2124",
    "muted": "#626b70",
    "line": "#dfe2e0",
    "accent": "#0f6d78",
    "good": "#6a8f2f",
    "warn": "#a2541a",
    # Of the methods of a comparison, as study.css has them in the light scheme.
    "series0": "#0f6d78",
    "series1": "#b5541a",
    "series2": "#5b3fa0",
    "series3": "#876a00",
    "series4": "#1d5fb0",
    "series5": "#b0306a",
    "series6": "#3f7a1f",
    "series7": "#555d62",
}
SERIES = {f"#0a0a{index:02x}": f"series{index}" for index in range(8)}
"""Stand-ins like those of the report's curves, for the colours of several methods on one picture."""
MARKERS = "osD^vPX*"
DASHES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1, 1.2)))
DOTS: dict[Any, Any] = {**STYLE, "axes.grid.axis": "x"}
Reported = tuple[float, float | None]


@dataclass(frozen=True)
class Dots:
    """One panel: the values of each row, their mean, and what was published."""

    title: str
    rows: Sequence[tuple[Sequence[float], Mean | None, Reported | None]] = field(default_factory=list)


def dot_plot(labels: Sequence[str], panels: Sequence[Dots]) -> str:
    """A panel a metric, a row a line: every run a small dot, the mean with its interval, the published figure a ring.

    Returns:
        ``<svg>`` for a page; :func:`standalone` makes a file of it.
    """
    columns = min(3, len(panels))
    lines = -(-len(panels) // columns)
    width = 0.07 * max(map(len, labels), default=1) + 2.6 * columns
    with matplotlib.rc_context(DOTS):
        figure = Figure(figsize=(width, lines * (0.7 + 0.26 * len(labels))), layout="constrained")
        axes = figure.subplots(lines, columns, squeeze=False, sharey=True)
        for place, panel in zip(axes.flat, panels, strict=False):
            for row, (values, mean, published) in enumerate(panel.rows):
                place.plot(values, [row] * len(values), ".", color=MUTED, markersize=3.5, zorder=3)
                if published is not None:
                    figures = {"xerr": published[1]} if published[1] else {}
                    place.errorbar(
                        published[0], row + 0.28, fmt="D", color=INK, markerfacecolor="none", markersize=4,
                        linewidth=0.8, **figures,
                    )  # fmt: skip
                if mean is not None:
                    error = None if mean.low is None or mean.high is None else mean.half
                    place.errorbar(
                        mean.value, row, xerr=error, fmt="o", color=ACCENT, linewidth=1.2, capsize=2.5, markersize=4.5
                    )
            place.set_title(panel.title, fontsize=8.5, color=INK, loc="left")
            place.set_yticks(range(len(labels)), labels)
            place.set_ylim(len(labels) - 0.4, -0.6)
            place.xaxis.set_major_locator(MaxNLocator(nbins=4))
            place.margins(x=0.08)
        for place in list(axes.flat)[len(panels) :]:
            place.set_axis_off()
        return svg(figure)


def look(index: int) -> dict[str, Any]:
    """How the n-th of several methods is drawn: a colour, a marker and, beyond eight, a dash of its own."""
    colours = list(SERIES)
    return {
        "color": colours[index % len(colours)],
        "marker": MARKERS[(index + index // len(colours)) % len(MARKERS)],
        "linestyle": DASHES[index // len(colours) % len(DASHES)],
    }


def many_coloured(figure: Figure) -> str:
    """The figure as :func:`gansuite.report.curves.svg` writes it, the colours of several methods among the page's."""
    text = svg(figure)
    for colour, name in SERIES.items():
        text = text.replace(colour, f"var(--{name})")
    return text


def standalone(inline: str) -> str:
    """An inline ``<svg>`` as a file of its own, in the light colours of the report."""
    text = re.sub(r"var\(--(\w+)\)", lambda match: FIXED[match[1]], inline)
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    style = f'style="background: {FIXED["page"]}; font-family: sans-serif"'
    return text.replace("<svg ", f"<svg {names} {style} ", 1) + "\n"
