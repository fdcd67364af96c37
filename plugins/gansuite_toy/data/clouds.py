"""Two clouds of points with a known map between them: translation in its smallest form."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt, Len

from gansuite.engine.rng import Rng

from ..judges.mixture import GaussianMixture
from ..judges.pushed import PlaneMap, Pushed
from ..spec import PointsSpec
from .drawn import Drawn

# Blobs in the shape of an L with unequal weights: no rotation, reflection or exchange takes it to itself, so that
# only one smooth map fits the two clouds.
MEANS = ((-1.0, -1.0), (0.0, -1.0), (1.0, -1.0), (-1.0, 1.0))
SHARES = (0.4, 0.3, 0.2, 0.1)


def cloud(sd: float) -> GaussianMixture:
    """The source: four round blobs whose mean is not the origin."""
    return GaussianMixture(torch.tensor(MEANS), sd, torch.tensor(SHARES))


class Clouds(Drawn):
    """Domain A, four blobs of unequal weight in the shape of an L, and domain B, A through a known map.

    A batch holds ``data`` (of B) and ``source`` (of A, specified by ``spec.source``); the judge knows the map, its
    inverse, and the error of any other.

    Args:
        count: samples of each domain over all splits.
        paired: whether ``data`` is the image of ``source``, row by row; else both are drawn on their own.
        map: ``rotation`` (with ``scale`` and ``shift``), or ``bend``, which shears along a parabola first.
        angle: degrees, anticlockwise.
        scale: factor on lengths.
        shift: what is added, two numbers.
        sd: standard deviation of each blob of A.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 20_000,
        paired: bool = False,
        map: Literal["rotation", "bend"] = "rotation",
        angle: float = 60.0,
        scale: Annotated[float, Gt(0)] = 1.0,
        shift: Annotated[list[float], Len(2, 2)] | None = None,
        sd: Annotated[float, Gt(0)] = 0.1,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        law, (right, up) = cloud(sd), shift or (0.0, 0.0)
        judge = Pushed(law, PlaneMap(map, angle, scale, (right, up)))
        source = law.sample(count, Rng(seed, "toy", "clouds"))[0]
        origin = source if paired else law.sample(count, Rng(seed, "toy", "clouds", "unpaired"))[0]
        spec = PointsSpec(dim=2, source=PointsSpec(dim=2))
        self.paired = paired
        super().__init__(spec, {"data": judge.map(origin), "source": source}, judge, name="clouds", split=split)
