"""Samples as pixels: colours, enlargement, contact sheets. Writers, panels and TensorBoard draw with it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

SHOWN = (1, 3, 4)
"""Numbers of channels that are colours: grey, red-green-blue, and with opacity. Any other is a map of labels."""

GOLDEN = 0.618034
"""Of the way round the colour wheel from one label to the next: neighbours differ, however many there are."""


def pixels(samples: NDArray[np.floating]) -> Pixels:
    """Samples in [-1, 1] as bytes, round((x + 1) 127.5); what is not a number is black, what is beyond is cut.

    A map of labels is shown by a colour for the greatest channel of each pixel.

    Shapes: [n, c, h, w] to [n, h, w, k], k = 1, 3 or 4.
    """
    x = np.asarray(samples, np.float32)
    if x.shape[1] not in SHOWN:
        return palette(x.shape[1])[np.nan_to_num(x, nan=-np.inf).argmax(1)]
    x = np.nan_to_num(x, nan=-1, posinf=1, neginf=-1).clip(-1, 1)
    return np.rint((x + 1) * 127.5).astype(np.uint8).transpose(0, 2, 3, 1)


def palette(count: int) -> Pixels:
    """A colour for each of ``count`` labels, [count, 3]; the first is black, as backgrounds are."""
    import matplotlib

    wheel = matplotlib.colormaps["hsv"](np.arange(count) * GOLDEN % 1, bytes=True)[:, :3]
    wheel[0] = 0
    return wheel


def enlarged(tiles: Pixels, factor: int) -> Pixels:
    """Each pixel as ``factor`` x ``factor`` of them: crisp, nothing invented."""
    return tiles.repeat(factor, 1).repeat(factor, 2) if factor > 1 else tiles


def factor_for(size: tuple[int, int], least: int) -> int:
    """The whole number by which pictures of ``size`` have to be enlarged to be at least so many pixels across."""
    return max(1, -(-least // max(size)))


def columns_for(count: int) -> int:
    """The columns of a sheet of so many pictures: about as many as rows."""
    return max(1, int(np.ceil(np.sqrt(count))))


def sheet(rows: Sequence[Pixels], gap: int = 1) -> Pixels:
    """Pictures side by side, a row under the other, ``gap`` grey pixels between; short rows end early.

    Shapes: rows of [m_i, h, w, k], to [height, width, k].
    """
    height, width, colours = rows[0].shape[1:]
    across = max(len(row) for row in rows)
    ground = np.full((len(rows) * (height + gap) - gap, across * (width + gap) - gap, colours), 128, np.uint8)
    for i, row in enumerate(rows):
        for j, tile in enumerate(row):
            top, left = i * (height + gap), j * (width + gap)
            ground[top : top + height, left : left + width] = tile
    return ground


def in_rows(tiles: Pixels, columns: int | None = None) -> list[Pixels]:
    """Pictures cut into rows of ``columns``; by default about as many as there are rows."""
    columns = columns or columns_for(len(tiles))
    return [tiles[i : i + columns] for i in range(0, len(tiles), columns)]


def image(values: Pixels) -> Image.Image:
    """One picture [h, w, k] as Pillow has it."""
    return Image.fromarray(np.ascontiguousarray(values[..., 0] if values.shape[-1] == 1 else values))


def png(values: Pixels) -> bytes:
    """One picture [h, w, k] as a PNG file."""
    buffer = io.BytesIO()
    image(values).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
