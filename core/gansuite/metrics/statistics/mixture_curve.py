"""Precision and recall of distributions: how much of each of two laws a mixture component of the other can explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Ge
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import seed_of
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.statistics.clusters import kmeans
from gansuite.metrics.two_sample import Features, Part, Side, TwoSample

EDGE = 1e-10  # angles keep off 0 and pi / 2, where a slope is 0 or infinite
BETA = 8.0


def prd(
    real: Features,
    fake: Features,
    clusters: int = 20,
    angles: int = 1001,
    runs: int = 10,
    *,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Mapping[str, Estimate]:
    """Precision (the greatest F_1/8) and recall (the greatest F_8) of the PRD curve, by these names.

    k-means on the union of both sets gives two histograms, p of the real rows and q of the generated ones; see
    ``prd_curve`` for what becomes of them. The curves of several runs of k-means are averaged. The number of clusters
    bounds what can be seen, and equal laws come out slightly below 1, by the noise of the histograms: see the floor.

    Args:
        real: features of real samples, [n, d].
        fake: features of generated samples, [n, d].
        clusters: of k-means.
        angles: points of the curve.
        runs: of k-means.
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of k-means and the jackknife's blocks.

    Raises:
        MetricError: unequal n, n < ``clusters``, unequal d, non-finite features.

    ``extras["curve"]`` has 51 points of the curve, {"precision": [...], "recall": [...]}. The interval takes the
    clusters as given.

    Source: Sajjadi et al. 2018, algorithm 1 and section 4.
    """
    found = PRD(clusters=clusters, angles=angles, runs=runs)(real, fake, floor=floor, untrained=untrained, seed=seed)
    return dict(zip(("precision", "recall"), found, strict=True))


def prd_curve(p: Any, q: Any, angles: int = 1001) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall at slopes lambda = tan(angle), from almost 0 to almost infinity.

        precision(lambda) = sum_i min(lambda p_i, q_i),    recall(lambda) = precision(lambda) / lambda

    Args:
        p: histograms of real samples, [..., k], each summing to 1.
        q: histograms of generated samples, [..., k].
        angles: evenly spaced, from 0 to pi / 2.

    Returns:
        precision and recall, [..., angles] each.

    Source: Sajjadi et al. 2018, eq. 7 and algorithm 1.
    """
    p, q = np.asarray(p, float)[..., None, :], np.asarray(q, float)[..., None, :]
    if angles < 3:
        raise MetricError(f"prd: angles = {angles}: give at least 3")
    if p.shape != q.shape:
        raise MetricError(
            f"prd: {p.shape[-1]} real bins against {q.shape[-1]} generated ones: take both in the same bins"
        )
    if min(p.min(), q.min()) < 0 or not np.allclose([p.sum(-1), q.sum(-1)], 1):
        raise MetricError("prd: a histogram has negative numbers or does not sum to 1: divide counts by their sum")
    slope = np.tan(np.linspace(EDGE, np.pi / 2 - EDGE, angles))
    precision = np.minimum(slope[:, None] * p, q).sum(-1)
    return precision.clip(0, 1), (precision / slope).clip(0, 1)


def f_beta(precision: Any, recall: Any, beta: float | int = 1) -> np.ndarray:
    """(1 + beta²) P R / (beta² P + R), elementwise; 0 where both are. A large ``beta`` weighs recall."""
    precision, recall = np.asarray(precision, float), np.asarray(recall, float)
    below = beta**2 * precision + recall
    return np.asarray((1 + beta**2) * precision * recall / np.where(below > 0, below, 1.0))


class PRD(TwoSample):
    """Precision and recall of distributions; see ``prd``.

    Args:
        clusters: of k-means on real and generated rows together.
        angles: points of the curve.
        runs: of k-means, whose curves are averaged.

    Source: Sajjadi et al. 2018, algorithm 1.
    """

    name = "prd"
    direction = "max"
    meaning = "How much of what is generated is real (precision), and how much of what is real is generated (recall)."
    parts = (Part("precision", "max", 0.0, 1.0, 1.0), Part("recall", "max", 0.0, 1.0, 1.0))
    method = "PRD of k-means histograms; block jackknife"

    def __init__(
        self,
        *,
        clusters: Annotated[int, Ge(2)] = 20,
        angles: Annotated[int, Ge(3)] = 1001,
        runs: Annotated[int, Ge(1)] = 10,
    ) -> None:
        self.clusters, self.angles, self.runs = clusters, angles, runs
        self.minimum = max(type(self).minimum, clusters)

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """The real rows: the clusters are of both sets."""
        return {"rows": real}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """Precision, recall and, behind them, the curve."""
        real, n = side["rows"], len(other)
        generator = torch.Generator().manual_seed(seed_of(seed, "prd"))
        cell = kmeans(torch.cat([real, other]), self.clusters, generator, self.runs).labels.cpu()
        block = torch.zeros(n, dtype=torch.int64) if labels is None else labels
        # [runs, blocks, clusters] of each set, then all rows and those without each block
        p, q = (shares(counts(part, block, self.clusters)) for part in cell.split(n, 1))
        precision, recall = (curve.mean(0) for curve in prd_curve(p, q, self.angles))
        best = [f_beta(precision, recall, beta).max(1) for beta in (1 / BETA, BETA)]
        table = np.column_stack([*best, precision, recall])
        return table[:1] if labels is None else table

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """Some 51 points of the curve."""
        precision, recall = np.split(table[0, 2:], 2)
        at = np.linspace(0, self.angles - 1, min(51, self.angles)).round().astype(int)
        return {"curve": {"precision": precision[at].tolist(), "recall": recall[at].tolist()}, "runs": self.runs}


def counts(cell: Int64[Tensor, "runs n"], block: Int64[Tensor, " n"], k: int) -> Int64[Tensor, "runs blocks k"]:
    """Rows of each cluster in each block, in every run."""
    runs, blocks = len(cell), int(block.max()) + 1
    key = (torch.arange(runs)[:, None] * blocks + block) * k + cell
    return torch.bincount(key.flatten(), minlength=runs * blocks * k).view(runs, blocks, k)


def shares(table: Int64[Tensor, "runs blocks k"]) -> np.ndarray:
    """Histograms of all rows and without each block, [runs, B + 1, k]; those of no rows are uniform and not used."""
    whole = table.sum(1, keepdim=True)
    left = torch.cat([whole, whole - table], 1).double()
    total = left.sum(2, keepdim=True)
    return torch.where(total > 0, left / total.clamp_min(1), 1 / table.shape[2]).numpy()
