"""Whether generated samples lie closer to each other than real ones do, by a permutation test."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.metrics.diagnostics.finding import ALPHA, Finding, percent
from gansuite.metrics.diagnostics.nearest import neighbours

MOST = 1000
"""Samples of each kind that are compared."""
PERMUTATIONS = 399
KEPT = 32
"""Neighbours kept of each sample; that none of them is of its own kind has a chance of 2^-32 in a permutation."""
HALF, QUARTER, NEAR = 0.5, 0.25, 0.9


def collapse(
    real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"], dimension: float | None = None, *, seed: int = 0
) -> Iterator[Finding]:
    """Findings on the distance from a sample to the nearest other of its own kind, at equal numbers of both.

    The median for generated samples over that for real ones, r, is 1 in expectation for equal laws; r^m, with the
    intrinsic dimension m of the real samples, is the share of their volume that would explain it. The chance of an r as
    small among equal laws is that among random halves of all samples: exact, whatever the law. A finding needs
    that chance to be at most ``ALPHA / 2`` and the share below a half; a share below a quarter, with an r
    below 0.9, is a warning. Repeated
    samples are found alike, by the share of samples at distance 0 from another, the other half of ``ALPHA``.
    """
    n = min(len(real), len(fake), MOST)
    pool = torch.cat([fake[:n], real[:n]])
    near, place = neighbours(pool, k=min(KEPT, 2 * n - 1))
    generator = torch.Generator().manual_seed(seed)
    orders = torch.stack(
        [torch.arange(2 * n), *(torch.randperm(2 * n, generator=generator) for _ in range(PERMUTATIONS))]
    ).to(pool.device)
    own = torch.cat([within(near, place, rows) for rows in orders.split(16)])  # a few, as [16, 2 n, KEPT] is held
    ours, theirs = own.gather(1, orders[:, :n]), own.gather(1, orders[:, n:])

    ratio = ours.median(1).values / theirs.median(1).values
    ratio = ratio.nan_to_num(nan=1.0, posinf=torch.inf)  # 0 / 0: more than half of both kinds are repeated
    share = float(ratio[0]) ** (dimension or 1.0)
    chance = float((ratio <= ratio[0]).double().mean())
    if chance <= ALPHA / 2 and share < HALF:
        yield Finding(
            "collapse",
            "warning" if share < QUARTER and ratio[0] < NEAR else "note",
            "Generated samples lie closer to each other than real ones do, as if they filled "
            f"{percent(share)} of the volume: modes are missing, or too narrow.",
            {"distance ratio": float(ratio[0]), "volume": share, "p": chance, "n": n},
        )

    copy = 1e-9 * float(pool.square().sum(1).mean().sqrt())  # rounding alone
    repeated, natural = ((x <= copy).double().mean(1) for x in (ours, theirs))
    excess = repeated - natural
    chance = float((excess >= excess[0]).double().mean())
    if chance <= ALPHA / 2:
        yield Finding(
            "duplicates",
            "warning" if excess[0] >= 0.1 else "note",
            f"{percent(float(repeated[0]))} of {n} generated samples are exactly equal to another one; of as many "
            f"real samples, {percent(float(natural[0]))} are.",
            {"repeated": float(repeated[0]), "repeated real": float(natural[0]), "p": chance, "n": n},
        )


def within(
    near: Float[Tensor, "both k"], place: Int64[Tensor, "both k"], orders: Int64[Tensor, "p both"]
) -> Float[Tensor, "p both"]:
    """Distance from each sample to the nearest of its own half, where the first half of ``orders`` are one kind.

    Where none of the k kept neighbours is of its kind, the last of them stands in: less than the truth.
    """
    half = orders.shape[1] // 2
    first: Bool[Tensor, "p both"] = torch.zeros_like(orders, dtype=torch.bool)
    first.scatter_(1, orders[:, :half], True)
    same = first[:, place] == first[:, :, None]
    rank = torch.where(same.any(2), same.byte().argmax(2), near.shape[1] - 1)
    return near.expand(len(orders), -1, -1).gather(2, rank[:, :, None]).squeeze(2)
