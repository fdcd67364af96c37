"""One statistic of two sets of graphs: its kernel, its estimator, and what a number is not to be told without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.two_sample import Side

from .descriptors import BINS
from .discrepancy import EstimatorName, across, squared_mmd, within
from .graph_sets import alike
from .kernels import GraphKernel, KernelName, StatisticName, kernel_of

NOTE = "this kernel is not positive definite: its MMD is no distance of laws, and different laws may have 0 or less"
"""Of Gaussian kernels over total variation and the earth mover's distance."""


@dataclass(frozen=True)
class Comparison:
    """MMD² of one statistic; see :func:`gansuite_graph.metrics.mmd` for the arguments."""

    statistic: StatisticName
    kernel: KernelName = "gaussian-tv"
    estimator: EstimatorName = "u-statistic"
    sigma: float | None = None
    bins: int | None = None

    def kernel_for(self, real: Float[Tensor, "n d"]) -> GraphKernel:
        """The kernel, whose bandwidth may be the real graphs'."""
        return kernel_of(self.kernel, self.statistic, real, sigma=self.sigma)

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"]) -> Side:
        """The descriptors of real graphs, and the sums of the kernel among them."""
        return {"rows": real, "within": within(self.kernel_for(real), real, labels, self.estimator), "labels": labels}

    def values(self, side: Side, other: Float[Tensor, "m d"], labels: Int64[Tensor, " m"]) -> np.ndarray:
        """MMD² of another set on all rows, and without each block of both sets: [B + 1]."""
        (real, other), own = alike(side["rows"], other), side["labels"]
        kernel = self.kernel_for(real)
        sums = within(kernel, other, labels, self.estimator), across(kernel, real, other, own, labels)
        return squared_mmd(side["within"], *sums, own, labels, self.estimator)

    def told(self, real: Float[Tensor, "n d"]) -> Mapping[str, Any]:
        """What the value depends on."""
        kernel = self.kernel_for(real)
        found: dict[str, Any] = {"statistic": self.statistic, "kernel": kernel.name, "estimator": self.estimator}
        if kernel.sigma:
            found["sigma"] = kernel.sigma[0] if len(kernel.sigma) == 1 else kernel.sigma
        if self.statistic in BINS:
            found["bins"] = self.bins or BINS[self.statistic]
        found["positive_definite"] = kernel.positive_definite
        return found if kernel.positive_definite else {**found, "note": NOTE}


def whole(labels: Int64[Tensor, " n"] | None, n: int) -> Int64[Tensor, " n"]:
    """The blocks; one where there are none."""
    return torch.zeros(n, dtype=torch.int64) if labels is None else labels
