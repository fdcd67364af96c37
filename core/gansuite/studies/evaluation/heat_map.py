"""Pictures of the study: what each metric sees, and how its value for real samples hangs on their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, NullLocator

from gansuite.report.curves import ACCENT, INK, LINE, MUTED, STYLE, svg
from gansuite.studies.statistics import Mean

WARN = "#060606"  # a stand-in like those of the report's curves, for the page's colour of that name
STRONGEST = 0.6  # opacity of a full cell: the words on it stay legible in both schemes
WIDTH, HEIGHT, BELOW = 0.46, 0.235, 0.3  # inches of a cell, and of the legend

Cell = tuple[float | None, str]
"""From -1, called better, to 1, called worse (None: never moved), and the words in the cell."""


def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[str, str], Cell],
    legend: str = "",
    rotation: float = 40.0,
) -> str:
    """A line a number, a column a corruption, the ``legend`` below; what means nothing is left empty.

    Args:
        rows: their names.
        columns: their names, turned by ``rotation`` degrees.
        cells: by row and column.
        legend: a line.
        rotation: 0 for names as short as a cell, which then stand over its middle.

    Returns:
        ``<svg>`` for a page.
    """
    left, top = 0.075 * max(map(len, rows), default=1) + 0.2, 0.046 * max(map(len, columns), default=1) + 0.2
    width, height = WIDTH * len(columns), HEIGHT * len(rows)
    with matplotlib.rc_context({**STYLE, "axes.grid": False, "axes.spines.bottom": False}):
        figure = Figure(figsize=(left + width + 0.55, top + height + BELOW))
        whole = figure.get_size_inches()
        axes = figure.add_axes((left / whole[0], BELOW / whole[1], width / whole[0], height / whole[1]))
        for (row, column), (value, words) in cells.items():
            x, y = columns.index(column), rows.index(row)
            colour = ACCENT if (value or 0.0) > 0 else WARN
            fill = to_rgba(colour, STRONGEST * min(1.0, abs(value or 0.0)))
            axes.add_patch(Rectangle((x + 0.04, y + 0.06), 0.92, 0.88, facecolor=fill, edgecolor=LINE, linewidth=0.5))
            if words:
                axes.text(x + 0.5, y + 0.53, words, ha="center", va="center", fontsize=7, color=INK)
        axes.text(0.04, len(rows) + 0.25, legend, va="top", fontsize=7, color=MUTED)
        axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
        axes.set_yticks([y + 0.5 for y in range(len(rows))], list(rows), color=INK)
        axes.xaxis.tick_top()
        axes.set_xticks(
            [x + 0.5 for x in range(len(columns))],
            list(columns),
            rotation=rotation,
            ha="left" if rotation else "center",
            color=INK,
        )
        axes.tick_params(axis="both", pad=1)
        return svg(figure).replace(WARN, "var(--warn)")


def bias_curves(curves: Mapping[str, Mapping[int, Mean]]) -> str:
    """A panel a number: its mean over the repeats for real samples, by their number n, with its interval."""
    columns = min(5, len(curves))
    lines = -(-len(curves) // columns)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(1.75 * columns, 1.25 * lines), layout="constrained")
        panels: list[Axes] = list(figure.subplots(lines, columns, squeeze=False).flat)
        for axes, (part, curve) in zip(panels, curves.items(), strict=False):
            n, means = list(curve), list(curve.values())
            axes.errorbar(
                n, [m.value for m in means], [m.half or 0.0 for m in means], fmt="o-", color=ACCENT, markersize=2.5,
                linewidth=1.0,
            )  # fmt: skip
            axes.set_xscale("log", base=2)
            axes.set_xticks([n[0], n[-1]], [str(n[0]), str(n[-1])])
            axes.xaxis.set_minor_locator(NullLocator())
            axes.yaxis.set_major_locator(MaxNLocator(nbins=3))
            axes.tick_params(labelsize=6.5, labelcolor=MUTED)
            axes.set_title(part, fontsize=7, color=INK, loc="left")
        for axes in panels[len(curves) :]:
            axes.set_axis_off()
        return svg(figure)
