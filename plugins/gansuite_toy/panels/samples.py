"""The toy samples of a run, drawn over what is known of the truth."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import Annotated, Any

import matplotlib
import numpy as np
from annotated_types import Gt
from matplotlib.figure import Figure

from gansuite.report import Section, View
from gansuite.report.curves import STYLE, svg

from .pictures import PAGE, SIZE, Look, colours, drawing, nearest, written


class ToySamples:
    """Generated samples over real ones, points coloured by mode, with the number that each mode holds.

    Args:
        shown: how many strings are printed.
    """

    def __init__(self, *, shown: Annotated[int, Gt(0)] = 12) -> None:
        self.shown = shown

    def __call__(self, view: View) -> Section:
        samples, source = self.samples(view)
        picture = str(view.spec.get("picture") or "")
        if samples is None or not picture:
            return Section("Samples", "<p class='note'>No samples have been written yet.</p>")
        figures = [(f"Generated: {len(samples)} samples of {source}", samples)]
        dataset = view.run.get("dataset") or {}
        look = replace(PAGE, spec=view.spec, law=dataset.get("law"))
        if dataset.get("examples"):
            look = replace(look, examples=np.asarray(dataset["examples"], dtype=float))
        elif "real" in view.showcase:
            figures.append(("Real, held out", view.showcase["real"]))
        if picture == "strings":
            return Section("Samples", "".join(self.strings(title, rows, view.spec) for title, rows in figures))
        drawn = [(title, self.figure(rows, picture, look)) for title, rows in figures]
        if look.law is not None:
            drawn.append(("Good samples in each mode; the line is its due share", self.bars(samples, look)))
        parts = [f"<figure><figcaption>{title}</figcaption>{picture}</figure>" for title, picture in drawn]
        grid = "display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.5rem"
        return Section("Samples", f'<div style="{grid}">{"".join(parts)}</div>')

    def samples(self, view: View) -> tuple[np.ndarray | None, str]:
        """The newest written samples, or those of the showcase, and where they come from."""
        for path in view.sample_files:
            if path.suffix == ".npy":
                return np.load(path), f"step {path.parent.name.lstrip('0') or '0'}"
        return view.showcase.get("samples"), f"step {view.run.get('step')}"

    def figure(self, samples: np.ndarray, picture: str, look: Look) -> str:
        """One drawing as the page's SVG."""
        with matplotlib.rc_context(STYLE):
            return svg(drawing(samples, picture, look))

    def bars(self, samples: np.ndarray, look: Look) -> str:
        """Number of good samples in each mode, with the number that its share would give."""
        law: Any = look.law
        flat = samples.reshape(len(samples), -1)
        mode, good = nearest(np.nan_to_num(flat), law)
        counts = np.bincount(mode[good], minlength=len(law["means"]))
        with matplotlib.rc_context(STYLE):
            figure = Figure(figsize=SIZE, layout="constrained")
            axes = figure.add_subplot()
            places = np.arange(len(counts))
            axes.bar(places, counts, color=colours(len(counts)), width=0.7)
            axes.step(places, np.asarray(law["shares"]) * len(samples), where="mid", color=look.real, linewidth=1.2)
            axes.set_xticks([])
            return svg(figure)

    def strings(self, title: str, samples: np.ndarray, spec: Any) -> str:
        """A few strings as text."""
        lines = "\n".join(html.escape(line) for line in written(samples[: self.shown], spec))
        return f"<h3>{html.escape(title)}</h3><pre>{lines}</pre>"
