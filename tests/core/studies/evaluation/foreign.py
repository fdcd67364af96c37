"""A stranger's plugin: a metric that sees the mean alone, one that counts on nothing, and one that is broken."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.two_sample import TwoSample
from gansuite.plugins import Component, hookimpl


@hookimpl
def gansuite_components() -> list[Component]:
    return [
        Component("metric", "mean", "foreign:MeanDistance", "distance of the means"),
        Component("metric", "spread", "foreign:Spread", "difference of the spreads, corrected for bias"),
        Component("metric", "fussy", "foreign:Fussy", "refuses what is repeated"),
        Component("metric", "gone", "foreign:Gone", "cannot be imported"),
        Component("metric", "of-models", "foreign:OfModels", "needs more than samples"),
    ]


class MeanDistance:
    """Distance of the means."""

    name, needs, direction, meaning = "mean", "features", "min", "how far the means are apart"

    def __call__(self, real: Any, fake: Any, **sets: Any) -> Estimate:
        value = float((real.mean(0) - fake.mean(0)).norm())
        return Estimate(self.name, value, value, value, len(real), len(fake), "exact", direction=self.direction)


class Fussy(MeanDistance):
    """The same, unless a sample is repeated."""

    name = "fussy"

    def __call__(self, real: Any, fake: Any, **sets: Any) -> Estimate:
        if len(torch.unique(fake, dim=0)) < len(fake):
            raise ValueError("a sample is repeated")
        return super().__call__(real, fake)


class OfModels(MeanDistance):
    name, needs = "of-models", "model"


class Spread(TwoSample):
    """Squared difference of the total variances, whose bias the jackknife takes away."""

    name, direction, meaning, correct = "spread", "min", "how differently the samples are spread", True

    def side(self, real: Tensor, labels: Tensor | None, seed: int) -> dict[str, Tensor]:
        return {"real": real}

    def table(self, side: Any, other: Tensor, labels: Tensor | None, seed: int) -> np.ndarray:
        keeps = [torch.ones(len(other), dtype=torch.bool)]
        keeps += [] if labels is None else [labels != b for b in range(int(labels.max()) + 1)]
        return np.array([[float((side["real"][k].var(0).sum() - other[k].var(0).sum()) ** 2)] for k in keeps])
