"""The intrinsic dimension of a sample, from the ratio of each point's two nearest distances."""

from __future__ import annotations

import math

import torch
from scipy.special import ndtri

from gansuite.metrics.diagnostics.nearest import neighbours
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.two_sample import Features, checked

LEAST = 20
"""Points below which the interval is not to be trusted."""
TIED = 1e-9
"""Log ratio that rounding leaves of equal distances."""


def intrinsic_dimension(x: Features, *, discard: float = 0.1, level: float = 0.95, most: int = 2000) -> Estimate:
    r"""The number of coordinates that a sample locally varies in (TwoNN).

    Where the density is nearly constant out to the second neighbour, the ratio of the two nearest distances follows a
    Pareto law whose exponent is the dimension m, whatever the density: ``P(d2 / d1 > t) = t^-m``. With
    ``l_i = log(d2 / d1)`` in ascending order and the largest ``discard`` of them known only to be beyond ``l_(r)``, for
    these come from where the density does change,

        m = (r - 1) / (l_(1) + ... + l_(r) + (n - r) l_(r)),

    unbiased for independent ``l_i``, because the sum is then Gamma(r) / m. They are not independent: points share
    neighbours, which makes the variance about 1.5 times as large. The interval is the sandwich one, with the products
    of all pairs of points that have one of the three points (itself and its neighbours) in common.

    Args:
        x: [n, d]; of equal rows only one counts, for a copy is no neighbour.
        discard: share of the largest ratios.
        level: of the interval.
        most: rows used, the first ones; cost grows with their square.

    Returns:
        An estimate with ``ideal`` None. In more than about ten dimensions a few thousand points no longer show the
        local density, and the value is too small (by 5 % in 10 normal dimensions at n = 1000); where the sample curves
        within the distance of its neighbours it is too large (by 8 % on a flat torus of 5 dimensions at n = 300).

    Raises:
        MetricError: fewer than 20 different rows, features that are not [n, d] or not finite, or many ratios of 1, as
            on a grid.

    Source: Facco, d'Errico, Rodriguez & Laio, Scientific Reports 7 (2017), eq. 3; the discarded share is theirs.
    """
    if not 0 <= discard < 1:
        raise MetricError(f"intrinsic-dimension: discard = {discard}: give a share of the points, from 0 to below 1")
    points = torch.unique(checked("intrinsic-dimension", x=torch.as_tensor(x)[:most])["x"], dim=0)
    n = len(points)
    if n < LEAST:
        raise MetricError(f"intrinsic-dimension: {n} different rows are too few: give at least {LEAST}")
    near, place = neighbours(points, k=2)
    ratio = (near[:, 1] / near[:, 0]).log()
    r = math.ceil(n * (1 - discard))
    bound = ratio.sort().values[r - 1]
    if float((ratio < TIED).double().mean()) > 0.05:
        raise MetricError("intrinsic-dimension: many points have their two nearest at one distance, as on a grid")
    total = float(ratio.clamp_max(bound).sum())
    m = (r - 1) / total
    # The derivative of the log likelihood for each point, and those of the points that hang together with it.
    score = (ratio <= bound).double() - m * ratio.clamp_max(bound)
    kin = torch.zeros(n, n, dtype=torch.float64, device=points.device)
    kin.scatter_(1, place, 1.0).fill_diagonal_(1.0)
    variance = float(score @ ((kin @ kin.T) > 0).double() @ score)
    half = float(ndtri((1 + level) / 2)) * math.sqrt(max(variance, r)) / (m * total)
    return Estimate(
        "intrinsic-dimension",
        m,
        m * math.exp(-half),
        m * math.exp(half),
        n,
        0,
        "two nearest neighbours, unbiased fit without the largest tenth; shared neighbours in the interval",
        level,
        "target",
    )
