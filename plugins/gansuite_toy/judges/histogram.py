"""Distances of one-dimensional samples from a known mixture by their histogram."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from scipy.special import ndtr
from torch import Tensor

from .mixture import GaussianMixture


class HistogramMixture(GaussianMixture):
    """A mixture on the line, with the histogram distances of MAD-GAN's table.

    Args:
        means: [k, 1].
        sd: [k].
        low: left edge of the histogram.
        high: its right edge; what lies outside counts in the outermost bins.
        bins: of equal width.
    """

    def __init__(self, means: Tensor, sd: Any, *, low: float, high: float, bins: int) -> None:
        super().__init__(means, sd)
        self.edges = torch.linspace(low, high, bins + 1, dtype=torch.float64)

    def probabilities(self) -> Float[Tensor, " bins"]:
        """The exact probability of each bin under the mixture."""
        at = (self.edges[1:-1, None] - self.means[:, 0]) / self.sd
        below = torch.from_numpy(ndtr(at.numpy())) @ self.shares
        return torch.cat([below, below.new_ones(1)]).diff(prepend=below.new_zeros(1))

    def histogram(self, samples: Float[Tensor, "n 1"]) -> Float[Tensor, " bins"]:
        """The share of the samples in each bin."""
        places = torch.bucketize(samples[:, 0].double().cpu(), self.edges[1:-1], right=True)
        return torch.bincount(places, minlength=len(self.edges) - 1) / len(samples)

    def chi_square(self, samples: Float[Tensor, "n 1"]) -> float:
        """``1/2 sum_b (q_b - p_b)² / (q_b + p_b)``: 0 for equal histograms, 1 for disjoint ones."""
        q, p = self.histogram(samples).double(), self.probabilities()
        total = q + p
        return float(((q - p).square() / total.where(total > 0, 1)).sum() / 2)

    def kl(self, samples: Float[Tensor, "n 1"]) -> float:
        """``sum_b q_b log(q_b / p_b)`` of the samples' histogram q against the exact p; empty bins count nothing."""
        q, p = self.histogram(samples).double(), self.probabilities().clamp_min(1e-300)
        return float(torch.special.xlogy(q, q / p).sum())
