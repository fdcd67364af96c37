"""Five Gaussians on a line, of unequal width and distance."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt

from gansuite.engine.rng import Rng

from ..judges.histogram import HistogramMixture
from ..spec import PointsSpec
from .drawn import Drawn

MEANS = (10.0, 20.0, 60.0, 80.0, 110.0)
DEVIATIONS = (3.0, 3.0, 2.0, 2.0, 1.0)


class Mixture1D(Drawn):
    """Means 10, 20, 60, 80, 110 with deviations 3, 3, 2, 2, 1 and equal shares, as MAD-GAN uses it.

    Its judge also gives the chi-squared distance and the Kullback-Leibler divergence of histograms.

    Args:
        count: samples over all splits.
        scale: factor on means and deviations; 0.01 brings the samples to the size that networks like.
        bins: of the judge's histogram, from 10 below the first mean to 10 above the last (times ``scale``).
        labels: whether batches carry the mode as a label.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: Ghosh et al., MAD-GAN (2018), section 5.1.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 100_000,
        scale: Annotated[float, Gt(0)] = 1.0,
        bins: Annotated[int, Gt(1)] = 120,
        labels: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        means, sd = scale * torch.tensor(MEANS), scale * torch.tensor(DEVIATIONS)
        law = HistogramMixture(means[:, None], sd, low=scale * 0.0, high=scale * 120.0, bins=bins)
        data, mode = law.sample(count, Rng(seed, "toy", "mixture-1d"))
        names = tuple(f"mode {mean:g}" for mean in MEANS) if labels else ()
        spec = PointsSpec(dim=1, labels=names, picture="density")
        rows = {"data": data} | ({"label": mode} if labels else {})
        super().__init__(spec, rows, law, name="mixture-1d", split=split)
