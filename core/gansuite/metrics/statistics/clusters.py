"""k-means: seeded k-means++ and Lloyd's steps on full batches, several runs at once."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

STEPS = 100
TRIALS = 4  # candidates for each new centre of k-means++; the best is kept
CHUNK = 1 << 23  # distances held at a time


@dataclass(frozen=True)
class Clusters:
    """Runs of k-means on the same rows: ``centres`` [runs, k, d], ``labels`` [runs, n], ``inertia`` [runs]."""

    centres: Float[Tensor, "runs k d"]
    labels: Int64[Tensor, "runs n"]
    inertia: Float[Tensor, " runs"]

    @property
    def best(self) -> int:
        """The run of least inertia."""
        return int(self.inertia.argmin())


def kmeans(
    x: Float[Tensor, "n d"], k: int, generator: torch.Generator, runs: int = 1, tolerance: float = 1e-4
) -> Clusters:
    """Cluster rows about ``k`` centres to a small sum of squared distances (inertia).

    Runs begin at their own greedy k-means++ centres and go on until the centres' squared moves sum to less than
    ``tolerance`` times the mean variance of a feature, 100 steps at most. An empty cluster is given the row farthest
    from its centre. Distances in float32 of centred rows: a row between two centres may fall to either.

    Args:
        x: rows, at least ``k`` of them.
        k: clusters.
        generator: of the first centres, on the host.
        runs: how many.
        tolerance: see above.

    Source: Lloyd 1982; Arthur & Vassilvitskii, k-means++ (2007).
    """
    rows = (x - x.mean(0)).float()
    bound = tolerance * float(rows.var(0, correction=0).mean())
    centres = torch.stack([plus_plus(rows, k, generator) for _ in range(runs)])
    going = torch.arange(runs, device=x.device)
    for _ in range(STEPS):
        moved = means(rows, centres[going])
        far = (moved - centres[going]).square().sum((1, 2))
        centres[going] = moved
        going = going[far > bound]
        if not len(going):
            break
    labels, nearest = assign(rows, centres)
    return Clusters(centres.to(x.dtype) + x.mean(0), labels, nearest.sum(1, dtype=torch.float64))


def plus_plus(x: Float[Tensor, "n d"], k: int, generator: torch.Generator) -> Float[Tensor, "k d"]:
    """First centres: rows drawn with probability by squared distance, the best of a few at each draw."""
    norm, u = x.square().sum(1), torch.rand(k, TRIALS, generator=generator, dtype=torch.float64).to(x.device)
    chosen = [(u[0, 0] * len(x)).long().clamp_max(len(x) - 1)]
    nearest = distance_to(x, norm, chosen[0][None])[0]
    for draw in u[1:]:
        mass = nearest.double().cumsum(0)
        at = torch.searchsorted(mass, draw * mass[-1]).clamp_max(len(x) - 1)
        closer = distance_to(x, norm, at).minimum(nearest)
        best = closer.sum(1).argmin()
        chosen.append(at[best])
        nearest = closer[best]
    return x[torch.stack(chosen)]


def distance_to(x: Float[Tensor, "n d"], norm: Float[Tensor, " n"], at: Int64[Tensor, " t"]) -> Float[Tensor, "t n"]:
    """Squared distances of some of the rows to all."""
    return torch.addmm(norm, x[at], x.T, alpha=-2).add_(norm[at, None]).clamp_min_(0)


def assign(
    x: Float[Tensor, "n d"], centres: Float[Tensor, "runs k d"]
) -> tuple[Int64[Tensor, "runs n"], Float[Tensor, "runs n"]]:
    """The nearest centre of each row in every run, and its squared distance."""
    flat, norm = centres.flatten(0, 1), centres.square().sum(2).flatten()
    parts = []
    for rows in x.split(max(1, CHUNK // len(flat))):
        distance = torch.addmm(norm, rows, flat.T, alpha=-2).unflatten(1, centres.shape[:2])
        parts.append(distance.min(2))
    labels = torch.cat([part.indices for part in parts]).T
    nearest = torch.cat([part.values for part in parts]).T + x.square().sum(1)
    return labels.contiguous(), nearest.clamp_min(0)


def means(x: Float[Tensor, "n d"], centres: Float[Tensor, "runs k d"]) -> Float[Tensor, "runs k d"]:
    """One step of Lloyd's: the mean of the rows nearest to each centre; an empty one moves to the farthest row."""
    runs, k, d = centres.shape
    labels, nearest = assign(x, centres)
    cell = labels + k * torch.arange(runs, device=x.device)[:, None]
    count = torch.bincount(cell.flatten(), minlength=runs * k)
    total = x.new_zeros(runs * k, d)
    for each in cell:
        total.index_add_(0, each, x)
    moved = (total / count.clamp_min(1)[:, None]).unflatten(0, (runs, k))
    for run, empty in enumerate((count == 0).unflatten(0, (runs, k))):
        if missing := int(empty.sum()):
            moved[run, empty] = x[nearest[run].topk(missing).indices]
    return moved
