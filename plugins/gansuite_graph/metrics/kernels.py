"""Kernels between descriptors of graphs, with the bandwidths that the published tables were made with.

Every Gaussian kernel here is

    k(x, y) = exp(-|φ(x) - φ(y)|_p² / 2 σ²)

and differs in the distance alone: total variation has φ(x) = x / 2 and p = 1, the earth mover's distance between
histograms the cumulated sums divided by the width of a bin's unit and p = 1 (in one dimension the cost of the best
transport is the area between the distribution functions), the Euclidean one φ(x) = x and p = 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

KernelName = Literal["gaussian-tv", "gaussian-emd", "rbf", "linear"]
StatisticName = Literal["degree", "clustering", "orbit", "spectrum"]

SIGMA: Mapping[str, float] = {"degree": 1.0, "clustering": 0.1, "orbit": 30.0, "spectrum": 1.0}
"""σ of the kernels ``gaussian-tv`` and ``gaussian-emd``, by statistic."""

RANGE = (0.01, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""σ of the kernel ``rbf``, in root mean square distances between real graphs; the largest MMD² counts."""


@dataclass(frozen=True)
class GraphKernel:
    """A kernel between rows of descriptors, at every one of its bandwidths.

    Args:
        name: for the result: the kernel that was taken.
        distance: ``tv``, ``emd``, ``euclidean``, or ``product`` for x · y without a bandwidth.
        sigma: the bandwidths; empty for a product.
        unit: bins in a unit of the earth mover's distance.
    """

    name: str
    distance: Literal["tv", "emd", "euclidean", "product"]
    sigma: tuple[float, ...] = ()
    unit: float = 1.0

    @property
    def positive_definite(self) -> bool:
        """Whether it is a kernel in the strict sense, so that its MMD is a distance of laws.

        exp(-|x - y|₁² / 2 σ²) is none: there are histograms whose Gram matrix has a negative eigenvalue, by total
        variation as by the earth mover's distance (the tests have some; O'Bray et al., ICLR 2022, warn of it).
        """
        return self.distance in ("euclidean", "product")

    def embedded(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """φ(x)."""
        if self.distance == "emd":
            return x.cumsum(1) / self.unit
        return x / 2 if self.distance == "tv" else x

    def values(self, x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "s n m"]:
        """k of every φ(x_i) with every φ(y_j), at every bandwidth; exactly 1 where they are equal."""
        if self.distance == "product":
            return (x @ y.T).unsqueeze(0)
        p, exact = (2.0 if self.distance == "euclidean" else 1.0), "donot_use_mm_for_euclid_dist"
        squared = torch.cdist(x, y, p=p, compute_mode=exact).square_()
        return torch.stack([(squared * (-0.5 / sigma**2)).exp_() for sigma in self.sigma])

    def self_values(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "s n"]:
        """k of every φ(x_i) with itself."""
        if self.distance == "product":
            return x.square().sum(1).unsqueeze(0)
        return x.new_ones(len(self.sigma), len(x))


def kernel_of(name: str, statistic: str, real: Float[Tensor, "n d"], *, sigma: float | None = None) -> GraphKernel:
    """The kernel for a statistic.

    - ``gaussian-tv``: total variation, half the L1 distance; σ = 1 (degree), 0.1 (clustering), 30 (orbit), 1
      (spectrum). Of orbits, which are no histogram, half the L1 distance as well. So GRAN, SPECTRE and DiGress.
    - ``gaussian-emd``: earth mover's distance in bins, of clustering divided by the number of bins, so that all of
      [0, 1] is one unit; the same σ. For orbits the Euclidean distance takes its place. So GraphRNN.
    - ``rbf``: Euclidean distance; without σ the ten of ``RANGE``, of which the largest MMD² counts. Their unit is the
      root mean square distance between real graphs (1 where those are all alike), so that it is the same for all
      that is compared with them; Thompson et al. take it between real and generated ones.
    - ``linear``: x · y, for which MMD² is the squared distance of the means.

    Args:
        name: one of the four.
        statistic: what the rows describe.
        real: rows of real graphs.
        sigma: in place of the usual one.

    Source: You et al., GraphRNN (2018); Liao et al., GRAN (2019); Thompson et al. (2022).
    """
    if name == "linear":
        return GraphKernel(name, "product")
    if name == "rbf":
        unit = root_mean_square_distance(real)
        return GraphKernel(name, "euclidean", tuple(unit * s for s in RANGE) if sigma is None else (sigma,))
    sigmas = (SIGMA[statistic] if sigma is None else sigma,)
    if name == "gaussian-tv":
        return GraphKernel(name, "tv", sigmas)
    if statistic == "orbit":
        return GraphKernel("gaussian (orbits are no histogram)", "euclidean", sigmas)
    return GraphKernel(name, "emd", sigmas, float(real.shape[1]) if statistic == "clustering" else 1.0)


def root_mean_square_distance(x: Float[Tensor, "n d"]) -> float:
    """Over pairs of different rows: twice the trace of their covariance; 1 where all rows are equal."""
    found = float((2 * x.var(0).sum()).sqrt()) if len(x) > 1 else 0.0
    return found if found > 0 else 1.0
