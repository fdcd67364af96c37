"""Several poses of one law, and the true map from each to each."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from .pushed import Pushed


class Poses:
    """Domains that are images of one law; the modes of all of them are those of the law.

    Args:
        poses: the law of each domain.
    """

    def __init__(self, poses: Sequence[Pushed]) -> None:
        self.poses = list(poses)
        self.shares: Float[Tensor, " k"] = torch.cat([pose.shares / len(poses) for pose in poses])

    def translate(
        self, x: Float[Tensor, "n 2"], start: Int64[Tensor, " n"], goal: Int64[Tensor, " n"]
    ) -> Float[Tensor, "n 2"]:
        """Where the true map takes samples of the domains ``start`` in the domains ``goal``."""
        rows = torch.arange(len(x), device=x.device)
        base = torch.stack([pose.map.inverse(x) for pose in self.poses], 1)[rows, start]
        return torch.stack([pose.map(base) for pose in self.poses], 1)[rows, goal]

    def error(
        self, source: Float[Tensor, "n 2"], mapped: Float[Tensor, "n 2"], start: Tensor, goal: Tensor
    ) -> Float[Tensor, " n"]:
        """Distance of each translated sample from where the true map takes its source."""
        return torch.linalg.vector_norm(mapped - self.translate(source, start, goal), dim=1)

    def modes(self, samples: Float[Tensor, "n 2"]) -> tuple[Int64[Tensor, " n"], Float[Tensor, " n"]]:
        """The nearest blob of the nearest domain, numbered domain by domain, and its distance."""
        k = len(self.poses[0].shares)
        found = [pose.modes(samples) for pose in self.poses]
        nearest = torch.stack([distance for _, distance in found], 1).min(1)
        blob = torch.stack([mode for mode, _ in found], 1).gather(1, nearest.indices[:, None]).squeeze(1)
        return nearest.indices * k + blob, nearest.values

    def high_quality(self, samples: Float[Tensor, "n 2"]) -> Bool[Tensor, " n"]:
        """Whether each sample is of high quality in some domain."""
        return torch.stack([pose.high_quality(samples) for pose in self.poses], 1).any(1)
