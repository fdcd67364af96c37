"""Arrays of pictures as they are found, and what their axes and numbers mean."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from torch import Tensor

from gansuite.errors import UserError

from .levels import WORDS, Levels, as_words

Layout = Literal["nhw", "nhwc", "nchw"]
COLOURS = (1, 3, 4)


def layout_of(shape: tuple[int, ...], place: str) -> Layout:
    """Where the channels of an array of this shape are: the axis of 1, 3 or 4.

    Raises:
        UserError: none is, or both may be.
    """
    seen = " x ".join(map(str, shape))
    if len(shape) == 3:
        return "nhw"
    if len(shape) != 4:
        raise UserError(f"{place}: an array of {seen} is no pictures; expected [n, h, w], [n, h, w, c] or [n, c, h, w]")
    last, second = shape[3] in COLOURS, shape[1] in COLOURS
    if last == second:
        raise UserError(f'{place}: {seen} may be {"both" if last else "neither"} of "nhwc" and "nchw"; set layout')
    return "nhwc" if last else "nchw"


def channels_first(values: np.ndarray, layout: Layout | None, place: str) -> np.ndarray:
    """The pictures as [n, c, h, w].

    Raises:
        UserError: a layout that does not fit the array.
    """
    layout = layout or layout_of(values.shape, place)
    if values.ndim != len(layout):
        raise UserError(f'{place}: layout = "{layout}" does not fit an array of {values.ndim} axes')
    if layout == "nhw":
        return values[:, None]
    return values.transpose(0, 3, 1, 2) if layout == "nhwc" else values


def range_of(values: np.ndarray, place: str) -> tuple[float, float]:
    """The numbers that are black and white: by the type of whole numbers, by the extremes of others.

    Bytes that are all 0 or 1 are black and white; floats may be in [-1, 1], [0, 1] or [0, 255].

    Raises:
        UserError: numbers that fit none of these.
    """
    low, high = float(values.min()), float(values.max())
    if values.dtype.kind == "b" or (values.dtype.kind in "ui" and low >= 0 and high <= 1):
        return 0.0, 1.0
    if values.dtype.kind in "ui":
        candidates = [(0.0, 255.0), (0.0, 65535.0)][values.dtype.itemsize > 1 and high > 255 :]
    else:
        candidates = [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)]
    for least, most in candidates:
        if least <= low and high <= most:
            return least, most
    raise UserError(f"{place}: numbers from {low:g} to {high:g}; say which are black and white by range = [0.0, 16.0]")


def packed(
    values: np.ndarray, bounds: tuple[float, float] | None, place: str
) -> tuple[Tensor, Levels, tuple[float, float]]:
    """Numbers to be stored, what they mean, and the range in which they were.

    Whole numbers of at most 255 stay bytes; all others take 16 bits.

    Raises:
        UserError: no finite numbers, or some outside the range.
    """
    if values.dtype.kind not in "buif":
        raise UserError(f"{place}: the array holds {values.dtype}, no numbers")
    if not values.size or not np.isfinite(values).all():
        raise UserError(f"{place}: the array holds {'NaN or infinite values' if values.size else 'nothing'}")
    low, high = bounds or range_of(values, place)
    if high <= low or values.min() < low or values.max() > high:
        raise UserError(
            f"{place}: numbers from {values.min():g} to {values.max():g} are not in range = [{low}, {high}]"
        )
    if values.dtype.kind in "bui" and low >= 0 and high <= 255:
        half = (high - low) / 2
        return torch.from_numpy(np.ascontiguousarray(values, np.uint8)), Levels(low + half, half), (low, high)
    unit = (values.astype(np.float64) - low) / (high - low)
    return torch.from_numpy(as_words(np.rint(unit * 65535))), WORDS, (low, high)


def padded(values: Tensor, size: int | None, levels: Levels, place: str) -> Tensor:
    """Pictures in the middle of a black square of ``size``.

    Raises:
        UserError: they are larger.
    """
    if size is None:
        return values
    height, width = values.shape[2:]
    if max(height, width) > size:
        raise UserError(f"{place}: size = {size} is smaller than pictures of {height} x {width}; choose a larger one")
    black = round(levels.centre - levels.half)
    whole = torch.full((*values.shape[:2], size, size), black, dtype=values.dtype)
    top, left = (size - height) // 2, (size - width) // 2
    whole[:, :, top : top + height, left : left + width] = values
    return whole
