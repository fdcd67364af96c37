"""Phase portraits: where a round leads from every point, trajectories, and eigenvalues in the complex plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gansuite.report.curves import ACCENT, GOOD, INK, LINE, MUTED, STYLE, svg

Record = Mapping[str, Any]
PLAIN: dict[Any, Any] = {**STYLE, "axes.grid": False}
WIDEST = 1.25
ORDERS = {"simultaneous": "o", "alternating": "D"}


def portrait(records: Sequence[Record]) -> str:
    """One method on one system: a panel for each of its records, and one for all their eigenvalues.

    Returns:
        ``<svg>`` for a page.
    """
    with matplotlib.rc_context(PLAIN):
        figure = Figure(figsize=(2.7 * (len(records) + 1), 2.7), layout="constrained")
        *planes, circle = figure.subplots(1, len(records) + 1)
        for axes, record in zip(planes, records, strict=True):
            flow(axes, record)
        spectrum(circle, records)
        return svg(figure)


def flow(axes: Axes, record: Record) -> None:
    """The displacement of one round at every point of the lattice, and the trajectory from (1, 1)."""
    points = np.array(record["field"])
    (x, y), (u, v) = points[:, 0].T, points[:, 1].T
    length = np.hypot(u, v)
    shown = np.divide(1, length, out=np.zeros_like(length), where=length > 0) * np.sqrt(length)
    axes.quiver(x, y, u * shown, v * shown, color=MUTED, angles="xy", width=0.004, headwidth=4, alpha=0.7)
    path = np.array(record["trajectory"])
    axes.plot(*path.T, color=ACCENT, linewidth=0.9)
    axes.plot(*path[0], "s", color=INK, markersize=3.5)
    axes.plot(*path[-1], "o", color=GOOD if record["converges"] else INK, markersize=3.5)
    axes.plot(*equilibrium(record), "+", color=INK, markersize=7)
    axes.set(xlim=(x.min() - 0.2, x.max() + 0.2), ylim=(y.min() - 0.2, y.max() + 0.2), xlabel="θ", ylabel="ψ")
    radius = record["spectral_radius"]
    told = record["evidence"] if radius is None else f"radius {radius:.4f}"
    axes.set_title(f"{record['dynamics']}, {told}", fontsize=8, color=INK, loc="left")
    ticks(axes)


def equilibrium(record: Record) -> tuple[float, float]:
    """(θ, ψ)."""
    return record["sd"] or 0.0, 0.0


def spectrum(axes: Axes, records: Sequence[Record]) -> None:
    """Eigenvalues of the round's Jacobian: inside the unit circle it converges."""
    turn = np.linspace(0, 2 * np.pi, 181)
    axes.plot(np.cos(turn), np.sin(turn), color=LINE, linewidth=1)
    axes.axhline(0, color=LINE, linewidth=0.6)
    axes.axvline(0, color=LINE, linewidth=0.6)
    for record in records:
        roots = np.array(record["eigenvalues"]).reshape(-1, 2)
        colour = GOOD if record["converges"] else INK
        axes.plot(*roots.T, ORDERS[record["dynamics"]], color=colour, markerfacecolor="none", markersize=4.5)
    reach = max([1.15, *(abs(part) * 1.1 for record in records for root in record["eigenvalues"] for part in root)])
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="Re λ", ylabel="Im λ")
    axes.set_title("eigenvalues (○ sim., ◇ alt.)", fontsize=8, color=INK, loc="left")
    ticks(axes)


def ticks(axes: Axes) -> None:
    """Few and plain."""
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))


def radii(records: Sequence[Record]) -> str:
    """The spectral radius of every method, a panel a system; left of the line it converges.

    Radii beyond ``WIDEST`` stand at the edge.
    """
    systems = list(dict.fromkeys(record["system"] for record in records))
    methods = list(dict.fromkeys(record["method"] for record in records))
    with matplotlib.rc_context({**STYLE, "axes.grid.axis": "x"}):
        figure = Figure(figsize=(1.4 + 3.2 * len(systems), 0.7 + 0.26 * len(methods)), layout="constrained")
        panels = figure.subplots(1, len(systems), squeeze=False, sharey=True)[0]
        for axes, system in zip(panels, systems, strict=True):
            axes.axvline(1, color=INK, linewidth=0.8)
            for record in records:
                if record["system"] == system and record["spectral_radius"] is not None:
                    place = methods.index(record["method"]) + (0.15 if record["dynamics"] == "alternating" else -0.15)
                    colour = GOOD if record["converges"] else ACCENT
                    axes.plot(
                        min(record["spectral_radius"], WIDEST), place, ORDERS[record["dynamics"]], color=colour,
                        markerfacecolor="none", markersize=4.5,
                    )  # fmt: skip
            axes.set_title(
                f"{system}: spectral radius, up to {WIDEST} (○ sim., ◇ alt.)", fontsize=8, color=INK, loc="left"
            )
            axes.set_yticks(range(len(methods)), methods)
            axes.set_ylim(len(methods) - 0.4, -0.6)
            axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
        return svg(figure)
