"""The data of the Dirac-GAN, on which every dynamics can be solved by hand."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt

from gansuite.engine.rng import Rng

from ..judges.mixture import GaussianMixture
from ..spec import PointsSpec
from .drawn import Drawn


class Dirac(Drawn):
    """All mass at the origin, or with ``sd`` a Gaussian about it.

    With the generator ``point`` and the critic ``slope`` it is the Dirac-GAN; with ``sd`` above 0, the generator
    ``scale`` and the critic ``quadratic`` it is the absolutely continuous system that learns a variance.

    Args:
        count: samples over all splits.
        dim: coordinates.
        sd: standard deviation; 0 puts every sample at the origin.
        within: distance from the origin up to which a sample is of high quality (3 sd where that is more).
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: Mescheder, Geiger & Nowozin (2018), section 2.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 1000,
        dim: Annotated[int, Gt(0)] = 1,
        sd: Annotated[float, Ge(0)] = 0.0,
        within: Annotated[float, Gt(0)] = 0.05,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        # The judge of a point has a width only so that "near" means something.
        law = GaussianMixture(torch.zeros(1, dim), max(sd, within / 3))
        data = Rng(seed, "toy", "dirac").normal(count, dim, scale=sd)
        spec = PointsSpec(dim=dim, picture="density" if dim == 1 else "scatter")
        super().__init__(spec, {"data": data}, law, name="dirac", split=split)
