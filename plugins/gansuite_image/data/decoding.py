"""One picture's file to whole numbers of the wanted size, colours and depth."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gansuite.data.files import Unusable

from .levels import as_words

Alpha = Literal["white", "black", "drop", "keep"]
Fit = Literal["crop", "pad", "stretch"]
Resample = Literal["lanczos", "bilinear", "nearest"]

FILTERS = {
    "lanczos": Image.Resampling.LANCZOS,
    "bilinear": Image.Resampling.BILINEAR,
    "nearest": Image.Resampling.NEAREST,
}
MODES = {1: "L", 3: "RGB", 4: "RGBA"}
ORIENTATION = 0x0112  # EXIF tag
GROUNDS = {"white": (255, 255, 255, 255), "black": (0, 0, 0, 255)}


@dataclass(frozen=True)
class Decoding:
    """All that decides the stored numbers, and so part of the key of the cache.

    Args:
        size: rows and columns; None leaves every picture as large as it is.
        fit: a picture of another shape is cut to its middle, surrounded by black, or stretched.
        channels: 1 grey (ITU-R BT.601 luma), 3 red, green and blue, 4 with opacity.
        alpha: what is transparent is laid on white or black, shown as if it were opaque (``drop``), or kept.
        resample: the filter of a change of size; ``nearest`` invents no colours, as maps of labels need.
        bits: 8 or 16.
    """

    size: tuple[int, int] | None
    fit: Fit
    channels: int
    alpha: Alpha
    resample: Resample
    bits: int


@dataclass(frozen=True)
class Picture:
    """One decoded picture, uint8 or int16 [channels, height, width], and what was done to it."""

    values: NDArray[np.uint8] | NDArray[np.int16]
    done: frozenset[str]


def decode(content: Path | memoryview, how: Decoding) -> Picture:
    """The first picture of a file, or of a file's bytes.

    Raises:
        Unusable: it cannot be read.
    """
    done = set[str]()
    try:
        with Image.open(content if isinstance(content, Path) else io.BytesIO(content)) as image:
            image.load()
            if getattr(image, "n_frames", 1) > 1:
                done.add("frames")
            deep = image.mode.startswith("I") or image.mode == "F"
            plane = upright(image, done)
            plane = grey_of_16_bits(plane, done) if deep else coloured(plane, how, done)
    except Unusable:
        raise
    except Exception as error:  # Pillow's decoders raise anything at all on a damaged file
        raise Unusable("unreadable", told(error)) from error
    return Picture(stored(resized(plane, how, done), how, deep), frozenset(done))


def upright(image: Image.Image, done: set[str]) -> Image.Image:
    """The picture as its camera was held, if its EXIF data say so and can be read."""
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
    except Exception:  # of damaged EXIF data; the picture itself is whole
        return image
    if orientation not in range(2, 9):
        return image
    done.add("turned")
    return ImageOps.exif_transpose(image)


def told(error: Exception) -> str:
    """One line of what went wrong; Pillow's own words on a file that it does not know hold an address in memory."""
    if isinstance(error, Image.UnidentifiedImageError):
        return "no picture, or damaged"
    return " ".join(str(error).split()) or type(error).__name__


def grey_of_16_bits(image: Image.Image, done: set[str]) -> Image.Image:
    """A picture of 16-bit, 32-bit or floating-point grey as floats in [0, 255].

    Whole numbers are of 0 to 65,535, floats of 0 to 1.

    Raises:
        Unusable: numbers outside.
    """
    values = np.asarray(image).astype(np.float64)
    most = 1.0 if image.mode == "F" else 65535.0
    if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= most):
        raise Unusable("range", f"values from {values.min():g} to {values.max():g}, expected 0 to {most:g}")
    done.add("deep")
    return Image.fromarray((values * (255 / most)).astype(np.float32))


def coloured(image: Image.Image, how: Decoding, done: set[str]) -> Image.Image:
    """A picture of 8 bits in the wanted colours, its opacity dealt with."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() != (255, 255):
            done.add("transparent")
        if how.alpha in GROUNDS:
            ground = Image.new("RGBA", image.size, GROUNDS[how.alpha])
            image = Image.alpha_composite(ground, image).convert("RGB")
        elif how.alpha == "drop":
            image = image.convert("RGB")
    mode = MODES[how.channels]
    if image.mode not in (mode, "RGB", "RGBA", "L", "LA", "1"):
        done.add("converted")  # palettes, CMYK, YCbCr and the like
    return image if image.mode == mode else image.convert("RGB").convert(mode) if mode == "L" else image.convert(mode)


def resized(image: Image.Image, how: Decoding, done: set[str]) -> Image.Image:
    """The picture at the wanted size: Pillow's filters see all pixels that a smaller one covers."""
    if how.size is None or image.size == how.size[::-1]:
        return image
    height, width = how.size
    across, down = width / image.width, height / image.height
    scale = max(across, down) if how.fit == "crop" else min(across, down)
    if scale != 1:
        done.add("reduced" if scale < 1 else "enlarged")
    if across != down:
        done.add({"crop": "cropped", "pad": "padded", "stretch": "stretched"}[how.fit])
    size, method = (width, height), FILTERS[how.resample]
    if how.fit == "crop":
        return ImageOps.fit(image, size, method)
    return ImageOps.pad(image, size, method) if how.fit == "pad" else image.resize(size, method)


def stored(image: Image.Image, how: Decoding, deep: bool) -> NDArray[np.uint8] | NDArray[np.int16]:
    """The picture's numbers, [channels, height, width]; a deep one is grey, and repeated for each colour."""
    values = np.asarray(image)
    values = values[None] if values.ndim == 2 else values.transpose(2, 0, 1)
    if deep:
        values = values.clip(0, 255)
        colours = [values] * min(how.channels, 3)
        values = np.concatenate([*colours, *([np.full_like(values, 255)] if how.channels == 4 else [])])
    if how.bits == 16:
        return as_words(np.rint(values.astype(np.float64) * 257))
    return (np.rint(values) if deep else values).astype(np.uint8)
