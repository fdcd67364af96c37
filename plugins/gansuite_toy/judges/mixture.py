"""Mixtures of round Gaussians: the law of every data set that counts modes."""

from __future__ import annotations

import math
from typing import Any

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng

from ..data.drawn import choices

TILE = 1 << 24  # differences held at a time


class GaussianMixture:
    """``p(x) = sum_j w_j N(x; m_j, s_j² I)``, with its modes as the mode-collapse benchmarks count them.

    Args:
        means: m, [k, d].
        sd: s, one number or [k].
        shares: w, positive and normalised here; None: equal.
        within: a sample is of high quality within so many deviations of the nearest mean.

    Source: Srivastava et al., VEEGAN (2017), section 5; Lin et al., PacGAN (2018), section 4.1.
    """

    def __init__(
        self,
        means: Float[Tensor, "k d"],
        sd: float | Float[Tensor, " k"],
        shares: Float[Tensor, " k"] | None = None,
        *,
        within: float = 3.0,
    ) -> None:
        self.means = means.double()
        self.sd = torch.as_tensor(sd, dtype=torch.float64).expand(len(means)).clone()
        weights = torch.ones(len(means)) if shares is None else shares
        self.shares: Float[Tensor, " k"] = weights.double() / weights.double().sum()
        self.within = within

    def as_dict(self) -> dict[str, Any]:
        """The law as JSON-able values, for the report."""
        return {
            "means": self.means.tolist(),
            "sd": self.sd.tolist(),
            "shares": self.shares.tolist(),
            "within": self.within,
        }

    def sample(self, n: int, rng: Rng) -> tuple[Float[Tensor, "n d"], Int64[Tensor, " n"]]:
        """``n`` draws in float32, and the component of each."""
        mode = choices(self.shares, n, rng)
        noise = rng.normal(n, self.means.shape[1])
        return (self.means[mode] + self.sd[mode, None] * noise).float(), mode

    def log_density(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """``log p(x)`` in float64."""
        sd, shares = self.sd.to(x.device), self.shares.to(x.device)
        square = self.distances(x).square() / sd.square()
        normal = x.shape[1] * (sd.log() + 0.5 * math.log(2 * math.pi))
        return torch.logsumexp(shares.log() - normal - square / 2, 1)

    def distances(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        """Euclidean distance of each sample from each mean."""
        means = self.means.to(x.device)
        return torch.cdist(x.double(), means, compute_mode="donot_use_mm_for_euclid_dist")

    def modes(self, samples: Float[Tensor, "n d"]) -> tuple[Int64[Tensor, " n"], Float[Tensor, " n"]]:
        """The nearest mean of each sample, and its distance."""
        rows = max(1, TILE // self.means.numel())
        found = [self.distances(part).min(1) for part in samples.split(rows)]
        return torch.cat([each.indices for each in found]), torch.cat([each.values for each in found])

    def high_quality(self, samples: Float[Tensor, "n d"]) -> Bool[Tensor, " n"]:
        """Whether each sample lies within ``within`` deviations of its nearest mean."""
        mode, distance = self.modes(samples)
        return distance <= self.within * self.sd.to(samples.device)[mode]
