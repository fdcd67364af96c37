"""Ten far Gaussians in a subspace of many dimensions."""

from __future__ import annotations

import math
from typing import Annotated

import torch
from annotated_types import Ge, Gt
from scipy.special import gammaincinv

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..judges.mixture import GaussianMixture
from ..spec import PointsSpec
from .drawn import Drawn


class HighDimensional(Drawn):
    """``modes`` Gaussians N(m_j, sd² I) over the first ``intrinsic`` of ``dim`` coordinates; the others are 0.

    After VEEGAN's ten 700-dimensional Gaussians in 1200 dimensions, whose means and deviations were not published.
    Ours: m_j ~ ``spread`` N(0, I), sd 1. Three deviations hold no sample in 700 dimensions, so that a sample is of
    high quality within the radius that holds the same share, 1 - exp(-9/2), of the real ones: the quantile of a chi
    distribution, 28.1 sd in 700 dimensions.

    Args:
        count: samples over all splits.
        modes: number of Gaussians.
        dim: coordinates of a sample.
        intrinsic: coordinates that vary.
        spread: deviation of the means' coordinates.
        sd: standard deviation of each Gaussian.
        labels: whether batches carry the mode as a label.
        seed: of means and draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Raises:
        UserError: more intrinsic dimensions than there are.

    Source: Srivastava et al., VEEGAN (2017), section 5.1.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 20_000,
        modes: Annotated[int, Gt(0)] = 10,
        dim: Annotated[int, Gt(0)] = 1200,
        intrinsic: Annotated[int, Gt(0)] = 700,
        spread: Annotated[float, Gt(0)] = 10.0,
        sd: Annotated[float, Gt(0)] = 1.0,
        labels: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        if intrinsic > dim:
            raise UserError(f"intrinsic = {intrinsic} coordinates are more than dim = {dim}")
        pad = (0, dim - intrinsic)
        means = Rng(seed, "toy", "high-dimensional", "means").normal(modes, intrinsic, scale=spread)
        radius = math.sqrt(2 * gammaincinv(intrinsic / 2, 1 - math.exp(-4.5)))
        inner, mode = GaussianMixture(means, sd).sample(count, Rng(seed, "toy", "high-dimensional"))
        law = GaussianMixture(torch.nn.functional.pad(means, pad), sd, within=radius)
        spec = PointsSpec(dim=dim, labels=tuple(f"mode {j}" for j in range(modes)) if labels else ())
        rows = {"data": torch.nn.functional.pad(inner, pad)} | ({"label": mode} if labels else {})
        super().__init__(spec, rows, law, name="high-dimensional", split=split)
