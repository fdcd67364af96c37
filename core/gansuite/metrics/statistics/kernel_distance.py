"""Kernel distances: the squared maximum mean discrepancy between two samples, estimated without bias."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.statistics.pairs import Kernel, KernelDistance, squared_distance, squared_lengths
from gansuite.metrics.two_sample import Features, Side

MEDIAN_ROWS = 4096  # the median is taken over the pairs of this many rows at most (8.4 million pairs)
MOST_FEATURES = 128  # third moments of more would take too much memory: 57 MB in ten blocks at 128
CHUNK = 1024  # rows of which third moments are taken at a time


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
    return KAD(bandwidth=bandwidth)(real, fake, floor=floor, untrained=untrained, seed=seed)[0]


def kid(
    real: Features,
    fake: Features,
    *,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Estimate:
    """Kernel distance of the kind of KID: unbiased MMD² with the cubic kernel k(x, y) = (x·y / d + 1)³.

    The exact U-statistic of all n rows, not a mean over subsets: a function of the features alone. The kernel is not
    translation invariant, so the features count as they are. It sees means, covariances and third moments, and
    nothing else of a law. Plain: some tables print it times 100 or 1000.

    Args:
        real: features of real samples, [n, d].
        fake: features of generated samples, [n, d].
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of the jackknife's blocks.

    Raises:
        MetricError: unequal or too small n, unequal d, or non-finite features.

    Source: Bińkowski, Sutherland, Arbel & Gretton, Demystifying MMD GANs (2018), section 4.
    """
    return KID()(real, fake, floor=floor, untrained=untrained, seed=seed)[0]


class KAD(KernelDistance):
    """Kernel audio distance over any extractor's features; see ``kad``.

    Args:
        bandwidth: of the Gaussian kernel, in feature units; None: the real features' median pairwise distance.
    """

    name = "kad"
    meaning = "How far the features of generated and real samples are apart in law, as a Gaussian kernel sees it."
    method = "unbiased MMD², Gaussian kernel; block jackknife"

    def __init__(self, *, bandwidth: Annotated[float, Gt(0)] | None = None) -> None:
        self.bandwidth = bandwidth

    def constants(self, real: Float[Tensor, "n d"], seed: int) -> dict[str, Tensor]:
        h = median_distance(real, seed) if self.bandwidth is None else self.bandwidth
        if not h > 0:
            raise MetricError(
                "kad: more than half of the real pairs are equal, so their median distance is 0: set bandwidth"
            )
        return {"bandwidth": torch.tensor(h, dtype=torch.float64)}

    def kernel(self, side: Side) -> Kernel:
        scale = -0.5 / float(side["bandwidth"]) ** 2
        return lambda x, y: squared_lengths(x, y).mul_(scale).exp_()

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        return {"bandwidth": float(side["bandwidth"])}


class KID(KernelDistance):
    """Kernel distance with the cubic polynomial kernel over any extractor's features; see ``kid``.

    As (x·y)³ = ⟨x⊗x⊗x, y⊗y⊗y⟩, the moments of each block up to the third say all: in few features they are cheaper than
    pairs, and the values are the same.
    """

    name = "kid"
    meaning = "How far the features of generated and real samples are apart in their first three moments."
    centre = False
    method = "unbiased MMD², cubic kernel, all pairs; block jackknife"

    def kernel(self, side: Side) -> Kernel:
        return lambda x, y: torch.addmm(x.new_ones(()), x, y.T, alpha=1 / x.shape[1]).pow_(3)

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        if not by_moments(*real.shape):
            return super().side(real, labels, seed)
        moments, diagonal = third_moments(real, labels)
        return {"moments": moments, "within": (moments @ moments.T - diagonal).cpu()}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        if "moments" not in side:
            return super().table(side, other, labels, seed)
        moments, diagonal = third_moments(other, labels)
        within, across = (moments @ moments.T - diagonal).cpu(), (side["moments"] @ moments.T).cpu()
        return squared_distance(side["within"], within, across, len(other), labels)


def by_moments(n: int, d: int) -> bool:
    """Whether third moments (n d³) cost less than pairs (n² d, and n² powers)."""
    return d <= MOST_FEATURES and d * d <= n


def third_moments(
    x: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None
) -> tuple[Float[Tensor, "b m"], Float[Tensor, "b b"]]:
    """Moments of order 0 to 3 in each block, and the blocks' sums of k(x, x) on a diagonal.

    They are weighted so that a product of two blocks' moments is the sum of the kernel over all their pairs:
    (a + 1)³ = 1 + 3a + 3a² + a³ with a = x·y / d. Of the third moments, those with no index below the first are taken,
    a third of all.
    """
    (n, d), z = x.shape, x / x.shape[1] ** 0.5
    labels = torch.zeros(n, dtype=torch.int64) if labels is None else labels
    found = []
    for b in range(int(labels.max()) + 1):
        rows = z[(labels == b).to(x.device)]
        third = [z.new_zeros(d - i, d - i) for i in range(d)]
        for part in rows.split(CHUNK):
            columns = part.T.contiguous()
            for i, moment in enumerate(third):
                moment.addmm_(columns[i:] * columns[i], part[:, i:])
        third = [(moment * multiplicity(len(moment)).to(x).sqrt_()).flatten() for moment in third]
        count, second = x.new_full((1,), len(rows)), (rows.T @ rows).flatten()
        found.append(torch.cat([count, 3**0.5 * rows.sum(0), 3**0.5 * second, *third]))
    cubes = (z.square().sum(1) + 1).pow(3)
    diagonal = x.new_zeros(len(found)).index_add_(0, labels.to(x.device), cubes)
    return torch.stack(found), diagonal.diag()


def multiplicity(m: int) -> Float[Tensor, "m m"]:
    """How many of all d³ entries of a symmetric tensor each entry (i, j, k) with j, k >= i stands for."""
    times = torch.full((m, m), 3.0)
    times[0], times[:, 0], times[0, 0] = 1.5, 1.5, 1.0
    return times


def median_distance(x: Float[Tensor, "n d"], seed: int = 0) -> float:
    """Median Euclidean distance between pairs of rows (of a seeded choice of 4096 where there are more)."""
    if x.shape[0] > MEDIAN_ROWS:
        chosen = torch.randperm(x.shape[0], generator=torch.Generator().manual_seed(seed))[:MEDIAN_ROWS]
        x = x[chosen.to(x.device)]
    return float(torch.pdist(x).median())
