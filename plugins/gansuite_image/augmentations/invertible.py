"""Changes of pictures that a critic may be shown without teaching them to the generator (``adaptive-augmentation``).

Those of ADA's appendix B that move a picture by a random element of a group (Karras et al. 2020): pixels change places
(x-flip, quarter turns, whole-pixel translation, here round the edges), or colours are mapped affinely (brightness,
contrast, and for three colours luma flip, hue and saturation). An operation that is used with probability p < 1 has,
on laws, the eigenvalues 1 - p + p φ with φ the transform of the law of the element: φ is 0 or 1 where elements are
uniform over a group, and never negative for the others below, so that no eigenvalue is below 1 - p and laws that look
alike were alike. Not among them are ADA's scaling and turns by any angle, which move pixels out of sight, and cutout.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.inputs.augmentations import Augmentation, flip, sign

from ..spec import ImageSpec
from .ranges import Pictures, column
from .rotate import quartered

BRIGHTNESS = 0.2  # standard deviation, in units of samples
CONTRAST = 0.5  # standard deviation, octaves
SATURATION = 1.0  # standard deviation, octaves
TRANSLATION = 1 / 8  # of the picture's side, at most

GREY = 1 / math.sqrt(3)


def rotation(x: Pictures, rng: Rng) -> Pictures:
    """One of the four quarter turns; of pictures that are no squares, half a turn or none."""
    if x.shape[2] == x.shape[3]:
        return quartered(x, rng)
    return torch.where(column(rng.integers(0, 2, len(x))) == 1, x.rot90(2, (2, 3)), x)


def translation(x: Pictures, rng: Rng) -> Pictures:
    """Moved round the edges, along each axis by the sum of two whole numbers that are uniform over [-k, k].

    2k is an eighth of the side, but at least 2 pixels. The transform of such a sum is that of one uniform number,
    sin((2k + 1) ω/2) / ((2k + 1) sin(ω/2)), squared, and so never negative.
    """
    for axis in (2, 3):
        most = max(round(TRANSLATION * x.shape[axis] / 2), 1)
        by = rng.integers(-most, most + 1, len(x)) + rng.integers(-most, most + 1, len(x))
        x = moved(x, by, axis)
    return x


def moved(x: Pictures, by: Int64[Tensor, " n"], axis: int) -> Pictures:
    """Picture i moved round by ``by[i]`` pixels along ``axis``."""
    length = x.shape[axis]
    places = torch.arange(length, device=x.device).view([length if i == axis else 1 for i in range(4)])
    return x.gather(axis, ((places - column(by)) % length).expand_as(x))


def brightness(x: Pictures, rng: Rng) -> Pictures:
    """x + b, b ~ N(0, .2²), on all channels but the opacity."""
    shown, rest = colours(x)
    return torch.cat([shown + column(rng.normal(len(x), scale=BRIGHTNESS).to(x.dtype)), rest], 1)


def contrast(x: Pictures, rng: Rng) -> Pictures:
    """x · 2^c, c ~ N(0, .5²), on all channels but the opacity."""
    shown, rest = colours(x)
    return torch.cat([shown * column(octaves(rng, x, CONTRAST)), rest], 1)


def luma_flip(x: Pictures, rng: Rng) -> Pictures:
    """The colours as they are, or their brightness the other way round: (I - 2 v vᵀ) x with v = (1, 1, 1)/√3."""
    shown, rest = colours(x)
    luma = shown.mean(1, keepdim=True)
    turned = column(rng.integers(0, 2, len(x))) == 1
    return torch.cat([torch.where(turned, shown - 2 * luma, shown), rest], 1)


def hue(x: Pictures, rng: Rng) -> Pictures:
    """Colours turned about the grey axis by an angle uniform over the circle (Rodrigues' formula)."""
    shown, rest = colours(x)
    angle = column(rng.uniform(len(x), high=2 * math.pi).to(x.dtype))
    grey = shown.mean(1, keepdim=True)
    across = GREY * (shown.roll(-2, 1) - shown.roll(-1, 1))  # v x c, the quarter turn of c - grey
    return torch.cat([grey + angle.cos() * (shown - grey) + angle.sin() * across, rest], 1)


def saturation(x: Pictures, rng: Rng) -> Pictures:
    """Distance from grey times 2^s, s ~ N(0, 1)."""
    shown, rest = colours(x)
    grey = shown.mean(1, keepdim=True)
    return torch.cat([grey + column(octaves(rng, x, SATURATION)) * (shown - grey), rest], 1)


def colours(x: Pictures) -> tuple[Float[Tensor, "n shown h w"], Float[Tensor, "n rest h w"]]:
    """The channels that have colour, and the opacity of pictures that have four."""
    return (x[:, :3], x[:, 3:]) if x.shape[1] == 4 else (x, x[:, :0])


def octaves(rng: Rng, x: Pictures, sd: float) -> Float[Tensor, " n"]:
    """2^ε for each picture, ε ~ N(0, sd²)."""
    return torch.exp2(rng.normal(len(x), scale=sd)).to(x.dtype)


PIXELS: Mapping[str, Augmentation] = {"flip": flip, "rotation": rotation, "translation": translation}
TONES: Mapping[str, Augmentation] = {"brightness": brightness, "contrast": contrast}
GREYS: Mapping[str, Augmentation] = {"sign": sign}
COLOURS: Mapping[str, Augmentation] = {"luma-flip": luma_flip, "hue": hue, "saturation": saturation}

OPERATIONS: Mapping[str, Augmentation] = {**PIXELS, **TONES, **COLOURS}
"""For pictures of three colours."""


def operations(spec: ImageSpec) -> Mapping[str, Augmentation]:
    """What may be done to pictures of as many channels; of maps of labels, pixels only change places."""
    if spec.channels in (3, 4):
        return OPERATIONS
    return {**PIXELS, **TONES, **GREYS} if spec.channels == 1 else PIXELS
