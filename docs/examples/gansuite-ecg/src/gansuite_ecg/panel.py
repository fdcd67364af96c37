"""A section of the report: samples beside the training beats that are nearest to them."""

from __future__ import annotations

from collections.abc import Sequence

from gansuite.report import Section, View


class Traces:
    """Draws each sample as a line, and its nearest training beat as a faint one behind it.

    Args:
        shown: samples drawn.
    """

    def __init__(self, *, shown: int = 12) -> None:
        self.shown = shown

    def __call__(self, view: View) -> Section:
        samples = view.showcase.get("samples")
        if samples is None:
            return Section("Samples", "<p>No samples have been drawn yet.</p>")
        near = view.showcase.get("neighbours", samples)
        pairs = zip(samples[: self.shown].tolist(), near.tolist(), strict=False)
        drawings = "".join(
            f'<svg viewBox="0 0 120 60" width="180" role="img" aria-label="a generated beat">'
            f"{line(neighbour, 0.3)}{line(sample, 1)}</svg>"
            for sample, neighbour in pairs
        )
        return Section("Samples", f"<p>Faint: the nearest training beat.</p>{drawings}")


def line(beat: Sequence[float], opacity: float) -> str:
    """A beat as a line of SVG; -1 and 1.5 millivolts are the edges of the picture."""
    points = " ".join(f"{120 * i / len(beat):.1f},{60 * (1.5 - value) / 2.5:.1f}" for i, value in enumerate(beat))
    return f'<polyline points="{points}" fill="none" stroke="currentColor" opacity="{opacity}"/>'
