"""How sure an accuracy is, where both the rows that test and those that trained were drawn by chance."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int64
from scipy.special import stdtrit
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import BLOCKS


def halves(n: int, pairs: int, seed: int) -> Float[Tensor, "r n"]:
    """Which rows each network is trained on: all of them, then both halves of ``pairs`` random divisions."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.stack([torch.randperm(n, generator=generator) for _ in range(pairs)])
    first = (order < n // 2).float()
    return torch.cat([torch.ones(1, n), torch.stack([first, 1 - first], 1).flatten(0, 1)])


def leaving_out(right: Float[Tensor, "r n"], labels: Int64[Tensor, " n"] | None) -> Float[Tensor, " b1"]:
    """Accuracy of the first network on all test rows, then without each block, moved by what a network of half varies.

    The delete-a-block variance of numbers moved by e_b is (B - 1) / B sum e_b² greater, so that B networks' deviations
    times sqrt(B) / (B - 1) add just their variance: one jackknife for test rows and training rows, joint over all sets.
    """
    whole, others = right[0], right[1:].mean(1)
    if labels is None:
        return whole.mean().view(1)
    block = torch.nn.functional.one_hot(labels.cpu()).double()
    without = (whole.sum() - whole @ block) / (len(whole) - block.sum(0))
    moved = (others - others.mean()) * math.sqrt(len(others)) / (len(others) - 1)
    return torch.cat([whole.mean().view(1), without + moved])


def score_interval(found: Estimate) -> dict[str, float]:
    """Ends of Wilson's score interval of a share, with as many rows as would have the share's standard error.

    Student's quantile takes the normal one's place, as the error is itself estimated. The rows are never more than
    there were, so that shares of 0 and 1 have an interval too.

    Source: Wilson, Journal of the American Statistical Association 22 (1927).
    """
    t, p, n = float(stdtrit(BLOCKS - 1, (1 + found.level) / 2)), found.value, float(found.n_fake)
    error = (found.high - p) / t
    if error > 0:
        inner = min(max(p, error), 1 - error)  # all or none may be right, and yet there is an error
        n = max(1.0, min(n, inner * (1 - inner) / error**2))
    spread = t * t / n
    centre, half = (p + spread / 2) / (1 + spread), math.sqrt(p * (1 - p) * spread + spread**2 / 4) / (1 + spread)
    return {"low": max(0.0, centre - half), "high": min(1.0, centre + half)}
