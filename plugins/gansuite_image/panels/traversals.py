"""Where the latent leads: rows of pictures along its directions."""

from __future__ import annotations

from gansuite.report import Section, View, template

from ..pixels import pixels, sheet
from .shown import Shown, rows_of, source_of

WORDS = {
    "jacobian": "The directions of the latent that change this picture most (right singular vectors of the generator's "
    "Jacobian there), steepest first, two standard deviations to either side.",
    "axes": "The first coordinates of the latent, two standard deviations to either side.",
    "codes": "The codes beside the latent: each row goes through all values of one, everything else held fixed.",
}


class TraversalsPanel:
    """A strip of pictures for each direction of the latent, and for each code."""

    def __call__(self, view: View) -> Section:
        parts = []
        for kind, words in WORDS.items():
            rows = [pixels(row) for row in rows_of(view.showcase, kind)]
            strips = [Shown(source_of(sheet([row])), f"{kind} {i + 1}") for i, row in enumerate(rows)]
            width = max((len(row) for row in rows), default=1)
            shares = [round(100 * len(row) / width, 2) for row in rows]
            if strips:
                parts.append((words, list(zip(strips, shares, strict=True))))
        html = template("gansuite_image", "traversals.html").render(parts=parts) if parts else ""
        return Section("Traversals", html)
