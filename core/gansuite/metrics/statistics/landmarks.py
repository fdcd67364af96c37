"""Holes of a sample, averaged over draws of landmarks: the mean relative living times of the geometry score."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.statistics.persistence import hole_bars, living_times
from gansuite.metrics.statistics.witness import witness_complex

TABLE = 1 << 23  # distances held at a time: 64 MiB in float64


def mean_living_times(
    x: Float[Tensor, "n d"],
    landmarks: int = 64,
    gamma: float = 1 / 128,
    i_max: int = 100,
    draws: int = 1000,
    generator: torch.Generator | None = None,
) -> Float[Tensor, " i_max"]:
    """MRLT: expected share of the relaxations [0, alpha] during which exactly i holes are open, i < i_max.

        MRLT(i) = mean over landmark sets L of RLT_L(i),   alpha = gamma max_{l in L, w in x} |l - w|

    Landmarks are drawn without replacement from the rows; a row that is drawn twice (as it may be in the authors' code)
    would stand between its neighbours and itself. The rows are cut at random into parts small enough for a table of
    distances, computed once by a matrix product, and every set of landmarks is drawn from one of them.

    Args:
        x: rows, all of which are witnesses.
        landmarks: in each draw.
        gamma: share of the largest distance between a landmark and a row up to which is relaxed.
        i_max: numbers of holes told apart.
        draws: of landmarks.
        generator: of the draws; None: seed 0.

    Source: Khrulkov & Oseledets, ICML 2018, algorithm 1.
    """
    generator = generator or torch.Generator().manual_seed(0)
    total = np.zeros(i_max)
    for part, sets in landmark_sets(len(x), landmarks, draws, generator):
        distances = torch.cdist(x[part.to(x.device)], x).cpu().numpy()
        farthest = distances.max(1)
        for chosen in sets.numpy():
            alpha = gamma * float(farthest[chosen].max())
            if alpha == 0:  # all rows are one point
                total[0] += 1
                continue
            bars = hole_bars(witness_complex(distances, chosen, alpha))
            total += living_times(bars, alpha, i_max)
    return torch.from_numpy(total / draws)


def landmark_sets(
    n: int, landmarks: int, draws: int, generator: torch.Generator
) -> Iterator[tuple[Int64[Tensor, " p"], Int64[Tensor, "k l"]]]:
    """Parts of the rows, each with k sets of landmarks as positions in the part; ``draws`` sets in all."""
    pool = torch.randperm(n, generator=generator)[: draws * landmarks]
    room = max(4 * landmarks, TABLE // n)
    parts = pool.tensor_split(max(1, len(pool) // room))
    for k, part in enumerate(parts):
        mine = len(range(k, draws, len(parts)))
        yield part, torch.rand(mine, len(part), generator=generator).topk(landmarks).indices
