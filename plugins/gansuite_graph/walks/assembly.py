"""From walks to one graph: how often each pair was stepped over, and edges drawn in proportion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng


@dataclass(frozen=True)
class Transitions:
    """How often walks stepped over each pair of nodes, in either direction: the pairs that were, and no others.

    Args:
        nodes: N.
        keys: u N + v of the pairs u < v, ascending.
        counts: steps over each.
        loops: steps from a node to itself, which count for nothing else.
    """

    nodes: int
    keys: Int64[Tensor, " m"]
    counts: Int64[Tensor, " m"]
    loops: int = 0

    @staticmethod
    def of(walks: Int64[Tensor, "n t"], nodes: int) -> Transitions:
        """The steps of some walks."""
        u, v = walks[:, :-1].flatten(), walks[:, 1:].flatten()
        keys = torch.where(u < v, u * nodes + v, v * nodes + u)[u != v]
        keys, counts = keys.unique(return_counts=True)
        return Transitions(nodes, keys.cpu(), counts.cpu(), int((u == v).sum()))

    def __add__(self, other: Transitions) -> Transitions:
        """The steps of both: memory grows with different pairs, not with walks."""
        keys, where = torch.cat([self.keys, other.keys]).unique(return_inverse=True)
        counts = torch.zeros_like(keys).index_add_(0, where, torch.cat([self.counts, other.counts]))
        return Transitions(self.nodes, keys, counts, self.loops + other.loops)

    @property
    def pairs(self) -> Int64[Tensor, "2 m"]:
        """The pairs u < v that were stepped over."""
        return torch.stack([self.keys // self.nodes, self.keys % self.nodes])

    @property
    def steps(self) -> int:
        """All steps, those from a node to itself among them."""
        return int(self.counts.sum()) + self.loops

    def over(self, pairs: Int64[Tensor, "2 k"]) -> Int64[Tensor, " k"]:
        """How often each of these pairs was stepped over."""
        if not len(self.keys):
            return torch.zeros_like(pairs[0])
        key = pairs.min(0).values * self.nodes + pairs.max(0).values
        place = torch.searchsorted(self.keys, key).clamp_max(len(self.keys) - 1)
        return torch.where(self.keys[place] == key, self.counts[place], 0)


def assembled(transitions: Transitions, edges: int, rng: Rng) -> Int64[Tensor, "2 m"]:
    """A graph of ``edges`` edges from how often pairs were stepped over, S_uv.

        1. each node with a step takes one edge, v ~ S_uv / Σ_v S_uv
        2. of the pairs u < v that have none yet, one after the other without replacement, in proportion to S_uv,
           until there are ``edges``

    Both are races: with E_uv ~ Exp(1), the least of E_uv / S_uv among some pairs is each of them with probability in
    proportion to S, and what comes second is drawn alike from what is left. So the least of a row is step 1, and the m
    least of all *are* m draws one after the other without replacement, and no draw waits for another. Where nodes
    alone take more than ``edges`` there are that many, where fewer pairs were stepped over there are those. No matrix
    of N x N is ever made.

    Args:
        transitions: of walks.
        edges: how many are wanted.
        rng: on the host.

    Returns:
        the edges u < v, ascending.

    Source: Bojchevski et al., NetGAN (2018), section 3.3, as their code has it; the race: Efraimidis & Spirakis (2006).
    """
    pairs, weights = transitions.pairs, transitions.counts.double()
    ends = torch.cat([pairs[0], pairs[1]])
    times = race(weights.repeat(2), rng)  # each pair runs in the rows of both its nodes
    best = torch.full((transitions.nodes,), torch.inf, dtype=times.dtype).scatter_reduce_(0, ends, times, "amin")
    taken = (times == best[ends]).view(2, -1).any(0)
    more = edges - int(taken.sum())
    if more > 0:
        rest = race(weights, rng).masked_fill_(taken, torch.inf)
        taken[rest.topk(min(more, len(rest)), largest=False).indices] = True
    return pairs[:, taken]


def race(weights: Float[Tensor, " m"], rng: Rng) -> Float[Tensor, " m"]:
    """Arrival times that are exponential with these rates."""
    uniform = torch.rand(len(weights), dtype=torch.float64, generator=rng.stream())
    return -torch.log1p(-uniform) / weights


def stepped(sample: Callable[[int, int], Tensor], walks: int, nodes: int, chunk: int) -> Transitions:
    """The steps of ``walks`` walks that ``sample(n, first)`` draws, ``chunk`` at a time."""
    found: Transitions | None = None
    for first in range(0, walks, chunk):
        x = sample(min(chunk, walks - first), first)
        part = Transitions.of(x.argmax(-1) if x.is_floating_point() else x, nodes)
        found = part if found is None else found + part
    assert found is not None
    return found
