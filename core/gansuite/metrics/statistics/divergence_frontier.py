"""The divergence frontier of two laws: how little either side's errors can be, whatever weight the other's has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Float, Int64
from scipy.special import rel_entr
from torch import Tensor

from gansuite.engine.rng import seed_of
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.statistics.clusters import kmeans
from gansuite.metrics.statistics.mixture_curve import counts
from gansuite.metrics.two_sample import Features, Part, Side, TwoSample

EDGE = 1e-6  # weights of the mixture keep off 0 and 1, where a divergence may be infinite
Smoothing = Literal["none", "krichevsky-trofimov"]


def mauve(
    real: Features,
    fake: Features,
    buckets: int | None = None,
    scale: float = 5.0,
    smoothing: Smoothing = "none",
    *,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Mapping[str, Estimate]:
    """The area under the divergence frontier (``mauve``, 1 for equal laws) and its integral (``integral``, 0 for them).

    The rows of both sets at unit length, along the principal directions that hold 90 % of their variance, go into the
    buckets of k-means; see ``frontier_area`` and ``frontier_integral`` for what becomes of the two histograms p and q.
    Equal laws come out below 1 by the noise of the histograms, the more so the more buckets there are: see the floor.

    Args:
        real: features of real samples, [n, d].
        fake: features of generated samples, [n, d].
        buckets: of k-means; None: n / 10, as published.
        scale: c, by which divergences are multiplied.
        smoothing: of the histograms: ``none`` as first published, or half a count more in each bucket.
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of k-means and the jackknife's blocks.

    Raises:
        MetricError: unequal n, fewer rows than buckets, unequal d, features that are not finite.

    Source: Pillutla et al. (2021), section 3; the integral and the smoothing: Liu et al. (2021), sections 2 and 3.
    """
    metric = Mauve(buckets=buckets, scale=scale, smoothing=smoothing)
    found = metric(real, fake, floor=floor, untrained=untrained, seed=seed)
    return dict(zip(("mauve", "integral"), found, strict=True))


def frontier(p: Any, q: Any, scale: float = 5.0, points: int = 25) -> tuple[np.ndarray, np.ndarray]:
    """The curve from (1, 0) to (0, 1) of

        x = exp(-c KL(q ‖ r)),   y = exp(-c KL(p ‖ r)),   r = λ p + (1 - λ) q,   λ from 0 to 1

    Args:
        p: histogram of real samples, [..., k], summing to 1.
        q: histogram of generated samples, [..., k].
        scale: c.
        points: values of λ, evenly spaced; the curve has two points more.

    Returns:
        x and y, [..., points + 2] each.

    Source: Pillutla et al. (2021), equations 2 and 3.
    """
    p, q = np.asarray(p, float)[..., None, :], np.asarray(q, float)[..., None, :]
    if p.shape != q.shape:
        raise MetricError(f"mauve: {p.shape[-1]} real buckets against {q.shape[-1]}: take both in the same buckets")
    if min(p.min(), q.min()) < 0 or not np.allclose([p.sum(-1), q.sum(-1)], 1):
        raise MetricError("mauve: a histogram has negative numbers or does not sum to 1: divide counts by their sum")
    share = np.linspace(EDGE, 1 - EDGE, points)[:, None]
    r = share * p + (1 - share) * q
    x, y = (np.exp(-scale * rel_entr(side, r).sum(-1)) for side in (q, p))
    first, last = np.ones_like(x[..., :1]), np.zeros_like(x[..., :1])
    return np.concatenate([first, x, last], -1), np.concatenate([last, y, first], -1)


def frontier_area(p: Any, q: Any, scale: float = 5.0, points: int = 25) -> np.ndarray:
    """The area under the frontier, by trapezia: MAUVE. 1 for equal histograms; see ``frontier``."""
    x, y = frontier(p, q, scale, points)
    return np.asarray(((x[..., :-1] - x[..., 1:]) * (y[..., :-1] + y[..., 1:]) / 2).sum(-1))


def frontier_integral(p: Any, q: Any) -> np.ndarray:
    """2 ∫ λ KL(p ‖ r_λ) + (1 - λ) KL(q ‖ r_λ) dλ: 0 for equal histograms, 1 for disjoint ones. In closed form

        Σ_i (p_i + q_i) / 2 - p_i q_i / (p_i - q_i) log(p_i / q_i)

    in which bins with p_i = q_i have no part.

    Source: Liu et al. (2021), definition 1 and property 2.
    """
    p, q = np.broadcast_arrays(np.asarray(p, float), np.asarray(q, float))
    both = (p > 0) & (q > 0)
    ratio = np.log(np.where(both, p, 1.0) / np.where(both, q, 1.0))  # exactly 0 where they are equal
    mean = np.where(ratio == 0, np.where(both, p, 0.0), p * q * ratio / np.where(ratio == 0, 1.0, p - q))
    return np.asarray(((p + q) / 2 - mean).sum(-1))


class Mauve(TwoSample):
    """Area under the divergence frontier of two sets in the buckets of k-means, and the frontier's integral.

    See ``mauve``.

    Args:
        buckets: of k-means on real and generated rows together; None: n / 10, as published.
        scale: c, by which divergences are multiplied.
        smoothing: of the histograms: ``none`` as first published, or ``krichevsky-trofimov``, half a count more in each
            bucket, whose error is smaller.
        points: of the frontier.
        explained: share of the variance that the principal directions hold.
        runs: of k-means, of which the best is taken.

    Source: Pillutla et al. (2021), section 3; Liu et al. (2021) for the integral and the smoothing.
    """

    name = "mauve"
    direction = "max"
    meaning = "How little samples and real data leave unexplained in each other: 1 where their laws are equal."
    parts = (Part("", "max", 0.0, 1.0, 1.0), Part("integral", "min", 0.0, 1.0, 0.0))
    centre = False  # length is taken from the origin
    method = "divergence frontier of k-means histograms; block jackknife"

    def __init__(
        self,
        *,
        buckets: Annotated[int, Ge(2)] | None = None,
        scale: Annotated[float, Gt(0)] = 5.0,
        smoothing: Smoothing = "none",
        points: Annotated[int, Ge(3)] = 25,
        explained: Annotated[float, Gt(0), Le(1)] = 0.9,
        runs: Annotated[int, Ge(1)] = 1,
    ) -> None:
        self.buckets, self.scale, self.smoothing = buckets, scale, smoothing
        self.points, self.explained, self.runs = points, explained, runs
        self.minimum = max(type(self).minimum, buckets or 0)

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """The real rows: directions and buckets are of both sets."""
        return {"rows": real}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """Area and integral."""
        n = len(other)
        block = torch.zeros(n, dtype=torch.int64) if labels is None else labels
        k = self.buckets_of(n)
        generator = torch.Generator().manual_seed(seed_of(seed, "mauve"))
        found = kmeans(principal(torch.cat([side["rows"], other]), self.explained), k, generator, self.runs)
        cell = found.labels[found.best].cpu()
        p, q = (self.histograms(counts(part[None], block, k)[0]) for part in cell.split(n))
        table = np.column_stack([frontier_area(p, q, self.scale, self.points), frontier_integral(p, q)])
        return table[:1] if labels is None else table

    def buckets_of(self, n: int) -> int:
        """Buckets for n samples a side."""
        return self.buckets or max(2, round(n / 10))

    def histograms(self, table: Int64[Tensor, "blocks k"]) -> np.ndarray:
        """Shares of each bucket in all rows and in those without each block, [B + 1, k]."""
        whole = table.sum(0, keepdim=True)
        left = torch.cat([whole, whole - table]).double() + (0.5 if self.smoothing != "none" else 0.0)
        total = left.sum(1, keepdim=True)
        return torch.where(total > 0, left / total.clamp_min(0.5), 1 / table.shape[1]).numpy()

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """What the numbers depend on."""
        return {"buckets": self.buckets_of(len(side["rows"])), "scale": self.scale, "smoothing": self.smoothing}


def principal(x: Float[Tensor, "n d"], explained: float) -> Float[Tensor, "n k"]:
    """Rows at unit length, along as few principal directions as hold this share of the variance."""
    rows = torch.nn.functional.normalize(x, dim=1)
    rows = rows - rows.mean(0)
    values, directions = torch.linalg.eigh(rows.T @ rows)
    share = values.flip(0).clamp_min(0).cumsum(0)
    kept = int((share < explained * share[-1]).sum()) + 1
    return rows @ directions.flip(1)[:, :kept]
