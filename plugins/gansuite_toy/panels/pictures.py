"""Toy samples drawn: scatter, density, curves, pictures, outlines, strings."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from gansuite.report.curves import ACCENT, INK, MUTED

SHOWN = 36  # pictures, curves, outlines or strings in one drawing
POINTS = 5000  # points in one drawing
SIZE = (3.6, 3.2)  # inches


@dataclass(frozen=True)
class Look:
    """What a drawing is made with: the colours, and what is known besides the samples.

    Args:
        made: colour of samples whose mode is not known.
        real: colour of real samples and true modes.
        ink: colour of text.
        examples: real samples to lie below the drawn ones, [k, d].
        law: ``means`` [k, d], ``sd`` [k] and ``within`` of a mixture; its modes get a colour and a circle each.
        spec: the domain's description.
    """

    made: str = "#0f6d78"
    real: str = "#9aa3a6"
    ink: str = "#1c2124"
    examples: np.ndarray | None = None
    law: Mapping[str, Any] | None = None
    spec: Mapping[str, Any] | None = None


PAGE = Look(ACCENT, MUTED, INK)
"""The report's colours, which follow its scheme."""


def drawing(samples: np.ndarray, picture: str, look: Look) -> Figure:
    """Samples as a domain of this ``picture`` is drawn; what is not finite is drawn at 0."""
    figure = Figure(figsize=SIZE, layout="constrained")
    PICTURES[picture](figure.add_subplot(), np.nan_to_num(samples, posinf=0, neginf=0), look)
    return figure


def nearest(samples: np.ndarray, law: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The nearest mode of each sample, and whether it lies within its circle."""
    means = np.asarray(law["means"], dtype=float)
    distance = np.sqrt(np.square(samples[:, None] - means).sum(2))
    mode = distance.argmin(1)
    return mode, distance.min(1) <= float(law["within"]) * np.asarray(law["sd"])[mode]


def colours(n: int) -> np.ndarray:
    """A colour for each of ``n`` modes; neighbours differ most."""
    wheel = matplotlib.colormaps["hsv"](np.linspace(0, 1, n, endpoint=False))[:, :3]
    return 0.8 * wheel


def scatter(axes: Axes, samples: np.ndarray, look: Look) -> None:
    """The first two coordinates; the modes of the law as circles, samples in the colour of the one they belong to."""
    points = samples[:POINTS, :2]
    if look.examples is not None:
        axes.scatter(*look.examples[:, :2].T, s=5, color="#9aa3a6", linewidths=0, rasterized=True)
    colour: Any = "#0f6d78"
    if look.law is not None and np.shape(look.law["means"])[1] == 2:
        mode, good = nearest(points, look.law)
        colour = np.where(good[:, None], colours(len(look.law["means"]))[mode], 0.62)
        for mean, sd in zip(look.law["means"], look.law["sd"], strict=True):
            axes.add_patch(Circle(mean, float(look.law["within"]) * sd, fill=False, color=look.real, linewidth=0.8))
    axes.scatter(*points.T, s=3, c=colour, linewidths=0, rasterized=True)
    axes.set_aspect("equal", "datalim")
    axes.grid(False)


def density(axes: Axes, samples: np.ndarray, look: Look) -> None:
    """The histogram of the first coordinate over that of real samples, or over the law's curve."""
    values, both = samples[:, 0], samples[:, 0]
    if look.examples is not None:
        both = np.concatenate([values, look.examples[:, 0]])
    low, high = float(both.min()), float(both.max())
    margin = 0.05 * (high - low) + 1e-6
    bins = np.linspace(low - margin, high + margin, 101).tolist()
    if look.law is not None:
        means, sd, shares = (np.asarray(look.law[key], dtype=float).ravel() for key in ("means", "sd", "shares"))
        x = np.linspace(bins[0], bins[-1], 1200)
        bells = np.exp(-0.5 * ((x[:, None] - means) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
        axes.fill_between(x, bells @ shares, color=look.real, alpha=0.5, linewidth=0)
    elif look.examples is not None:
        axes.hist(look.examples[:, 0], bins, density=True, color=look.real, alpha=0.5)
    axes.hist(values, bins, density=True, histtype="step", color=look.made, linewidth=1.2)
    axes.set_yticks([])


def curves(axes: Axes, samples: np.ndarray, look: Look) -> None:
    """The first channel of a few signals, one below the other."""
    rows = samples[: SHOWN // 3, 0]
    step = 2.2 * max(float(np.abs(rows).max(initial=0)), 1e-9)
    for row, signal in enumerate(rows):
        axes.plot(signal - row * step, color=look.made, linewidth=1)
    axes.axis("off")


def images(axes: Axes, samples: np.ndarray, look: Look) -> None:
    """A few pictures in a square, -1 dark and 1 light; three channels are red, green and blue."""
    tiles = samples[:SHOWN].clip(-1, 1) / 2 + 0.5
    n, channels, height, width = tiles.shape
    side = int(np.ceil(np.sqrt(n)))
    sheet = np.full((side * (height + 1), side * (width + 1), 3), 0.5)
    for place, tile in enumerate(tiles):
        top, left = place // side * (height + 1), place % side * (width + 1)
        shown = tile if channels == 3 else tile[:1].repeat(3, 0)
        sheet[top : top + height, left : left + width] = shown.transpose(1, 2, 0)
    axes.imshow(sheet, interpolation="nearest")
    axes.axis("off")


def contours(axes: Axes, samples: np.ndarray, look: Look) -> None:
    """A few closed outlines in a square."""
    rows = samples[:SHOWN]
    side = int(np.ceil(np.sqrt(len(rows))))
    for place, (x, y) in enumerate(rows):
        right, down = 2.4 * (place % side), -2.4 * (place // side)
        axes.fill(x + right, y + down, facecolor="none", edgecolor=look.made, linewidth=1)
    axes.set_aspect("equal")
    axes.axis("off")


def strings(axes: Axes, samples: np.ndarray, look: Look) -> None:
    """A few strings, one a line."""
    for row, text in enumerate(written(samples[: SHOWN // 2], look.spec or {})):
        axes.text(0, -row, text, family="monospace", fontsize=7, color=look.ink, va="top")
    axes.set_xlim(0, 1)
    axes.set_ylim(-SHOWN // 2, 0.5)
    axes.axis("off")


PICTURES: Mapping[str, Callable[[Axes, np.ndarray, Look], None]] = {
    "scatter": scatter,
    "density": density,
    "curves": curves,
    "images": images,
    "contours": contours,
    "strings": strings,
}


def written(samples: np.ndarray, spec: Mapping[str, Any]) -> list[str]:
    """Strings of tokens [n, length], or of probabilities [n, vocabulary, length], as text."""
    numbers = samples.argmax(1) if samples.ndim == 3 else samples
    signs = list(spec.get("tokens") or [])
    if signs:
        return ["".join(signs[int(token)] for token in row) for row in numbers]
    return [" ".join(str(int(token)) for token in row) for row in numbers]


def png(figure: Figure) -> bytes:
    """A figure as a PNG file, the same bytes every time."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()
