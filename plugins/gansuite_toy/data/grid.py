"""Gaussians on a square grid."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt, Len

from gansuite.engine.rng import Rng

from ..judges.mixture import GaussianMixture
from ..spec import PointsSpec
from .drawn import Drawn
from .ring import shares_of


class Grid(Drawn):
    """``side²`` Gaussians ``spacing`` apart, centred at the origin: {-4, -2, 0, 2, 4}² as VEEGAN and PacGAN use it.

    Args:
        count: samples over all splits.
        side: Gaussians in a row.
        spacing: between neighbouring means.
        sd: standard deviation of each Gaussian, in both coordinates.
        weights: relative shares of the modes, one each, row by row; equal if absent.
        labels: whether batches carry the mode as a label.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: Srivastava et al. (2017), section 5.1.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 100_000,
        side: Annotated[int, Gt(0)] = 5,
        spacing: Annotated[float, Gt(0)] = 2.0,
        sd: Annotated[float, Gt(0)] = 0.05,
        weights: Annotated[list[Annotated[float, Gt(0)]], Len(1)] | None = None,
        labels: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        axis = spacing * (torch.arange(side, dtype=torch.float64) - (side - 1) / 2)
        law = GaussianMixture(torch.cartesian_prod(axis, axis), sd, shares_of(weights, side**2))
        data, mode = law.sample(count, Rng(seed, "toy", "grid"))
        spec = PointsSpec(dim=2, labels=tuple(f"mode {j}" for j in range(side**2)) if labels else ())
        super().__init__(spec, {"data": data} | ({"label": mode} if labels else {}), law, name="grid", split=split)
