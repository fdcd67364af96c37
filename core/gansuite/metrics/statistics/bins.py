"""The number of statistically different bins: cells of a clustering whose shares of real and generated rows differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float, Int64
from scipy.special import ndtri, rel_entr
from torch import Tensor

from gansuite.engine.rng import seed_of
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import BLOCKS
from gansuite.metrics.statistics.clusters import assign, kmeans
from gansuite.metrics.two_sample import Features, Part, Side, TwoSample

RUNS = 4
LEAST = 5  # rows of the clustered half in a bin, and so expected in the other half: fewer make the normal test wrong


def ndb(
    real: Features,
    fake: Features,
    bins: int = 100,
    alpha: float = 0.05,
    *,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Estimate:
    """NDB / K: share of the K bins of a k-means of the real rows that hold a different share of the generated ones.

    A bin with shares p of n real rows and q of m generated ones differs where the two-proportion test says so,

        |p - q| / sqrt(s (1 - s) (1 / n + 1 / m)) > z_{1 - alpha / 2},    s = (n p + m q) / (n + m),

    so that about ``alpha`` of the bins differ for equal laws. The bins are those of one half of the real rows and the
    shares those of the other, both ways round, and the mean is given: rows lie more evenly in bins made from
    themselves, and with the paper's single set only 0.6 to 0.8 ``alpha`` would differ. The normal approximation needs
    5 expected rows, so bins of fewer than 5 real rows are joined to the nearest one: ``extras["bins"]`` says how many
    are left. What happens within a bin is not seen.

    Args:
        real: features of real samples, [n, d].
        fake: features of generated samples, [n, d].
        bins: K before small ones are joined.
        alpha: level of the test in each bin.
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of k-means and the jackknife's blocks.

    Raises:
        MetricError: unequal n, n < 40, unequal d, non-finite features.

    ``extras`` also has the Jensen-Shannon divergence of both histograms, ``jsd``, in nats.

    Source: Richardson & Weiss 2018, section 3.
    """
    return NDB(bins=bins, alpha=alpha)(real, fake, floor=floor, untrained=untrained, seed=seed)[0]


class NDB(TwoSample):
    """Number of statistically different bins over their number; see ``ndb``.

    Args:
        bins: of k-means on the real rows, before those of fewer than 5 are joined to their neighbours.
        alpha: level of the test in each bin.

    Source: Richardson & Weiss 2018, section 3.
    """

    name = "ndb"
    meaning = "Share of the cells of a clustering of the real samples that hold too many or too few generated ones."
    parts = (Part(low=0.0, high=1.0),)
    minimum = 8 * LEAST
    method = "two-proportion tests of k-means bins; block jackknife"

    def __init__(self, *, bins: Annotated[int, Ge(2)] = 100, alpha: Annotated[float, Gt(0), Lt(1)] = 0.05) -> None:
        self.bins, self.alpha = bins, alpha
        self.parts = (Part(low=0.0, high=1.0, ideal=alpha),)

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """For each half: centres of the bins before joining, the bin of each, and the other half's counts by block."""
        halves = torch.randperm(len(real), generator=self.generator(seed, "halves")).chunk(2)
        side: dict[str, Tensor] = {}
        for half, (own, other) in enumerate((halves, halves[::-1])):
            runs = kmeans(real[own], min(self.bins, len(own) // LEAST), self.generator(seed, half), RUNS)
            centres, count = runs.centres[runs.best].cpu(), runs.labels[runs.best].cpu().bincount()
            side[f"centres {half}"], side[f"joined {half}"] = centres, join(centres, count)
            block = None if labels is None else labels[other]
            side[f"counts {half}"] = self.counts(side, half, real[other], block)
        return side

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """The share of bins that differ, and the divergence of the histograms; means of both halves."""
        found = []
        for half in range(2):
            pair = (side[f"counts {half}"], self.counts(side, half, other, labels))
            real, fake = (
                each.sum(0)[None] if labels is None else torch.cat([each.sum(0)[None], each.sum(0) - each])
                for each in pair
            )
            real, fake = real.numpy(), fake.numpy()
            found.append(np.column_stack([self.different(real, fake).mean(1), jensen_shannon(real, fake)]))
        return np.mean(found, 0)

    def generator(self, seed: int, name: str | int) -> torch.Generator:
        """A stream of random numbers by name."""
        return torch.Generator().manual_seed(seed_of(seed, "ndb", name))

    def counts(
        self, side: Side, half: int, rows: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None
    ) -> Int64[Tensor, "b k"]:
        """Rows of each block (of 10, where there are labels) in each bin."""
        centres, joined = side[f"centres {half}"].to(rows.device), side[f"joined {half}"]
        nearest = assign((rows - centres.mean(0)).float(), (centres - centres.mean(0)).float()[None])[0][0].cpu()
        k, block = int(joined.max()) + 1, torch.zeros_like(nearest) if labels is None else labels
        blocks = 1 if labels is None else BLOCKS
        return torch.bincount(block * k + joined[nearest], minlength=blocks * k).view(blocks, k)

    def different(self, real: np.ndarray, fake: np.ndarray) -> np.ndarray:
        """Which bins differ, from counts [..., k]."""
        n, m = real.sum(-1, keepdims=True), fake.sum(-1, keepdims=True)
        pooled = (real + fake) / (n + m)
        error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        return np.abs(real / n - fake / m) > ndtri(1 - self.alpha / 2) * error

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """The number of bins in both halves and the Jensen-Shannon divergence."""
        bins = [int(side[f"joined {half}"].max()) + 1 for half in range(2)]
        return {"bins": bins, "alpha": self.alpha, "jsd": float(table[0, 1])}


def join(centres: Float[Tensor, "k d"], count: Int64[Tensor, " k"]) -> Int64[Tensor, " k"]:
    """The bin of each cluster after the smallest, while it holds too few rows, went to the nearest other one."""
    centres, count, bin_of = centres.clone(), count.clone(), torch.arange(len(count))
    while int(count[count > 0].min()) < LEAST and int((count > 0).sum()) > 2:
        small = int(torch.where(count > 0, count, count.max() + 1).argmin())
        distance = (centres - centres[small]).square().sum(1)
        distance[count == 0] = torch.inf
        distance[small] = torch.inf
        into = int(distance.argmin())
        both = count[into] + count[small]
        centres[into] = (centres[into] * count[into] + centres[small] * count[small]) / both
        count[into], count[small] = both, 0
        bin_of[bin_of == small] = into
    return torch.unique(bin_of, return_inverse=True)[1]


def jensen_shannon(real: np.ndarray, fake: np.ndarray) -> np.ndarray:
    """Jensen-Shannon divergence of histograms given by counts [..., k], in nats."""
    p, q = (each / each.sum(-1, keepdims=True) for each in (real, fake))
    m = (p + q) / 2
    return (rel_entr(p, m).sum(-1) + rel_entr(q, m).sum(-1)) / 2
