"""Which polygon a sample is, and how far from one: a fit of the very function that draws the data."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional

from ..data.polygon import (
    GAP,
    LINES,
    OUTLINE,
    PIXELS,
    RADIUS,
    Middle,
    admitted,
    corners,
    outline,
    picture,
    spread,
)

RAYS, STEPS = 64, 96  # directions seen from the centre, places along each
ROWS = 512  # samples fitted at a time
DAMPING = 1e-3
NUDGE = 1e-2  # radians
ROUGH = 4  # scan lines a pixel of the drawings that only give directions
SLACK = 0.02  # radians by which a fit may pass the data's rule
FAR = 1e6

Draw = Callable[[Tensor, bool], Tensor]
"""What samples of some angles look like; roughly, where only directions are asked for."""


class Judgement(NamedTuple):
    """Mode, distance, high quality, and distance from what the data can hold, of each sample."""

    mode: Int64[Tensor, " n"]
    distance: Float[Tensor, " n"]
    good: Bool[Tensor, " n"]
    away: Float[Tensor, " n"]


class PolygonJudge:
    """The manifold of convex polygons on a circle, of each of some numbers of sides.

    A polygon of v sides is a smooth function of the v angles of its corners. They are guessed from the sample's
    outline, then improved by damped Gauss-Newton steps on ``‖draw(angles) - x‖²``; what is left is an upper limit
    of the distance from the manifold that is 0 for its members. A sample is of high quality if its distance is at most
    ``tolerance`` and its corners lie on the circle as the data's can: each in a segment of its own, 10 degrees from the
    next. ``away`` is the distance from the manifold with this rule, an upper limit found by the same steps.

    Args:
        sides: numbers of sides, in ascending order; mode j is a polygon of ``sides[j]`` sides.
        form: ``image`` (distance over all pixels in [0, 1]) or ``contour`` (root mean square over the points).
        tolerance: of high quality.
        steps: of Gauss-Newton.
        middle: what stands in the middle of a picture.

    Attributes:
        unit: a distance of two samples is ``unit ‖x - y‖``.

    Source: the manifold is that of Lucic et al. (2018), section 5.2. How they search it is not published, and 0.75 for
    images is remembered of them, not read.
    """

    def __init__(self, sides: list[int], form: str, tolerance: float, steps: int = 12, middle: Middle = "area") -> None:
        self.sides, self.form, self.tolerance, self.steps = sides, form, tolerance, steps
        self.middle: Middle = middle
        self.unit = 0.5 if form == "image" else 1 / math.sqrt(OUTLINE)
        self.shares: Float[Tensor, " k"] = torch.full([len(sides)], 1 / len(sides))
        self.last: tuple[Tensor, int, Judgement] | None = None

    def modes(self, samples: Float[Tensor, "n d"]) -> tuple[Int64[Tensor, " n"], Float[Tensor, " n"]]:
        """Of the numbers of sides that fit within the tolerance the least, else the best; and its distance."""
        found = self.judged(samples)
        return found.mode, found.distance

    def high_quality(self, samples: Float[Tensor, "n d"]) -> Bool[Tensor, " n"]:
        """Whether each sample is a polygon that the data could hold."""
        return self.judged(samples).good

    def away(self, samples: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """An upper limit of the distance from the polygons that the data could hold.

        Of several numbers of sides the first that is within the tolerance is enough: a limit above, too, below that.
        """
        return self.judged(samples).away

    @torch.no_grad()
    def judged(self, samples: Float[Tensor, "n d"]) -> Judgement:
        """All answers about these samples; those about the samples asked for last are kept."""
        if self.last is not None and self.last[0] is samples and self.last[1] == samples._version:
            return self.last[2]
        parts = [self.judge(rows) for rows in samples.flatten(1).split(ROWS)]
        found = Judgement(*(torch.cat(each) for each in zip(*parts, strict=True)))
        self.last = samples, samples._version, found
        return found

    def judge(self, rows: Float[Tensor, "n d"]) -> Judgement:
        """Fit the least number of sides to all samples, and the others to those that are not explained yet."""
        mode = torch.zeros(len(rows), dtype=torch.int64, device=rows.device)
        distance = torch.full([len(rows)], math.inf, device=rows.device)
        away, proper = distance.clone(), torch.zeros_like(distance, dtype=torch.bool)
        for place, sides in enumerate(self.sides):
            open = (~((distance <= self.tolerance) & proper)).nonzero().flatten()
            far, apart, limit = self.fit(rows[open], sides)
            nearer = far < distance[open]
            taken = open[nearer]
            mode[taken], distance[taken], proper[taken] = place, far[nearer].float(), apart[nearer]
            away[open] = torch.minimum(away[open], limit.float())
        return Judgement(mode, distance, (distance <= self.tolerance) & proper, away)

    def fit(
        self, rows: Float[Tensor, "n d"], sides: int
    ) -> tuple[Float[Tensor, " n"], Bool[Tensor, " n"], Float[Tensor, " n"]]:
        """Distance from the polygons of ``sides`` sides, whether the data's rule admits the nearest, and from those."""
        draw: Draw
        if self.form == "image":
            x, draw = (rows.float().clamp(-1, 1) + 1) / 2, partial(drawn, middle=self.middle)
            unit, guess = 1.0, corners_in_picture(1 - x.view(-1, PIXELS, PIXELS), sides)
        else:
            x, draw = rows.double(), partial(outlined, middle=self.middle)
            unit, guess = self.unit, corners_of_outline(x.view(-1, 2, OUTLINE), sides)
        angles = angles_of(guess)
        distance = unit * (draw(angles, False) - x).norm(dim=1)
        for step in range(self.steps):
            # Who is there need not move; who is still far away after three steps is no polygon.
            left = (distance > 0.01 * self.tolerance) & ((step < 3) | (distance < 4 * self.tolerance))
            angles[left] = improved(draw, angles[left], x[left])
            distance[left] = unit * (draw(angles[left], False) - x[left]).norm(dim=1)
        gaps = torch.remainder(angles.roll(-1, 1) - angles, 2 * math.pi)
        moved = torch.cat([torch.zeros_like(gaps[:, :1]), gaps[:, :-1] - 2 * math.pi / sides], 1).cumsum(1)
        once = (gaps.sum(1) - 2 * math.pi).abs() < 1e-3
        proper = once & (moved.amax(1) - moved.amin(1) <= 2 * math.pi / sides - GAP + SLACK)
        away = distance.clone()
        away[~proper] = unit * self.admit(draw, angles[~proper], x[~proper], distance[~proper])
        return distance.nan_to_num(math.inf), proper, away.nan_to_num(math.inf)

    def admit(
        self, draw: Draw, angles: Float[Tensor, "n v"], x: Float[Tensor, "n d"], distance: Float[Tensor, " n"]
    ) -> Float[Tensor, " n"]:
        """``‖draw(a) - x‖`` at angles that the data's rule admits: the same steps, each brought back to the rule."""
        angles = admitted(angles)
        least = (draw(angles, False) - x).norm(dim=1)
        near = (distance < 4 * self.tolerance).nonzero().flatten()  # others are too far away in any case
        for _ in range(self.steps if len(near) else 0):
            moved = admitted(improved(draw, angles[near], x[near]))
            far = (draw(moved, False) - x[near]).norm(dim=1)
            nearer = far < least[near]
            angles[near[nearer]], least[near[nearer]] = moved[nearer], far[nearer]
        return least


def drawn(angles: Float[Tensor, "n v"], roughly: bool, middle: Middle = "area") -> Float[Tensor, "n d"]:
    """The picture of the polygon with these angles, 0 inside and 1 outside; roughly with fewer scan lines."""
    return 1 - picture(corners(angles, middle), ROUGH if roughly else LINES).flatten(1)


def outlined(angles: Float[Tensor, "n v"], roughly: bool, middle: Middle = "area") -> Float[Tensor, "n d"]:
    """The outline of the polygon with these angles."""
    return outline(corners(angles, middle)).flatten(1)


def improved(draw: Draw, angles: Float[Tensor, "n v"], x: Float[Tensor, "n d"]) -> Float[Tensor, "n v"]:
    """One damped Gauss-Newton step towards ``x``, by differences of rough drawings; kept only where it comes nearer."""
    here = draw(angles, True)
    steps = NUDGE * torch.eye(angles.shape[1]).to(angles)
    jacobian = torch.stack([(draw(angles + step, True) - here) / NUDGE for step in steps], 2)
    left = x - draw(angles, False)
    square = jacobian.mT @ jacobian
    ridge = DAMPING * square.diagonal(dim1=1, dim2=2).mean(1)[:, None] + 1e-9
    step = torch.linalg.solve(square + torch.diag_embed(ridge.expand_as(angles)), jacobian.mT @ left[:, :, None])
    step, least, nearest = step.squeeze(2).clamp(-0.3, 0.3), left.norm(dim=1), angles
    for length in (0.25, 1.0):
        moved = angles + length * step
        far = (x - draw(moved, False)).norm(dim=1)
        nearest, least = torch.where((far < least)[:, None], moved, nearest), torch.minimum(far, least)
    return nearest


def angles_of(points: Float[Tensor, "n v 2"]) -> Float[Tensor, "n v"]:
    """Angles of corners about the centre from which they are most nearly at distance one."""
    centre = torch.zeros_like(points[:, 0])
    for _ in range(5):
        away = points - centre[:, None]
        unit = away / away.norm(dim=2, keepdim=True).clamp_min(1e-9)
        # Least squares of |p - c| - 1 in c: the unit vectors are its slopes.
        square = torch.einsum("nvi,nvj->nij", unit, unit) + 1e-6 * torch.eye(
            2, dtype=points.dtype, device=points.device
        )
        excess = (away.norm(dim=2) - 1)[..., None] * unit
        centre = centre + torch.linalg.solve(square, excess.sum(1)[..., None]).squeeze(2)
    away = points - centre[:, None]
    return torch.atan2(away[..., 1], away[..., 0])


def corners_of_outline(x: Float[Tensor, "n 2 t"], sides: int) -> Float[Tensor, "n v 2"]:
    """The corners whose outline is nearest to ``x`` in least squares."""
    inverse = torch.linalg.pinv(spread(sides)).to(x)
    return torch.einsum("vt,nct->nvc", inverse, x)


def corners_in_picture(dark: Float[Tensor, "n h w"], sides: int) -> Float[Tensor, "n v 2"]:
    """The largest polygon of ``sides`` corners among the outline's points in 64 directions from the centre of mass.

    A ray's way through the polygon is ``r = sqrt(2 ∫ d(rho) rho d rho)``. The point farthest from the centre is a
    corner; from there the others are found by dynamic programming over the area that each further side adds.
    """
    rho = 1.2 * PIXELS / 2 * (torch.arange(STEPS, dtype=dark.dtype, device=dark.device) + 0.5) / STEPS
    turn = 2 * math.pi * torch.arange(RAYS, dtype=dark.dtype, device=dark.device) / RAYS
    way = torch.stack([turn.cos(), turn.sin()], 1)
    place = (way[:, None] * rho[:, None])[None] / (PIXELS / 2)
    seen = functional.grid_sample(dark[:, None], place.expand(len(dark), -1, -1, -1), align_corners=False)[:, 0]
    reach = (2 * (seen * rho).sum(2) * (rho[1] - rho[0])).clamp_min(1e-6).sqrt() / RADIUS
    start = reach.argmax(1)
    order = (start[:, None] + torch.arange(RAYS, device=dark.device)) % RAYS
    points = reach.gather(1, order)[..., None] * way[order]
    return points.gather(1, largest(points, sides)[..., None].expand(-1, -1, 2))


def largest(points: Float[Tensor, "n r 2"], sides: int) -> Int64[Tensor, "n v"]:
    """Places of the corners, the first at 0, whose polygon has the greatest area."""
    rays = points.shape[1]
    x, y = points.unbind(2)
    # Twice the area between the centre and the side from i to j, for j after i only.
    gain = x[:, :, None] * y[:, None] - x[:, None] * y[:, :, None]
    after = torch.ones(rays, rays, dtype=torch.bool, device=points.device).triu(1)
    gain = gain.where(after, -FAR)
    best, back = gain[:, 0], []
    for _ in range(sides - 2):
        found = (best[:, :, None] + gain).max(1)
        best = found.values
        back.append(found.indices)
    closing = x * y[:, :1] - x[:, :1] * y
    place = (best + closing).argmax(1, keepdim=True)
    places = [place]
    for step in reversed(back):
        place = step.gather(1, place)
        places.append(place)
    return torch.cat([torch.zeros_like(place), *reversed(places)], 1)
