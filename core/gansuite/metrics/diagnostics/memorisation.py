"""Whether generated samples repeat training ones, by comparison with real samples that were held out."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int64
from scipy.stats import betabinom, hypergeom
from torch import Tensor

from gansuite.metrics.diagnostics.finding import ALPHA, Finding, percent
from gansuite.metrics.diagnostics.nearest import neighbours

MOST = 2000
"""Generated and held-out samples looked at; training samples are all looked at."""
QUANTILE = 0.05
TWICE = 2 * QUANTILE
"""Share of generated samples below the held-out ones' quantile from which there is something to tell."""

FEW = 5
"""Training samples below which something else than memory has singled them out."""


def memorisation(
    real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"], train: Float[Tensor, "k d"]
) -> Iterator[Finding]:
    """Findings on the training samples nearest to each generated one.

    Held-out samples are as far from the training set as an honest generator's are, so that 5 % of the latter should be
    nearer to it than the 5 % quantile of the former. Yet a generator that is too narrow or too smooth is nearer as
    well, and has memorised nothing. What only a copy does is to single out *one* training sample: the ratio of the
    distances to the nearest and to the second nearest is small. Its law depends, where the density is nearly constant,
    on nothing but the dimension. A finding needs both shares to be at least 10 % and to have a chance of at most
    ``ALPHA / 2`` for an honest generator; the number of m samples below the r-th smallest of n others of the same law
    is beta-binomial (m, r, n - r + 1). It also needs five training samples at least to be singled out, and 10 % of
    those that are nearest to any: to have collapsed beside one training sample is no memory.

    Exact copies are held against those among the held-out samples by Fisher's test, for text and graphs repeat
    themselves honestly; that has the other half of ``ALPHA``.
    """
    real, train = real[:MOST], torch.unique(train, dim=0)
    # Of generated samples that are all alike only one is heard: they are no independent witnesses.
    fake, every = torch.unique(fake[:MOST], dim=0, return_inverse=True)
    (ours, nearest), (theirs, nearest_real) = neighbours(fake, train, k=2), neighbours(real, train, k=2)
    share, chance = below(ours[:, 0], theirs[:, 0])
    alone, chance_alone = below(one_of(ours), one_of(theirs))
    if min(share, alone, first(ours, nearest, theirs)) >= TWICE and max(chance, chance_alone) <= ALPHA / 2:
        yield Finding(
            "memorisation",
            "warning",
            f"{percent(share)} of the generated samples are nearer to a training sample than all but "
            f"{percent(QUANTILE)} of the held-out ones are, and {percent(alone)} single one training sample out more "
            f"than all but {percent(QUANTILE)} do: a part of the training set is repeated by heart.",
            {
                "nearer": share,
                "singled out": alone,
                "p": max(chance, chance_alone),
                "authentic": authentic(ours[every], nearest[every], train),
                "authentic held-out": authentic(theirs, nearest_real, train),
            },
        )
    bound = 1e-9 * float(train.square().sum(1).mean().sqrt())  # rounding alone
    copies, natural = (int((x <= bound).sum()) for x in (ours[every, 0], theirs[:, 0]))
    chance = float(hypergeom.sf(copies - 1, len(every) + len(real), copies + natural, len(every)))
    if chance <= ALPHA / 2:
        excess = copies / len(every) - natural / len(real)
        yield Finding(
            "copies",
            "warning" if excess >= TWICE else "note",
            f"{percent(copies / len(every))} of the generated samples are exact copies of training samples; of "
            f"held-out ones, {percent(natural / len(real))} are.",
            {"copies": copies / len(every), "copies held-out": natural / len(real), "p": chance},
        )


def authentic(distances: Float[Tensor, "n 2"], nearest: Int64[Tensor, "n 2"], train: Float[Tensor, "k d"]) -> float:
    """Share of samples further from their nearest training sample than this is from the next (Alaa et al. 2022)."""
    used, where = torch.unique(nearest[:, 0], return_inverse=True)
    apart = neighbours(train[used], train, k=2)[0][:, 1]  # the nearest of all is the sample itself
    return float((distances[:, 0] > apart[where]).double().mean())


def one_of(distances: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
    """Distance to the nearest over that to the second nearest; they differ, as equal training samples count once."""
    return distances[:, 0] / distances[:, 1]


def first(ours: Float[Tensor, "m 2"], nearest: Int64[Tensor, "m 2"], theirs: Float[Tensor, "n 2"]) -> float:
    """Share of the training samples nearest to some generated one that the first such one singles out; 0 below five."""
    seen, where = torch.unique(nearest[:, 0], return_inverse=True)
    rows = torch.arange(len(where), device=where.device)
    each = torch.full_like(seen, len(where)).scatter_reduce(0, where, rows, "amin")
    share, _ = below(one_of(ours)[each], one_of(theirs))
    return share if share * len(seen) >= FEW else 0.0


def below(ours: Float[Tensor, " m"], theirs: Float[Tensor, " n"]) -> tuple[float, float]:
    """Share of ``ours`` below the 5 % quantile of ``theirs``, and the chance of as large a one for equal laws."""
    rank = max(1, round(QUANTILE * (len(theirs) + 1)))
    count = int((ours < theirs.kthvalue(rank).values).sum())
    return count / len(ours), float(betabinom.sf(count - 1, len(ours), rank, len(theirs) - rank + 1))
