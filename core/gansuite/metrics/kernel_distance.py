"""Kernel distances: the squared maximum mean discrepancy between two samples, estimated without bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.two_sample import Features, MetricError, checked, compared

TILE = 1 << 22  # elements of a kernel matrix held at a time: 32 MiB in float64
MEDIAN_ROWS = 4096  # the median is taken over the pairs of this many rows at most (8.4 million pairs)


def kad(
    real: Features,
    fake: Features,
    *,
    floor: Features | None = None,
    untrained: Features | None = None,
    bandwidth: float | None = None,
    seed: int = 0,
) -> Estimate:
    """Kernel audio distance: unbiased MMD² with the Gaussian kernel k(x, y) = exp(-|x - y|² / 2h²).

        MMD² = mean_{i≠j} k(x_i, x_j) + mean_{i≠j} k(y_i, y_j) - 2 mean_{i,j} k(x_i, y_j)

    0 in expectation for equal laws (so it may be negative), at most 2. The exact U-statistic; interval by the joint
    block jackknife (too wide by about 1.4 where the laws are equal, as the statistic then degenerates). Plain:
    ``kadtk`` prints the same quantity times 100.

    Args:
        real: features of real samples, [n, d]. The bandwidth is theirs, so keep them while values are compared.
        fake: features of generated samples, [n, d].
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        bandwidth: h, in feature units; None: the median distance between pairs of ``real``.
        seed: of the jackknife's blocks.

    Raises:
        MetricError: unequal or too small n, unequal d, non-finite features, or real features with median distance 0.

    Source: Chung et al., KAD: no more FAD! (2025); Gretton et al., JMLR 13 (2012), Lemma 6.
    """
    x, *others = checked(real=real, fake=fake, floor=floor, untrained=untrained)
    names = [name for name, y in (("fake", fake), ("floor", floor), ("untrained", untrained)) if y is not None]
    h = median_distance(x, seed) if bandwidth is None else bandwidth
    if not h > 0:
        raise MetricError("more than half of the real pairs are equal, so their median distance is 0: set bandwidth")
    n = x.shape[0]
    labels = block_labels(n, seed=seed)
    sizes = torch.bincount(labels)
    xx = kernel_sums(x, x, labels, h)
    sums = [(kernel_sums(y, y, labels, h), kernel_sums(x, y, labels, h)) for y in others]

    def statistic(b: int | None) -> Sequence[float]:
        m = n if b is None else n - int(sizes[b])
        own = without(xx, b) / (m * (m - 1))
        return [own + without(yy, b) / (m * (m - 1)) - 2 * without(xy, b) / m**2 for yy, xy in sums]

    return compared(
        "kad",
        statistic,
        n,
        sets=names,
        seed=seed,
        method="unbiased MMD², Gaussian kernel; block jackknife",
        correct=False,  # a U-statistic has no bias to take away
        extras={"bandwidth": h},
    )


class KAD:
    """Kernel audio distance over any extractor's features; see ``kad``.

    Args:
        bandwidth: of the Gaussian kernel, in feature units; None: the real features' median pairwise distance.
    """

    name = "kad"
    needs = "features"
    direction = "min"

    def __init__(self, *, bandwidth: Annotated[float, Gt(0)] | None = None) -> None:
        self.bandwidth = bandwidth

    def __call__(
        self,
        real: Float[Tensor, "n d"],
        fake: Float[Tensor, "n d"],
        *,
        floor: Float[Tensor, "n d"] | None = None,
        untrained: Float[Tensor, "n d"] | None = None,
        seed: int = 0,
    ) -> Estimate:
        return kad(real, fake, floor=floor, untrained=untrained, bandwidth=self.bandwidth, seed=seed)


def median_distance(x: Float[Tensor, "n d"], seed: int = 0) -> float:
    """Median Euclidean distance between pairs of rows (of a seeded choice of 4096 where there are more)."""
    if x.shape[0] > MEDIAN_ROWS:
        chosen = torch.randperm(x.shape[0], generator=torch.Generator().manual_seed(seed))[:MEDIAN_ROWS]
        x = x[chosen.to(x.device)]
    return float(torch.pdist(x).median())


def kernel_sums(
    x: Float[Tensor, "n d"], y: Float[Tensor, "n d"], labels: Int64[Tensor, " n"], h: float
) -> Float[Tensor, "b b"]:
    """Sums of the kernel matrix over each pair of blocks; its diagonal is left out where ``y`` is ``x``.

    Everything a leave-block-out needs is in this B x B table, so the kernel is computed once, a tile at a time.
    """
    member = torch.nn.functional.one_hot(labels).to(x)
    total = x.new_zeros(member.shape[1], member.shape[1])
    norms = y.square().sum(1)
    rows = max(1, TILE // y.shape[0])
    for start in range(0, x.shape[0], rows):
        part = x[start : start + rows]
        square = torch.addmm(norms + part.square().sum(1, keepdim=True), part, y.T, alpha=-2)
        kernel = square.clamp_min_(0).mul_(-0.5 / h**2).exp_()
        if y is x:
            kernel.diagonal(start).zero_()
        total += member[start : start + rows].T @ (kernel @ member)
    return total.cpu()


def without(sums: Float[Tensor, "b b"], b: int | None) -> float:
    """Sum of the kernel matrix without the rows and columns of block ``b``."""
    if b is None:
        return float(sums.sum())
    return float(sums.sum() - sums[b].sum() - sums[:, b].sum() + sums[b, b])
