"""Sets with known holes: the test pieces of the geometry score."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt

from gansuite.engine.rng import Rng

from ..judges.manifolds import Arc, Disc, Manifold, Plane
from ..spec import PointsSpec
from .drawn import Drawn

LATENT, AMBIENT = 32, 784  # of the plane


class Shapes(Drawn):
    """One of five sets, with the topology that a geometry score has to find.

    ``circle``: uniform on the unit circle, one hole. ``thin-circle``: its angle is N(0, 1), so that the far side is
    nearly empty. ``quarter``: uniform on half of it (the authors' code says quarter), no hole. ``disc``: uniform in
    the unit disc. All four with noise N(0, sd²) in both coordinates. ``planar``: a uniform point of [0, 1]^32 times
    a random matrix, in 784 dimensions, without noise.

    Args:
        shape: which.
        count: samples over all splits.
        sd: deviation of the noise; high quality is within 3 of it from the set.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: Khrulkov & Oseledets, Geometry Score (2018), section 5.
    """

    def __init__(
        self,
        *,
        shape: Literal["circle", "disc", "quarter", "thin-circle", "planar"] = "circle",
        count: Annotated[int, Gt(0)] = 25_000,
        sd: Annotated[float, Gt(0)] = 0.05,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        rng = Rng(seed, "toy", "shapes", shape)
        judge: Manifold
        if shape == "planar":
            basis = rng.uniform(LATENT, AMBIENT)
            data, judge, spec = rng.uniform(count, LATENT) @ basis, Plane(basis, 3 * sd), PointsSpec(dim=AMBIENT)
        else:
            spec, first, last = PointsSpec(dim=2), -math.pi, math.pi
            if shape == "quarter":
                first, last = math.pi / 2, 3 * math.pi / 2
            angle = rng.normal(count) if shape == "thin-circle" else rng.uniform(count, low=first, high=last)
            radius = rng.uniform(count).sqrt() if shape == "disc" else torch.ones(count)
            exact = radius[:, None] * torch.stack([angle.sin(), angle.cos()], 1)
            data = exact + rng.normal(count, 2, scale=sd)
            judge = Disc(3 * sd) if shape == "disc" else Arc(first, last, 3 * sd)
        super().__init__(spec, {"data": data}, judge, name=shape, split=split)
