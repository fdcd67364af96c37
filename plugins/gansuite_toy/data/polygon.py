"""Random convex polygons, as corners, as outlines, and as pictures of exact coverage."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng

PIXELS = 28
RADIUS = 0.75 * PIXELS / 2  # of the circle about a polygon, in pixels
LINES = 8  # scan lines in a pixel
OUTLINE = 16  # points of an outline
GAP = math.radians(10)  # least angle between two corners seen from the circle's centre
LEGACY_TURN = math.radians(2 * math.pi)  # 2 pi taken for degrees: 0.11 radians
FAR = 1e4

Middle = Literal["area", "corners"]
"""What is moved to the middle of a picture: the centre of mass of the polygon's area, or the mean of its corners."""


def random_angles(n: int, sides: int, rng: Rng, legacy: bool = False) -> Float[Tensor, "n v"]:
    """Angles of corners on their circle, ascending: one in each of ``sides`` equal segments, then all turned at random.

    ``i S + m/2 + U (S - m/2)`` with S = 360/sides degrees and m = 20: no two are less than 10 degrees apart.
    ``legacy`` turns as the published notebook does, which takes 2 pi for degrees: by less than 6.3 degrees, clockwise,
    with x and y exchanged in the picture.

    Source: Lucic et al. (2018), section 5.2, and the notebook of its data set.
    """
    segment = 2 * math.pi / sides
    inside = GAP + rng.uniform(n, sides) * (segment - GAP)
    turn = rng.uniform(n, 1, high=LEGACY_TURN if legacy else 2 * math.pi)
    angles = inside + segment * torch.arange(sides)
    return (math.pi / 2 - angles + turn).flip(1) if legacy else angles + turn


def admitted(angles: Float[Tensor, "n v"]) -> Float[Tensor, "n v"]:
    """The nearest angles that ``random_angles`` can give: those that lie in none of its segments are moved.

    With ascending angles a_i the rule is that ``b_i = a_i - i S`` lie within S - m/2 of each other. They are clipped to
    the interval of this width about the middle of the least and the greatest: no greatest move is smaller. The first
    corner stays the first, and the others are put in their order round the circle from there.
    """
    first = angles[:, :1]
    angles = first + (angles - first).remainder(2 * math.pi).sort(1).values
    segment = 2 * math.pi / angles.shape[1]
    steps = segment * torch.arange(angles.shape[1], dtype=angles.dtype, device=angles.device)
    rest, half = angles - steps, (segment - GAP) / 2
    middle = (rest.amin(1, keepdim=True) + rest.amax(1, keepdim=True)) / 2
    return torch.minimum(torch.maximum(rest, middle - half), middle + half) + steps


def corners(angles: Float[Tensor, "n v"], middle: Middle = "area") -> Float[Tensor, "n v 2"]:
    """Corners on a circle of radius one, moved so that the polygon's middle is the origin."""
    points = torch.stack([angles.cos(), angles.sin()], -1)
    return points - (centre_of_mass(points) if middle == "area" else points.mean(1))[:, None]


def centre_of_mass(points: Float[Tensor, "n v 2"]) -> Float[Tensor, "n 2"]:
    """Of the area of each polygon, by the shoelace formula."""
    x, y = points.unbind(-1)
    following = points.roll(-1, 1)
    cross = x * following[..., 1] - following[..., 0] * y
    return (cross[..., None] * (points + following)).sum(1) / (3 * cross.sum(1, keepdim=True))


def outline(points: Float[Tensor, "n v 2"]) -> Float[Tensor, "n 2 t"]:
    """``OUTLINE`` points on each outline from its first corner on, every side cut into equal parts."""
    return torch.einsum("tv,nvc->nct", spread(points.shape[1]).to(points), points)


def spread(sides: int) -> Float[Tensor, "t v"]:
    """The weights of the corners in each point of an outline: corner j stands at place j OUTLINE / sides, rounded."""
    places = [round(j * OUTLINE / sides) for j in range(sides + 1)]
    weights = torch.zeros(OUTLINE, sides, dtype=torch.float64)
    for j, (first, last) in enumerate(pairwise(places)):
        share = (torch.arange(first, last) - first) / (last - first)
        weights[first:last, j] += 1 - share
        weights[first:last, (j + 1) % sides] += share
    return weights


def picture(points: Float[Tensor, "n v 2"], lines: int = LINES) -> Float[Tensor, "n h w"]:
    """How much of each pixel a convex polygon covers: exact along each of ``lines`` scan lines a pixel.

    A scan line meets a convex polygon in one interval: the halfplane of each side bounds it from one end.
    Corners go round anticlockwise, in units of the circle's radius, about the middle of the picture.
    """
    inside = RADIUS * points + PIXELS / 2
    x, y = inside.unbind(-1)
    dx, dy = (inside.roll(-1, 1) - inside).unbind(-1)
    line = (torch.arange(PIXELS * lines, dtype=x.dtype, device=x.device) + 0.5) / lines
    # The inner side of (x, y) -> (x + dx, y + dy) is dx (Y - y) - dy (X - x) >= 0.
    steep = dy.where(dy.abs() > 1e-9, 1e-9)[..., None]
    meets = x[..., None] + dx[..., None] * (line - y[..., None]) / steep
    right = meets.where(dy[..., None] > 0, FAR).amin(1)  # [n, lines]
    left = meets.where(dy[..., None] < 0, -FAR).amax(1)
    low, high = y.amin(1, keepdim=True), y.amax(1, keepdim=True)
    right = right.where((line >= low) & (line <= high), left)
    pixel = torch.arange(PIXELS, dtype=x.dtype, device=x.device)
    ends = torch.minimum(right[..., None], pixel + 1) - torch.maximum(left[..., None], pixel)
    return ends.clamp(0, 1).unflatten(1, (PIXELS, lines)).mean(2)
