"""The Laplacian pyramid (Burt & Adelson 1983) of signals and pictures: a sample as a coarse one and what it lacks.

Going down is the mean of blocks of 2 places along every axis, going up is linear interpolation. Both are about the
same centres, so nothing moves; both keep values within the range of the data, and constants as they are. The 5-tap
kernel of 1983 blurs more evenly, but its centres are those of the even places: half a fine place off, and its borders
need a convention. Whatever the two maps are, synthesis undoes analysis.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from gansuite.networks.residual import halved

MODES = ("linear", "bilinear")


def coarser(x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n c *others"]:
    """d(x): the mean of 2 places along every axis, which is a blur and every second place of it.

    Shapes: [n, c, t] to [n, c, t / 2], [n, c, h, w] to [n, c, h / 2, w / 2].
    """
    return halved(x)


def finer(x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n c *others"]:
    """u(x): twice the places along every axis, linear between the centres: ¾ of the nearer and ¼ of the farther one.

    Shapes: [n, c, t] to [n, c, 2 t], [n, c, h, w] to [n, c, 2 h, 2 w].
    """
    mode: Any = MODES[x.dim() - 3]
    return functional.interpolate(x, scale_factor=2, mode=mode, align_corners=False)


def lowpasses(x: Float[Tensor, "n c *axes"], levels: int) -> list[Tensor]:
    """I_0 = x and I_k = d(I_(k-1)), k = 1, ..., levels: the Gaussian pyramid."""
    found = [x]
    for _ in range(levels):
        found.append(coarser(found[-1]))
    return found


def analysis(x: Float[Tensor, "n c *axes"], levels: int) -> list[Tensor]:
    """h_k = I_k - u(I_(k+1)), the finest first, and at last I_levels: the Laplacian pyramid."""
    lows = lowpasses(x, levels)
    return [fine - finer(coarse) for fine, coarse in pairwise(lows)] + lows[-1:]


def synthesis(pyramid: Sequence[Tensor]) -> Tensor:
    """x of its pyramid: I_k = u(I_(k+1)) + h_k, from the coarsest to the finest."""
    x = pyramid[-1]
    for high in pyramid[-2::-1]:
        x = finer(x) + high
    return x
