"""The graph that is put together from walks, beside the real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from gansuite.report import Section, View, template

from ..listing import Listing
from .pictures import STYLE, picture

WORDS = {"real": "learnt from", "generated": "put together from walks"}


class NetworkPanel:
    """Pictures of both graphs where they are small, the distributions of their degrees, and their statistics."""

    def __call__(self, view: View) -> Section:
        if "length" not in view.spec or "nodes" not in view.spec:  # sets of graphs have a section of their own
            return Section("", "")
        found = view.noted("network.json")
        if not found:
            note = "No graph has been put together yet: that is done whenever samples are drawn."
            return Section("Network", f'<p class="note">{note}</p>')
        numbers = found["statistics"]
        rows = [(name.replace("-", " "), numbers["real"][name], each) for name, each in numbers["generated"].items()]
        html = template("gansuite_graph", "network.html").render(
            found=found,
            pictures=pictures(found),
            degrees=Markup(degrees(found["degrees"])),
            rows=rows,
            style=Markup(STYLE),
        )
        return Section("Network", html)


def pictures(found: Mapping[str, Any]) -> list[tuple[Markup, str]]:
    """A picture of each graph and what it is of; none where they are large."""
    shown = []
    for name, edges in found.get("drawn", {}).items():
        graph = Listing([1] * found["nodes"], [(u, v, 1) for u, v in edges])
        shown.append((Markup(picture(graph, words=f"The graph {WORDS[name]}")), f"The graph {WORDS[name]}"))
    return shown


def degrees(histograms: Mapping[str, Sequence[int]]) -> str:
    """The share of nodes with at least so many neighbours, over that number, both axes logarithmic."""
    import matplotlib
    from matplotlib.ticker import LogLocator, ScalarFormatter

    from gansuite.report.curves import ACCENT, GOOD, STYLE, canvas, svg

    with matplotlib.rc_context(STYLE):
        figure, axes = canvas()
        for name, colour, dashes in (("real", GOOD, (0, (4, 2))), ("generated", ACCENT, "-")):
            counts = np.array(histograms[name], dtype=float)
            share = counts[::-1].cumsum()[::-1] / counts.sum()
            d = np.arange(len(counts))
            keep = (d > 0) & (share > 0)
            axes.plot(d[keep], share[keep], color=colour, linestyle=dashes, label=WORDS[name], drawstyle="steps-post")
        axes.set_xscale("log")
        axes.set_yscale("log")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(10, (1, 3), numticks=8))
            axis.set_major_formatter(ScalarFormatter())
        axes.minorticks_off()
        axes.set_xlabel("neighbours")
        axes.set_ylabel("nodes with as many or more")
        axes.legend(frameon=False, labelcolor="linecolor")
        return svg(figure)
