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
from .polygon import OUTLINE, PIXELS, Middle, corners, outline, picture, random_angles

TOLERANCE = {"image": 0.75, "contour": 0.05}
TILE = 1000  # polygons drawn at a time


class Polygons(Drawn):
    """Convex polygons of a few numbers of sides, with corners on a circle at random angles, turned at random.

    ``image``: [1, 28, 28] in [-1, 1], dark on light, the circle 21 pixels wide, the polygon's centre of mass in the
    middle. ``contour``: [2, 16], points on the outline from a corner on, every side cut into equal parts, for a circle
    of radius 1. The judge fits the manifold itself: 0.75 is the distance up to which a picture counts as a polygon
    (its pixels in [0, 1]), 0.05 root mean square that for outlines.

    ``legacy`` has the law of the published notebook where it differs from its description: polygons are turned by less
    than 6.3 degrees, for 2 pi is taken for degrees there, and not the centre of mass but the mean of the corners is in
    the middle (the same for triangles). Its mask, light outside and dark inside, is ours without it too. Half a pixel
    by which its filter moves the picture is not copied, nor are NumPy's random numbers.

    Args:
        count: samples over all splits.
        sides: numbers of sides, in ascending order, each equally often.
        form: how polygons are given.
        labels: whether batches carry the number of sides as a label.
        legacy: whether the notebook's law is drawn from.
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
        legacy: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        sides = sides or [3, 4, 5, 6]
        if sides != sorted(set(sides)):
            raise UserError(f"polygons: sides = {sides} must be different numbers in ascending order")
        data, kind = drawn(count, sides, form, Rng(seed, "toy", "polygons"), legacy)
        spec = spec_of(form, tuple(f"{each} sides" for each in sides) if labels else ())
        rows = {"data": data} | ({"label": kind} if labels else {})
        judge = PolygonJudge(sides, form, TOLERANCE[form], middle=middle_of(legacy))
        super().__init__(spec, rows, judge, name="polygons", split=split)


class Triangles(Drawn):
    """The convex polygons of three sides; see ``polygons``.

    Args:
        count: samples over all splits.
        form: how triangles are given: pictures [1, 28, 28] or outlines [2, 16].
        legacy: whether the notebook's law is drawn from.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: Lucic et al., Are GANs Created Equal? (2018), section 5.2.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 25_000,
        form: Literal["image", "contour"] = "image",
        legacy: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        data, _ = drawn(count, [3], form, Rng(seed, "toy", "triangles"), legacy)
        judge = PolygonJudge([3], form, TOLERANCE[form], middle=middle_of(legacy))
        super().__init__(spec_of(form), {"data": data}, judge, name="triangles", split=split)


def spec_of(form: str, labels: tuple[str, ...] = ()) -> ImageSpec | SignalSpec:
    """What a polygon is in this form."""
    if form == "image":
        return ImageSpec(height=PIXELS, width=PIXELS, labels=labels, picture="images")
    return SignalSpec(length=OUTLINE, channels=2, labels=labels, picture="contours")


def middle_of(legacy: bool) -> Middle:
    """What stands in the middle of a picture."""
    return "corners" if legacy else "area"


def drawn(
    n: int, sides: list[int], form: str, rng: Rng, legacy: bool = False
) -> tuple[Float[Tensor, "n ..."], Int64[Tensor, " n"]]:
    """``n`` polygons, and the place of each one's number of sides."""
    kind = rng.integers(0, len(sides), n)
    data = torch.empty(n, *spec_of(form).shape)
    for which, each in enumerate(sides):
        places = (kind == which).nonzero().flatten()
        turned = random_angles(len(places), each, rng, legacy)
        for part, angles in zip(places.split(TILE), turned.split(TILE), strict=True):
            points = corners(angles, middle_of(legacy))
            data[part] = 1 - 2 * picture(points)[:, None] if form == "image" else outline(points)
    return data, kind
