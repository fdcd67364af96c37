"""A graph as an SVG picture that follows the page's colours and says in words what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from ..listing import Listing
from .layout import layout

LARGEST = 200
"""Nodes of the largest graph that is drawn."""
ROOM = 8.0
"""Margin around a picture of 100 by 100."""
COLOURS = 6
"""Colours of the style sheet; further types begin anew."""

STYLE = (Path(__file__).parent / "templates" / "graph.css").read_text(encoding="utf-8")
"""Goes once into a page that holds pictures; ``--muted`` and ``--page`` are the report's."""


def picture(
    graph: Listing, node_types: Sequence[str] = ("node",), edge_types: Sequence[str] = ("edge",), words: str = ""
) -> str:
    """The graph as ``<svg>``, with ``words`` and its size for who cannot see it.

    Types of nodes differ in colour, short names stand in the nodes of small graphs; edges of the types 2 and 3 are
    drawn double and triple, of type 4 with a dashed line beside, as bonds are.
    """
    n, m = len(graph.nodes), len(graph.edges)
    told = escape(f"{words}: {counted(n, m)}" if words else counted(n, m), quote=True)
    if not 0 < n <= LARGEST:
        why = "It has no nodes." if not n else f"{counted(n, m)}: too large to be drawn."
        return f'<p class="note" role="img" aria-label="{told}">{why}</p>'
    x = ROOM + (100 - 2 * ROOM) * layout(graph.networkx())
    lettered = len(node_types) > 1 and n <= 24 and max(map(len, node_types)) <= 2
    size = 9.0 if lettered else float(np.clip(30 / np.sqrt(n), 2.2, 7))
    parts = [*edges(graph, x, float(np.clip(9 / np.sqrt(m + 1), 0.5, 1.4)), size)]
    for kind in sorted(set(graph.nodes)):
        dots = "".join(f"M{point(x[i])}h0" for i, other in enumerate(graph.nodes) if other == kind)
        parts.append(f'<path class="n{1 + (kind - 1) % COLOURS}" stroke-width="{size:.1f}" d="{dots}"/>')
    if lettered:
        names = zip(x, graph.nodes, strict=True)
        parts += [f'<text x="{a:.1f}" y="{b:.1f}">{escape(node_types[k - 1])}</text>' for (a, b), k in names]
    return f'<svg class="graph" viewBox="0 0 100 100" role="img" aria-label="{told}">{"".join(parts)}</svg>'


def edges(graph: Listing, x: np.ndarray, width: float, size: float) -> list[str]:
    """The lines, all of one kind in one path."""
    found: list[str] = []
    for kind in sorted({kind for _, _, kind in graph.edges}):
        pairs = np.array([(u, v) for u, v, other in graph.edges if other == kind])
        for shift, dashed in STROKES[(kind - 1) % len(STROKES)]:
            along = x[pairs[:, 1]] - x[pairs[:, 0]]
            across = along[:, ::-1] * [-1, 1] / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
            away = across * shift * max(2.2 * width, 0.22 * size)
            lines = zip(x[pairs[:, 0]] + away, x[pairs[:, 1]] + away, strict=True)
            d = "".join(f"M{point(a)}L{point(b)}" for a, b in lines)
            style = f' stroke-dasharray="{2 * width:.1f} {2.2 * width:.1f}"' if dashed else ""
            found.append(f'<path class="e" stroke-width="{width:.2f}"{style} d="{d}"/>')
    return found


STROKES = (
    ((0.0, False),),
    ((-0.6, False), (0.6, False)),
    ((-1.1, False), (0, False), (1.1, False)),
    ((0, False), (1.1, True)),
)
"""The lines of an edge by its type: how far each lies beside the middle, and whether it is dashed."""


def legend(node_types: Sequence[str], edge_types: Sequence[str]) -> str:
    """What colours and lines stand for, as a list; nothing where all are of one type."""
    items: list[str] = []
    if len(node_types) > 1:
        for k, name in enumerate(node_types):
            dot = f'<path class="n{1 + k % COLOURS}" stroke-width="60" d="M50 50h0"/>'
            items.append(f"<li>{sign(dot)}{escape(name)}</li>")
    if len(edge_types) > 1:
        line = np.array([[5.0, 50.0], [95.0, 50.0]])
        for k, name in enumerate(edge_types):
            items.append(
                f"<li>{sign(''.join(edges(Listing([1, 1], [(0, 1, k + 1)]), line, 9.0, 9.0)))}{escape(name)}</li>"
            )
    return f'<ul class="legend">{"".join(items)}</ul>' if items else ""


def sign(inside: str) -> str:
    """A small drawing within a line of text."""
    return f'<svg class="graph" viewBox="0 0 100 100" aria-hidden="true">{inside}</svg>'


def counted(n: int, m: int) -> str:
    """The size in words."""
    return f"{n} node{'s' * (n != 1)}, {m} edge{'s' * (m != 1)}"


def point(x: np.ndarray) -> str:
    """Coordinates to a tenth."""
    return f"{x[0]:.1f} {x[1]:.1f}"
