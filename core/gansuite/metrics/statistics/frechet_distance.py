"""The Fréchet distance between the Gaussians of two samples, corrected for its bias and with an interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import jackknife_of
from gansuite.metrics.metric import MetricError
from gansuite.metrics.states import Moments
from gansuite.metrics.two_sample import Features, Side, TwoSample, as_estimate

SOLVED = 512  # features up to which the plug-in value, too, has eleven solves for its interval
ERROR_ROWS = 300  # rows that give that interval in more features


def frechet(
    real: Features | Moments,
    fake: Features | Moments,
    correction: str | None = "jackknife",
    *,
    floor: Features | Moments | None = None,
    untrained: Features | Moments | None = None,
    seed: int = 0,
) -> Estimate:
    """Fréchet distance of the features' Gaussians (FID, FAD: the extractor makes the name).

        |mu_r - mu_f|² + tr(S_r + S_f - 2 (S_r S_f)^½),   S with n - 1, in float64

    The plug-in value exceeds the truth by about c / n with a c that depends on the generator, so that even a
    ranking may turn with n; the joint block jackknife takes that away and gives the interval.

    Args:
        real: features of real samples, [n, d], or their :class:`~gansuite.metrics.states.Moments`: then all sets must
            be such, with rows of the same indices, and their blocks are the jackknife's.
        fake: features of generated samples, [n, d].
        correction: "jackknife", or None for the plug-in value of the papers (its interval then is centred on a
            biased value and covers the truth seldom).
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of the jackknife's blocks.

    Raises:
        MetricError: unequal or too small n, unequal d, non-finite features, or another ``correction``.

    ``extras["warning"]`` says so where n <= d: the covariances are singular, the bias no longer falls as 1 / n, and
    the correction takes away a part of it only.

    Source: Heusel et al. 2017 (FID), eq. 6; Dowson & Landau 1982.
    """
    if correction not in ("jackknife", None):
        raise MetricError(f'frechet: correction is "jackknife" or None, not {correction!r}')
    metric = Frechet(correction=correction or "none")
    given = {"real": real, "fake": fake, "floor": floor, "untrained": untrained}
    moments = {name: x for name, x in given.items() if isinstance(x, Moments)}
    if moments:
        if len(moments) < sum(x is not None for x in given.values()):
            raise MetricError("frechet: some sets are moments and some are rows: give either for all")
        return metric.of_moments(moments, seed)
    return metric(real, fake, floor=floor, untrained=untrained, seed=seed)[0]  # type: ignore[arg-type]


class Frechet(TwoSample):
    """Fréchet distance over any extractor's features; see ``frechet``.

    Args:
        correction: "jackknife" takes the 1 / n bias away, "none" gives the plug-in value of the papers.
    """

    name = "frechet"
    meaning = "How far the mean and covariance of generated features are from those of real ones."

    def __init__(self, *, correction: Literal["jackknife", "none"] = "jackknife") -> None:
        self.correct = correction == "jackknife"
        kind = "jackknife-corrected" if self.correct else "plug-in"
        self.method = f"Fréchet distance, {kind}; block jackknife"

    def __call__(self, real: Features, fake: Features, **given: Any) -> list[Estimate]:
        several = copy(self)
        if not self.correct and np.shape(real)[-1] > SOLVED:
            several.error_rows = ERROR_ROWS
        return super(Frechet, several).__call__(real, fake, **given)

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        n, d = real.shape
        left = n if labels is None else n - int(torch.bincount(labels).max())
        return roots(Moments.of(real, labels), subsets(labels)) if left > d else {"rows": real}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        if "rows" in side:
            return from_products(side["rows"], other, labels)
        return from_moments(side, Moments.of(other, labels), subsets(labels))

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        return warning(*side["rows"].shape) if "rows" in side else {}

    def of_moments(self, sets: Mapping[str, Moments], seed: int = 0) -> Estimate:
        """The estimate from states; the jackknife's blocks are theirs."""
        real, others = sets["real"], {name: each for name, each in sets.items() if name != "real"}
        for name, each in others.items():
            if len(each.pivot) != len(real.pivot) or not torch.equal(each.counts, real.counts):
                raise MetricError(
                    f"frechet: {name} and real moments differ in features, or in the rows of their blocks: "
                    "give equal numbers of rows with the same indices"
                )
        n, d = real.n, len(real.pivot)
        blocks = real.counts.nonzero().flatten().tolist()
        if n < self.minimum or len(blocks) < 2:
            raise MetricError(f"frechet: moments of {n} rows in {len(blocks)} blocks: give at least 4 rows in 2 blocks")
        side = roots(real, [None, *blocks])
        tables = [from_moments(side, each.about(real.pivot), [None, *blocks]) for each in others.values()]
        rows = np.concatenate(tables, 1)
        labels = torch.arange(len(blocks)).repeat_interleave(real.counts[blocks])
        found = jackknife_of(lambda b: rows[0 if b is None else b + 1], labels, correct=self.correct)
        return as_estimate(self, self.parts[0], found, list(others), n, seed, warning(n, d))


def subsets(labels: Int64[Tensor, " n"] | None) -> list[int | None]:
    """All rows, and without each block."""
    return [None] if labels is None else [None, *range(int(labels.max()) + 1)]


def warning(n: int, d: int) -> dict[str, str]:
    """What to tell of covariances that are singular."""
    return {"warning": f"n <= d ({n} samples, {d} features): biased, only partly corrected"} if n <= d else {}


def roots(moments: Moments, without: Sequence[int | None]) -> Side:
    """Mean, trace and root of the covariance of all rows and without each block: the real side of ``from_moments``."""
    means, covariances = zip(*moments.gaussians(without), strict=True)
    return {
        "means": torch.stack(means),
        "traces": torch.stack([covariance.trace() for covariance in covariances]),
        "roots": torch.stack([square_root(covariance) for covariance in covariances]),
    }


def from_moments(side: Side, other: Moments, without: Sequence[int | None]) -> np.ndarray:
    """Distances for n > d from sums kept by block: leaving a block out is a subtraction and a solve in d.

    With S_r = L Lᵀ, the eigenvalues of S_r S_f are those of the symmetric Lᵀ S_f L.
    """
    distances = []
    for i, (mean, covariance) in enumerate(other.gaussians(without)):
        roots = torch.linalg.eigvalsh(congruent(side["roots"][i], covariance)).clamp_min_(0).sqrt_()
        trace = side["traces"][i] + covariance.trace() - 2 * roots.sum()
        distances.append(float((side["means"][i] - mean).square().sum() + trace))
    return np.array(distances)[:, None]


def square_root(covariance: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
    """The lower triangular L with L Lᵀ = S: Cholesky's, or by way of eigenvalues where S is singular."""
    factor, info = torch.linalg.cholesky_ex(covariance)
    if int(info) == 0:
        return factor
    values, vectors = torch.linalg.eigh(covariance)
    return torch.linalg.qr((vectors * values.clamp_min(0).sqrt()).T).R.T


def congruent(root: Float[Tensor, "d d"], covariance: Float[Tensor, "d d"], tile: int = 256) -> Float[Tensor, "d d"]:
    """The lower triangle of Lᵀ S L for a lower triangular L: a third of the work of two full products."""
    d = len(root)
    right, product = torch.empty_like(root), torch.zeros_like(root)
    for start in range(0, d, tile):
        stop = start + tile
        right[:, start:stop] = covariance[:, start:] @ root[start:, start:stop]
    for start in range(0, d, tile):
        stop = start + tile
        product[start:stop, :stop] = root[start:, start:stop].T @ right[start:, :stop]
    return product


def from_products(x: Float[Tensor, "n d"], y: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None) -> np.ndarray:
    """Distances for n <= d from inner products of rows, a solve in n.

    tr (S_r S_f)^½ is the nuclear norm of Xc Ycᵀ / (n - 1), exact where both covariances are singular.
    """
    products, squares = x @ y.T, x.square().sum(1) + y.square().sum(1)
    distances = []
    for b in subsets(labels):
        keep = torch.arange(len(x)) if labels is None or b is None else (labels != b).nonzero().flatten()
        keep = keep.to(x.device)
        m, cross = len(keep), products[keep][:, keep]
        mean, mean_f = x[keep].mean(0), y[keep].mean(0)
        spread = squares[keep].sum() - m * (mean.square().sum() + mean_f.square().sum())
        cross = cross - cross.mean(0) - cross.mean(1, keepdim=True) + cross.mean()
        trace = (spread - 2 * torch.linalg.svdvals(cross).sum()) / (m - 1)
        distances.append(float((mean - mean_f).square().sum() + trace))
    return np.array(distances)[:, None]
