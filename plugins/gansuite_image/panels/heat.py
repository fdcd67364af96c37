"""Where a critic looks, laid over a picture."""

from __future__ import annotations

import matplotlib
import numpy as np
from numpy.typing import NDArray

from ..pixels import Pixels

SHARE = 99.0  # per cent of the pixels below full heat: one hot pixel must not hide the rest


def overlay(picture: Pixels, saliency: NDArray[np.floating]) -> Pixels:
    """A grey copy of a picture [h, w, k] under the colours of a saliency map [h, w], the hotter the less grey.

    Heat is linear from 0 to the map's own 99th percentile, so that two maps cannot be compared in height.
    """
    heat = np.nan_to_num(np.asarray(saliency, np.float32), posinf=0, neginf=0)
    top = float(np.percentile(heat, SHARE)) or float(heat.max())
    share = (heat / top).clip(0, 1) if top > 0 else np.zeros_like(heat)
    colour = matplotlib.colormaps["inferno"](share)[..., :3]
    grey = picture[..., : min(3, picture.shape[-1])].mean(-1, keepdims=True) / 255
    weight = share[..., None] ** 0.5
    return np.rint(255 * (weight * colour + (1 - weight) * 0.6 * grey)).astype(np.uint8)
