"""The second step of node2vec and all that follow: exact, by a table where it has room, by rejection elsewhere."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng

from ..csr import Csr

BITS = 31
"""Of a random number."""
TABLE = 1 << 24
"""Entries of the largest table: 128 MiB with its guide."""
ROUNDS = 12
"""Proposals before what was never taken is drawn from the law itself."""


@runtime_checkable
class SecondOrder(Protocol):
    """The law of a walk's next step after the step to ``targets[entry]`` from the node whose neighbour that is."""

    def after(self, entry: Int64[Tensor, " n"], draw: Int64[Tensor, " n"], rng: Rng) -> Int64[Tensor, " n"]:
        """The entry of the next step; ``draw`` are numbers of 31 bits."""
        ...


def second_order(graph: Csr, p: float, q: float, table: int = TABLE) -> SecondOrder:
    """By a table if it has at most ``table`` entries: Σ_v d(v)², one for each way through each node."""
    room = int(graph.degrees.square().sum())
    return Table(graph, p, q) if room <= table else Rejection(graph, p, q)


class Edges:
    """Which pairs are edges, by binary search among sorted numbers of pairs."""

    def __init__(self, graph: Csr) -> None:
        self.nodes, self.keys = graph.nodes, graph.sources * graph.nodes + graph.targets

    def have(self, u: Int64[Tensor, " n"], v: Int64[Tensor, " n"]) -> Bool[Tensor, " n"]:
        """Whether u and v are neighbours."""
        if not len(self.keys):
            return torch.zeros_like(u, dtype=torch.bool)
        key = u * self.nodes + v
        place = torch.searchsorted(self.keys, key).clamp_max_(len(self.keys) - 1)
        return self.keys.index_select(0, place) == key


class Weights:
    """w(s, x): 1/p on the way back, 1 to a neighbour of where the walk came from, 1/q elsewhere."""

    def __init__(self, graph: Csr, p: float, q: float) -> None:
        self.edges, self.greatest = Edges(graph), max(1 / p, 1.0, 1 / q)
        self.kinds = torch.tensor([1 / q, 1.0, 1 / p], dtype=torch.float64, device=graph.targets.device)

    def of(self, before: Int64[Tensor, " n"], after: Int64[Tensor, " n"]) -> Float[Tensor, " n"]:
        return self.kinds.index_select(0, torch.where(before == after, 2, self.edges.have(before, after).long()))


class Table:
    """The cumulative law F of each row (where from, where to) in integers of 31 bits, searched from a guide.

    A draw of 31 bits falls into one of d equal parts of its row of d neighbours; ``guide`` has the first neighbour that
    each part can mean, and the search goes on from there in halving strides. Where weights differ little it is over in
    two or three of them, whatever d.

    Source: for the guide Chen & Asau, On generating random variates from an empirical distribution (1974).
    """

    def __init__(self, graph: Csr, p: float, q: float) -> None:
        self.starts, self.targets, self.degrees = graph.starts, graph.targets, graph.degrees
        rows = torch.arange(len(graph.targets), device=graph.targets.device)
        row, neighbour = branches(graph, rows)
        weight = Weights(graph, p, q).of(graph.sources[row], graph.targets[neighbour])
        length = self.degrees[self.targets]
        self.first = length.cumsum(0) - length
        total = torch.zeros(len(rows), dtype=weight.dtype, device=weight.device).index_add_(0, row, weight)
        summed = weight.cumsum(0)
        share = (summed - (summed - weight)[self.first][row]) / total[row]
        last = ((row << BITS) + (share * (1 << BITS)).round().long() - 1).clamp_min(row << BITS)
        last[self.first + length - 1] = ((rows + 1) << BITS) - 1
        self.last = (last - (row << BITS)).int()  # the last draw that means each neighbour
        part = torch.arange(len(row), device=row.device) - self.first[row]
        begins = -((-part << BITS) // length[row])  # the least draw of each part
        places = torch.searchsorted(last, (row << BITS) + begins) - self.first[row]
        ends = torch.where(part + 1 < length[row], torch.nn.functional.pad(places, (0, 1))[1:], length[row] - 1)
        self.guide = places.int()
        self.strides = int((ends - places).max()).bit_length() if len(row) else 0

    def after(self, entry: Int64[Tensor, " n"], draw: Int64[Tensor, " n"], rng: Rng) -> Int64[Tensor, " n"]:
        at, first = self.targets.index_select(0, entry), self.first.index_select(0, entry)
        length = self.degrees.index_select(0, at)
        place = first + self.guide.index_select(0, first + ((draw * length) >> BITS))
        end = first + length - 1
        for stride in reversed(range(self.strides)):
            ahead = torch.minimum(place + ((1 << stride) - 1), end)
            place = place + ((self.last.index_select(0, ahead) < draw).long() << stride)
        return self.starts.index_select(0, at) + place - first


class Rejection:
    """Neighbours are proposed alike and taken with probability w / max w: a round is a gather and a binary search.

    What was not taken in ``rounds`` rounds is drawn from the law itself, whose rows are laid out for those few walks;
    their law is the same, as a proposal that was not taken says nothing about the next one.
    """

    def __init__(self, graph: Csr, p: float, q: float, rounds: int = ROUNDS) -> None:
        self.graph, self.weights, self.rounds = graph, Weights(graph, p, q), rounds
        self.sources, self.degrees = graph.sources, graph.degrees

    def after(self, entry: Int64[Tensor, " n"], draw: Int64[Tensor, " n"], rng: Rng) -> Int64[Tensor, " n"]:
        n, targets = len(entry), self.graph.targets
        before, at = self.sources.index_select(0, entry), targets.index_select(0, entry)
        first, degree = self.graph.starts.index_select(0, at), self.degrees.index_select(0, at)
        found, open_ = torch.empty_like(entry), torch.ones(n, dtype=torch.bool, device=entry.device)
        for i in range(self.rounds):
            draw = draw if i == 0 else rng.integers(0, 1 << BITS, n)  # whole rows: every rank draws alike
            proposed = first + ((draw * degree) >> BITS)
            weight = self.weights.of(before, targets.index_select(0, proposed))
            taken = open_ & (rng.integers(0, 1 << BITS, n) < weight * ((1 << BITS) / self.weights.greatest))
            found, open_ = torch.where(taken, proposed, found), open_ & ~taken
        last = rng.integers(0, 1 << BITS, n)
        left = open_.nonzero().squeeze(1)
        if len(left):
            found[left] = self.exact(entry[left], before[left], last[left])
        return found

    def exact(
        self, entry: Int64[Tensor, " m"], before: Int64[Tensor, " m"], draw: Int64[Tensor, " m"]
    ) -> Int64[Tensor, " m"]:
        """One neighbour of each row, by the inverse of its cumulative law."""
        row, neighbour = branches(self.graph, entry)
        weight = self.weights.of(before[row], self.graph.targets[neighbour])
        length = self.degrees[self.graph.targets[entry]]
        first, upto = length.cumsum(0) - length, weight.cumsum(0)
        below = (upto - weight)[first]
        total = torch.zeros_like(below).index_add_(0, row, weight)
        aim = below + total * (draw.double() / (1 << BITS))
        place = torch.searchsorted(upto, aim, right=True)
        return neighbour[torch.minimum(torch.maximum(place, first), first + length - 1)]


def branches(graph: Csr, entry: Int64[Tensor, " m"]) -> tuple[Int64[Tensor, " k"], Int64[Tensor, " k"]]:
    """All ways on from the node that each entry leads to: number of the row, and the entry of the next step."""
    at = graph.targets[entry]
    length = graph.degrees[at]
    row = torch.repeat_interleave(length)
    within = torch.arange(len(row), device=row.device) - (length.cumsum(0) - length)[row]
    return row, graph.starts[at][row] + within
