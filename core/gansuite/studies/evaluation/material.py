"""Real samples to corrupt, and the ways to choose among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng


@dataclass(frozen=True)
class Material:
    """Real samples that nothing else has seen.

    Args:
        pool: where samples are taken from, [m, ...], in any order.
        group: the mode of each: its label, or its cluster; every number below the greatest occurs.
        train: training samples, which a generator could have learnt by heart.
        n: samples to be given.
        continuous: whether noise can be added to a sample.
        judge: what knows whether a sample could be real (``high_quality``), if anything does.
    """

    pool: Float[Tensor, "m ..."] | Int64[Tensor, "m ..."]
    group: Int64[Tensor, " m"]
    train: Float[Tensor, "t ..."] | Int64[Tensor, "t ..."]
    n: int
    continuous: bool = True
    judge: Any = None

    @property
    def ordered(self) -> bool:
        """Whether neighbours along the last axis belong together: a vector's coordinates do not."""
        return self.pool.dim() > 2

    @cached_property
    def sigma(self) -> float:
        """Root mean square deviation of the samples' numbers from their means over the samples."""
        return float((self.pool - self.pool.mean(0)).square().mean().sqrt())

    @cached_property
    def by_size(self) -> Int64[Tensor, " k"]:
        """The place of each mode in the order from the rarest to the commonest."""
        return torch.bincount(self.group).argsort(stable=True).argsort(stable=True)

    def rows(self, rng: Rng) -> Int64[Tensor, " n"]:
        """Which ``n`` samples, none twice."""
        return rng.uniform(len(self.pool)).argsort()[: self.n]

    def fresh(self, rng: Rng) -> Tensor:
        """``n`` samples, none twice."""
        return self.pool[self.rows(rng)]

    def elsewhere(self, rows: Int64[Tensor, " n"], rng: Rng) -> Int64[Tensor, " n"]:
        """For each of these rows, one of another mode, all such equally likely."""
        order, count = self.group.argsort(stable=True), torch.bincount(self.group)
        own = self.group[rows]
        first, size = (count.cumsum(0) - count)[own], count[own]
        place = (rng.uniform(len(rows)) * (len(order) - size)).long()
        return order[place + size * (place >= first)]

    def weighted(self, weight: Float[Tensor, " k"], rng: Rng) -> Tensor:
        """``n`` samples, the modes' shares multiplied by ``weight``; one repeats only if its mode has too few."""
        share = torch.bincount(self.group).double() * weight
        edges = (share / share.sum()).cumsum(0)
        modes = torch.searchsorted(edges, rng.uniform(self.n).double(), right=True).clamp_max(len(edges) - 1)
        # Shuffled within each mode: the i-th sample asked of a mode is the i-th of its rows.
        order = rng.uniform(len(self.group)).argsort()
        order = order[self.group[order].argsort(stable=True)]
        count = torch.bincount(self.group)
        asked = torch.nn.functional.one_hot(modes, len(count)).cumsum(0).gather(1, modes[:, None])[:, 0] - 1
        return self.pool[order[(count.cumsum(0) - count)[modes] + asked % count[modes]]]
