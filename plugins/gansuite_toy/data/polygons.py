"""Random convex polygons, as pictures or as outlines."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt, Le, Len
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..judges.polygons import PolygonJudge
from ..spec import ImageSpec, SignalSpec
from .drawn import Drawn
from .polygon import OUTLINE, PIXELS, corners, outline, picture, random_angles

TOLERANCE = {"image": 0.75, "contour": 0.05}
TILE = 1000  # polygons drawn at a time


class Polygons(Drawn):
    """Convex polygons of a few numbers of sides, with corners on a circle at random angles, turned at random.

    ``image``: [1, 28, 28] in [-1, 1], dark on light, the circle 21 pixels wide, the polygon's centre of mass in the
    middle. ``contour``: [2, 16], points on the outline from a corner on, every side cut into equal parts, for a circle
    of radius 1. The judge fits the manifold itself: 0.75 is the distance up to which a picture counts as a polygon
    (its pixels in [0, 1]), 0.05 root mean square that for outlines.

    Args:
        count: samples over all splits.
        sides: numbers of sides, in ascending order, each equally often.
        form: how polygons are given.
        labels: whether batches carry the number of sides as a label.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Raises:
        UserError: numbers of sides that do not ascend.

    Source: Lucic et al., Are GANs Created Equal? (2018), section 5.2.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 25_000,
        sides: Annotated[list[Annotated[int, Ge(3), Le(8)]], Len(1)] | None = None,
        form: Literal["image", "contour"] = "image",
        labels: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        sides = sides or [3, 4, 5, 6]
        if sides != sorted(set(sides)):
            raise UserError(f"polygons: sides = {sides} must be different numbers in ascending order")
        data, kind = drawn(count, sides, form, Rng(seed, "toy", "polygons"))
        spec = spec_of(form, tuple(f"{each} sides" for each in sides) if labels else ())
        rows = {"data": data} | ({"label": kind} if labels else {})
        super().__init__(spec, rows, PolygonJudge(sides, form, TOLERANCE[form]), name="polygons", split=split)


class Triangles(Drawn):
    """The convex polygons of three sides; see ``polygons``.

    Args:
        count: samples over all splits.
        form: how triangles are given: pictures [1, 28, 28] or outlines [2, 16].
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: Lucic et al., Are GANs Created Equal? (2018), section 5.2.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 25_000,
        form: Literal["image", "contour"] = "image",
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        data, _ = drawn(count, [3], form, Rng(seed, "toy", "triangles"))
        judge = PolygonJudge([3], form, TOLERANCE[form])
        super().__init__(spec_of(form), {"data": data}, judge, name="triangles", split=split)


def spec_of(form: str, labels: tuple[str, ...] = ()) -> ImageSpec | SignalSpec:
    """What a polygon is in this form."""
    if form == "image":
        return ImageSpec(height=PIXELS, width=PIXELS, labels=labels, picture="images")
    return SignalSpec(length=OUTLINE, channels=2, labels=labels, picture="contours")


def drawn(n: int, sides: list[int], form: str, rng: Rng) -> tuple[Float[Tensor, "n ..."], Int64[Tensor, " n"]]:
    """``n`` polygons, and the place of each one's number of sides."""
    kind = rng.integers(0, len(sides), n)
    data = torch.empty(n, *spec_of(form).shape)
    for which, each in enumerate(sides):
        places = (kind == which).nonzero().flatten()
        for part, angles in zip(places.split(TILE), random_angles(len(places), each, rng).split(TILE), strict=True):
            points = corners(angles)
            data[part] = 1 - 2 * picture(points)[:, None] if form == "image" else outline(points)
    return data, kind
