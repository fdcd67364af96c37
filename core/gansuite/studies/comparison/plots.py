"""Pictures of a comparison across domains: aggregates with intervals, profiles, who is better than whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gansuite.metrics.estimate import Interval
from gansuite.report.curves import GOOD, INK, MUTED, STYLE
from gansuite.studies.across import Profile
from gansuite.studies.evaluation.heat_map import heat_map
from gansuite.studies.picture import DOTS, look, many_coloured

WIDTH = 4.7  # inches of a picture that a phone shows whole; as the report's curves
ENDS = {0.0: "held-out real", 1.0: "untrained"}  # of the normalised score


def intervals(
    found: Mapping[str, Interval],
    ranks: Mapping[str, int],
    ends: Mapping[float, str] | None = None,
    span: tuple[float, float] | None = None,
) -> str:
    """A line a method: a value and its interval.

    Args:
        found: the value of each method.
        ranks: the place of each among all methods of the page, by which it has its colour and its marker.
        ends: places that are marked, with their names, as far as they lie within the picture.
        span: of x, if it is not to follow the values.

    Returns:
        ``<svg>`` for a page.
    """
    with matplotlib.rc_context(DOTS):
        figure = Figure(figsize=(WIDTH, 0.6 + 0.22 * len(found)), layout="constrained")
        axes = figure.add_subplot()
        for row, (method, each) in enumerate(found.items()):
            style = look(ranks[method])
            error = np.maximum([[each.value - each.low], [each.high - each.value]], 0)
            axes.errorbar(
                each.value, row, xerr=error, color=style["color"], marker=style["marker"], markersize=5, linewidth=1.4,
                capsize=3,
            )  # fmt: skip
        axes.set_yticks(range(len(found)), list(found), color=INK)
        axes.set_ylim(len(found) - 0.5, -0.5)
        axes.margins(x=0.08)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
        if span:
            axes.set_xlim(span)
        mark(axes, ends or {})
        return many_coloured(figure)


def mark(axes: Axes, ends: Mapping[float, str]) -> None:
    """Lines at named places of x that lie within what is drawn."""
    low, high = axes.get_xlim()
    for place, words in ends.items():
        if low <= place <= high:
            axes.axvline(place, color=GOOD if place == 0 else MUTED, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)
            axes.annotate(
                words, (place, 1), xycoords=("data", "axes fraction"), xytext=(0, 1.5), textcoords="offset points",
                ha="center", va="bottom", fontsize=6.5, color=MUTED,
            )  # fmt: skip


def profiles(found: Mapping[str, Profile], ranks: Mapping[str, int]) -> str:
    """Share of the runs with a score of at most tau, a curve and band a method; more to the upper left is better.

    Returns:
        ``<svg>`` for a page.
    """
    with matplotlib.rc_context({**STYLE, "axes.grid.axis": "both"}):
        figure = Figure(figsize=(WIDTH, 2.7 + legend_height(found)), layout="constrained")
        axes = figure.add_subplot()
        for method, each in found.items():
            style = look(ranks[method])
            opacity = 0.4 / max(2, len(found))
            axes.fill_between(each.taus, each.low, each.high, color=style["color"], alpha=opacity, linewidth=0)
            every = spread(len(each.taus), ranks[method])
            axes.plot(each.taus, each.share, label=method, markersize=4, markevery=every, **style)
        axes.set(ylim=(-0.02, 1.02), xlabel="score τ", ylabel="share of runs with a score ≤ τ")
        axes.margins(x=0)
        low, high = axes.get_xlim()
        ticks = [tick for tick in np.arange(-8, 9) / 4 if low <= tick <= high]
        axes.set_xticks(ticks, [f"{tick:g}\n{ENDS.get(tick, '')}" for tick in ticks])
        legend(figure, found)
        return many_coloured(figure)


def legend(figure: Figure, methods: Collection[str]) -> None:
    """The methods with their looks, below the picture."""
    figure.legend(
        loc="outside lower left", ncols=legend_columns(methods), frameon=False, fontsize=7.5, labelcolor=INK,
        handlelength=3.2,
    )  # fmt: skip


def legend_columns(methods: Collection[str]) -> int:
    """How many names fit beside each other."""
    longest = max(map(len, methods), default=0)
    return 3 if longest < 13 else 2 if longest < 26 else 1


def legend_height(methods: Collection[str]) -> float:
    """Inches that the legend takes."""
    return 0.1 + 0.155 * -(-len(methods) // legend_columns(methods))


def spread(points: int, index: int) -> tuple[int, int]:
    """Where a curve of so many points has its markers: a few, and not where the others have theirs."""
    step = max(1, points // 6)
    return (index * max(1, step // 5) % step, step)


def improvement(methods: Sequence[str], found: Mapping[tuple[str, str], Interval]) -> str:
    """The probability that a run of the row's method is better than one of the column's, as numbers on colour.

    Returns:
        ``<svg>`` for a page.
    """
    numbers = [str(index + 1) for index in range(len(methods))]
    rows = [f"{number}  {method}" for number, method in zip(numbers, methods, strict=True)]
    cells = {}
    for (x, y), value in found.items():
        sure = "*" if value.low > 0.5 or value.high < 0.5 else ""
        place = rows[methods.index(x)], numbers[methods.index(y)]
        cells[place] = (2 * (0.5 - value.value), f"{value.value:.2f}{sure}".removeprefix("0"))
    return heat_map(rows, numbers, cells, "* the interval excludes 0.5", rotation=0.0)
