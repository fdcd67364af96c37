"""Curves over the steps of a run, as SVG that takes its colours from the page."""

from __future__ import annotations

import io
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

# Stand-ins that the page's colours replace, so that one figure serves the light and the dark scheme.
COLOURS = {"#010101": "ink", "#020202": "muted", "#030303": "line", "#040404": "accent", "#050505": "good"}
INK, MUTED, LINE, ACCENT, GOOD = COLOURS
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "gansuite",
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.formatter.useoffset": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
}
SIZE = (4.7, 2.3)  # inches; at 72 units an inch the text stays legible when a phone shrinks the figure
POINTS = 300  # drawn per curve: a longer one is cut into this many means
LOG_BEYOND = 30.0  # ratio that asks for a logarithmic axis


def estimate_curve(rows: Sequence[Mapping[str, Any]]) -> str:
    """One metric over the steps: value, its interval as a band, floor and untrained generator as lines."""
    rows = [row for row in rows if finite(row.get("value"))]
    if not rows:
        return ""
    step = np.array([row["step"] for row in rows], dtype=float)
    value = np.array([row["value"] for row in rows], dtype=float)
    # A missing or infinite end of an interval is drawn as the value itself: no band there.
    low = np.array([row["low"] if finite(row.get("low")) else row["value"] for row in rows], dtype=float)
    high = np.array([row["high"] if finite(row.get("high")) else row["value"] for row in rows], dtype=float)
    floor, untrained = rows[-1].get("floor"), rows[-1].get("untrained")
    lines = [
        (float(place), words, colour, dashes)
        for place, words, colour, dashes in (
            (floor, "held-out real", GOOD, (0, (4, 2))),
            (untrained, "untrained", MUTED, (0, (1, 2))),
        )
        if place is not None and finite(place)
    ]
    with matplotlib.rc_context(STYLE):
        figure, axes = canvas()
        for place, words, colour, dashes in lines:
            axes.axhline(place, color=colour, linewidth=1.1, linestyle=dashes)
            # "muted" text for both: a label must be read, its line carries the colour.
            axes.annotate(
                words, (1, place), xycoords=("axes fraction", "data"), xytext=(0, 2.5), textcoords="offset points",
                ha="right", va="bottom", color=MUTED, fontsize=7.5,
            )  # fmt: skip
        if len(rows) > 1:
            axes.fill_between(step, low, high, color=ACCENT, alpha=0.18, linewidth=0)
        else:
            axes.errorbar(step, value, [value - low, high - value], color=ACCENT, capsize=3, linewidth=1.2)
        axes.plot(step, value, color=ACCENT, marker="o" if len(rows) <= 40 else None, markersize=3.2)
        drawn = np.concatenate([low, high, value, np.array([line[0] for line in lines])])
        scale(axes, bool(drawn.min() > 0 and drawn.max() > LOG_BEYOND * drawn.min()))
        return svg(figure)


def term_curve(rows: Sequence[Mapping[str, Any]]) -> str:
    """One term of a cost over the steps: a curve of means, and a band from the least to the greatest value."""
    kept = [(row["step"], row["value"]) for row in rows if finite(row.get("value"))]
    if not kept:
        return ""
    step, value = np.array(kept, dtype=float).T
    groups = np.array_split(np.arange(len(value)), min(POINTS, len(value)))
    mean = np.array([value[group].mean() for group in groups])
    centre = np.array([step[group].mean() for group in groups])
    with matplotlib.rc_context(STYLE):
        figure, axes = canvas()
        if len(groups) < len(value):
            low, high = ([pick(value[group]) for group in groups] for pick in (np.min, np.max))
            axes.fill_between(centre, low, high, color=ACCENT, alpha=0.18, linewidth=0)
        axes.plot(centre, mean, color=ACCENT, linewidth=1.2, marker="o" if len(mean) == 1 else None, markersize=3.2)
        # Only for peaks that would flatten everything else, not for values that happen to come near 0.
        scale(axes, bool(mean.min() > 0 and mean.max() > LOG_BEYOND * np.median(mean)))
        return svg(figure)


def finite(value: Any) -> TypeGuard[float]:
    """Whether ``value`` is a number that can be drawn."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def canvas() -> tuple[Figure, Axes]:
    """An empty figure of the report's size, without pyplot's global state."""
    figure = Figure(figsize=SIZE, layout="constrained")
    return figure, figure.add_subplot()


def scale(axes: Axes, logarithmic: bool) -> None:
    """Steps from 0 on x, values on y with few and plain ticks."""
    if logarithmic:
        axes.set_yscale("log")
        axes.minorticks_off()
    else:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.margins(y=0.12)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))


def svg(figure: Figure) -> str:
    """The figure as an inline ``<svg>`` whose colours are the page's custom properties.

    The same figure is the same text every time, and its ids are unique to it, for several share one page.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"font: [^;\"]*?(\d+(?:\.\d+)?px)[^;\"]*", r"font-size: \1", text)
    text = re.sub(r" font-family: [^;\"]*;?", "", text)  # the page's own typeface
    text = re.sub(r"<g id=\"[^\"]*\"", "<g", text)  # nothing refers to a group
    for colour, name in COLOURS.items():
        text = text.replace(colour, f"var(--{name})")
    mark = f"f{zlib.crc32(text.encode()):x}-"
    text = re.sub(r"(\bid=\"|url\(#|href=\"#)", rf"\g<1>{mark}", text)
    return re.sub(
        r"<svg .*?(viewBox=\"[^\"]*\").*?>", r'<svg class="figure" role="img" \1>', text, count=1, flags=re.DOTALL
    )
