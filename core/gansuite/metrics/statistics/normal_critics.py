"""Critics that look at few features: ratios of normal laws, and what is left of features that are blind to some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

RIDGE = 1e-6  # of the variance of a real feature: a feature that a generator holds constant is seen, and no error


@dataclass(frozen=True)
class Normal:
    """Normal laws of g groups of s features each, fitted to rows."""

    mean: Float[Tensor, "g s"]
    root: Float[Tensor, "g s s"]

    @classmethod
    def fitted(cls, rows: Float[Tensor, "n g s"]) -> Normal:
        mean = rows.mean(0)
        left = (rows - mean).transpose(0, 1)
        covariance = left.mT @ left / (len(rows) - 1)
        return cls(mean, torch.linalg.cholesky(covariance + RIDGE * torch.eye(rows.shape[2]).to(rows)))

    def log_density(self, rows: Float[Tensor, "n g s"]) -> Float[Tensor, "n g"]:
        """Log-density of each row under the law of each group, up to a constant."""
        white = torch.linalg.solve_triangular(self.root, (rows - self.mean).permute(1, 2, 0), upper=False)
        return -white.square().sum(1).T / 2 - self.root.diagonal(dim1=1, dim2=2).log().sum(1)


def accuracies(
    fit: Sequence[Float[Tensor, "n d"]], judge: Sequence[Float[Tensor, "m d"]], groups: Sequence[Sequence[int]]
) -> Float[Tensor, " groups"]:
    """Share of rows that a critic of each group puts rightly.

    Args:
        fit: real and generated rows that the critics are fitted to.
        judge: real and generated rows that they judge.
        groups: the features of each critic.
    """
    found = fit[0].new_empty(len(groups))
    for size in {len(group) for group in groups}:
        which = [i for i, group in enumerate(groups) if len(group) == size]
        features = torch.tensor([groups[i] for i in which], device=found.device)
        real, fake = (Normal.fitted(rows[:, features]) for rows in fit)
        score = [fake.log_density(rows[:, features]) - real.log_density(rows[:, features]) for rows in judge]
        right = (score[1].sign() - score[0].sign()).mean(0) / 4 + 0.5
        found[which] = right
    return found


def orthogonal(
    real: Float[Tensor, "n d"], fake: Float[Tensor, "n d"], train: Int64[Tensor, " m"], group: Sequence[int]
) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
    """Both sets less what a group of features tells of each feature: its regression on them in the real ``train``."""
    seen = real[train][:, group]
    mean, seen = seen.mean(0), seen - seen.mean(0)
    gram = seen.T @ seen + RIDGE * len(train) * torch.eye(len(group)).to(seen)
    slope = torch.linalg.solve(gram, seen.T @ (real[train] - real[train].mean(0)))
    return real - (real[:, group] - mean) @ slope, fake - (fake[:, group] - mean) @ slope
