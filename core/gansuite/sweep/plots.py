"""Pictures of a sweep: what a budget buys, and what goes with what was drawn."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from gansuite.report.curves import LOG_BEYOND, STYLE
from gansuite.studies.comparison.plots import WIDTH, legend, legend_height, spread
from gansuite.studies.picture import look, many_coloured
from gansuite.sweep.plan import Plan
from gansuite.sweep.slots import short
from gansuite.sweep.space import Parameter
from gansuite.sweep.summary import Summary

FEW = 500.0
"""Ratio of the ends of a logarithmic axis up to which 2 and 5 are marked between the powers of 10."""
BOTH = {**STYLE, "axes.grid.axis": "both"}


def best_of_k_curves(plan: Plan, summaries: Sequence[Summary]) -> str:
    """The expected best of k trials, a curve and a band a recipe.

    Returns:
        ``<svg>`` for a page; empty where nothing can be drawn.
    """
    known = [(index, each) for index, each in enumerate(summaries) if each.curve is not None]
    if not known:
        return ""
    names = [each.arm.name for _, each in known]
    with matplotlib.rc_context(BOTH):
        figure = Figure(figsize=(WIDTH, 2.8 + legend_height(names)), layout="constrained")
        axes = figure.add_subplot()
        for index, each in known:
            curve, style = each.curve, look(index)
            assert curve is not None
            opacity = 0.4 / max(2, len(known))
            axes.fill_between(curve.k, curve.low, curve.high, color=style["color"], alpha=opacity, linewidth=0)
            every = spread(len(curve.k), index)
            axes.plot(curve.k, curve.value, label=each.arm.name, markersize=4, markevery=every, **style)
        axes.set(xlabel="trials k", ylabel=f"expected best {plan.metric}")
        logarithmic(axes, "x")
        scaled(axes, [value for _, each in known for value in each.values])
        legend(figure, names)
        return many_coloured(figure)


def against(plan: Plan, summaries: Sequence[Summary], name: str) -> str:
    """Every trial's value over what it drew for one entry of the space.

    Failed trials stand at the worst value, hollow.

    Returns:
        ``<svg>`` for a page; empty where nothing can be drawn.
    """
    with matplotlib.rc_context(BOTH):
        drawn = [
            (index, each, parameter)
            for index, each in enumerate(summaries)
            for parameter in each.arm.parameters
            if parameter.name == name and each.values and len(each.values) == len(each.trials)
        ]
        if not drawn:
            return ""
        names = [each.arm.name for _, each, _ in drawn]
        levels = levels_of(drawn, name)
        figure = Figure(figsize=(WIDTH, 2.5 + legend_height(names)), layout="constrained")
        axes = figure.add_subplot()
        for index, each, _ in drawn:
            style = {key: value for key, value in look(index).items() if key != "linestyle"}
            points = [trial.factors.get(name) for trial in each.trials]
            x = np.array([place(point, levels, index, len(summaries)) for point in points])
            y, failed = np.array(each.values), np.array(each.failed)
            axes.plot(x[~failed], y[~failed], label=each.arm.name, linestyle="", markersize=4, **style)
            axes.plot(x[failed], y[failed], linestyle="", markersize=5, markerfacecolor="none", **style)
        if levels:
            axes.set_xticks(range(len(levels)), [short_word(level) for level in levels])
        elif any(parameter.log for *_, parameter in drawn):
            logarithmic(axes, "x")
        axes.set(xlabel=name, ylabel=plan.metric)
        scaled(axes, [value for _, each, _ in drawn for value in each.values])
        legend(figure, names)
        return many_coloured(figure)


def levels_of(drawn: Sequence[tuple[int, Summary, Parameter]], name: str) -> list[str]:
    """The choices, numbers by size and words as they are named; none where numbers were drawn from a range."""
    if all(parameter.choices is None for *_, parameter in drawn):
        return []
    named = [short(choice) for *_, parameter in drawn for choice in parameter.choices or ()]
    met = [short(trial.factors.get(name)) for _, each, _ in drawn for trial in each.trials]
    levels = [level for level in dict.fromkeys([*named, *met]) if level in met]
    try:
        return sorted(levels, key=float)
    except ValueError:  # words
        return levels


def place(point: object, levels: Sequence[str], index: int, count: int) -> float:
    """Where a drawn value stands on x; recipes stand beside each other at a choice."""
    if levels:
        return levels.index(short(point)) + 0.5 * ((index + 0.5) / count - 0.5)
    return float(point) if isinstance(point, int | float) else float("nan")


def short_word(level: str, width: int = 14) -> str:
    """A choice that fits under an axis."""
    return level if len(level) <= width else f"{level[: width - 1]}…"


def scaled(axes: Axes, values: Sequence[float]) -> None:
    """Values on y, by their logarithm where they are positive and far apart."""
    if values and min(values) > 0 and max(values) > LOG_BEYOND * min(values):
        logarithmic(axes, "y")
    axes.margins(x=0.03, y=0.08)


def logarithmic(axes: Axes, which: str) -> None:
    """A logarithmic axis whose ticks are plain numbers."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.axes.set(**{f"{which}scale": "log"})
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    axis.set_major_locator(LogLocator(subs=(1.0,) if high > FEW * low else (1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(FuncFormatter(lambda value, _: ""))
