"""The Fréchet distance between the Gaussians of two samples, corrected for its bias and with an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.two_sample import Features, MetricError, checked, compared


def frechet(
    real: Features,
    fake: Features,
    correction: str | None = "jackknife",
    *,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Estimate:
    """Fréchet distance of the features' Gaussians (FID, FAD: the extractor makes the name).

        |mu_r - mu_f|² + tr(S_r + S_f - 2 (S_r S_f)^½),   S with n - 1, in float64

    The plug-in value exceeds the truth by about c / n with a c that depends on the generator, so that even a
    ranking may turn with n; the joint block jackknife takes that away and gives the interval.

    Args:
        real: features of real samples, [n, d].
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
        raise MetricError(f'correction is "jackknife" or None, not {correction!r}')
    x, *others = checked(real=real, fake=fake, floor=floor, untrained=untrained)
    names = [name for name, y in (("fake", fake), ("floor", floor), ("untrained", untrained)) if y is not None]
    n, d = x.shape
    labels = block_labels(n, seed=seed)
    smallest = n - int(torch.bincount(labels).max())
    route = from_moments if smallest > d else from_products
    warning = {"warning": f"n <= d ({n} samples, {d} features): biased, only partly corrected"} if n <= d else {}
    return compared(
        "frechet",
        route(x, others, labels),
        n,
        sets=names,
        seed=seed,
        method="Fréchet distance, " + ("jackknife-corrected" if correction else "plug-in") + "; block jackknife",
        correct=correction is not None,
        extras=warning,
    )


class Frechet:
    """Fréchet distance over any extractor's features; see ``frechet``.

    Args:
        correction: "jackknife" takes the 1 / n bias away, "none" gives the plug-in value of the papers.
    """

    name = "frechet"
    needs = "features"
    direction = "min"

    def __init__(self, *, correction: Literal["jackknife", "none"] = "jackknife") -> None:
        self.correction = "jackknife" if correction == "jackknife" else None

    def __call__(
        self,
        real: Float[Tensor, "n d"],
        fake: Float[Tensor, "n d"],
        *,
        floor: Float[Tensor, "n d"] | None = None,
        untrained: Float[Tensor, "n d"] | None = None,
        seed: int = 0,
    ) -> Estimate:
        return frechet(real, fake, self.correction, floor=floor, untrained=untrained, seed=seed)


def from_moments(
    x: Float[Tensor, "n d"], others: Sequence[Float[Tensor, "n d"]], labels: Int64[Tensor, " n"]
) -> Callable[[int | None], list[float]]:
    """Distances for n > d from sums kept by block: leaving a block out is a subtraction and a solve in d.

    With S_r = L Lᵀ, the eigenvalues of S_r S_f are those of the symmetric Lᵀ S_f L.
    """
    real, fakes = Moments(x, labels), [Moments(y, labels) for y in others]

    def statistic(b: int | None) -> list[float]:
        mean, covariance = real.without(b)
        root = square_root(covariance)
        values = []
        for mean_f, covariance_f in (fake.without(b) for fake in fakes):
            eigenvalues = torch.linalg.eigvalsh(root.T @ covariance_f @ root).clamp_min(0)
            trace = covariance.trace() + covariance_f.trace() - 2 * eigenvalues.sqrt().sum()
            values.append(float((mean - mean_f).square().sum() + trace))
        return values

    return statistic


class Moments:
    """First and second sums of each block of a sample (already centred near 0, which keeps their digits)."""

    def __init__(self, x: Float[Tensor, "n d"], labels: Int64[Tensor, " n"]) -> None:
        blocks = [x[labels == b] for b in range(int(labels.max()) + 1)]
        self.counts = [len(block) for block in blocks]
        self.sums = torch.stack([block.sum(0) for block in blocks])
        self.products = torch.stack([block.T @ block for block in blocks])

    def without(self, b: int | None) -> tuple[Float[Tensor, " d"], Float[Tensor, "d d"]]:
        """Mean and covariance (n - 1) of all rows but those of block ``b``."""
        n, total, product = sum(self.counts), self.sums.sum(0), self.products.sum(0)
        if b is not None:
            n, total, product = n - self.counts[b], total - self.sums[b], product - self.products[b]
        mean = total / n
        return mean, (product - n * torch.outer(mean, mean)) / (n - 1)


def square_root(covariance: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
    """A root R with R Rᵀ = S: Cholesky's, or from eigenvalues where S is singular (a constant feature)."""
    factor, info = torch.linalg.cholesky_ex(covariance)
    if int(info) == 0:
        return factor
    values, vectors = torch.linalg.eigh(covariance)
    return vectors * values.clamp_min(0).sqrt()


def from_products(
    x: Float[Tensor, "n d"], others: Sequence[Float[Tensor, "n d"]], labels: Int64[Tensor, " n"]
) -> Callable[[int | None], list[float]]:
    """Distances for n <= d from inner products of rows, a solve in n.

    tr (S_r S_f)^½ is the nuclear norm of Xc Ycᵀ / (n - 1), exact where both covariances are singular.
    """

    def statistic(b: int | None) -> list[float]:
        keep = torch.ones_like(labels, dtype=torch.bool) if b is None else labels != b
        keep = keep.to(x.device)
        kept = x[keep]
        mean = kept.mean(0)
        kept = kept - mean
        values = []
        for y in others:
            fake = y[keep]
            mean_f = fake.mean(0)
            fake = fake - mean_f
            cross = torch.linalg.svdvals(kept @ fake.T).sum()
            trace = (kept.square().sum() + fake.square().sum() - 2 * cross) / (len(kept) - 1)
            values.append(float((mean - mean_f).square().sum() + trace))
        return values

    return statistic
