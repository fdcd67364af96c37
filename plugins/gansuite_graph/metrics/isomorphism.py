"""Which graphs are the same but for the order of their nodes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from ..listing import Listing, listings
from ..spec import GraphSpec
from .refinement import coloured, forms, hashes, refined, sharper

EFFORT = 20_000
"""Pairs of nodes that the exact search may try for one pair of graphs, before it gives up."""


@dataclass(frozen=True)
class Classes:
    """The isomorphism class of each graph, numbered from 0 in no order.

    ``undecided`` pairs of graphs were too hard to tell apart within the effort, and count as different.
    """

    numbers: Int64[Tensor, " n"]
    undecided: int = 0

    @property
    def count(self) -> int:
        """How many classes there are."""
        return len(self.numbers.unique())

    def first(self) -> Bool[Tensor, " n"]:
        """Which graphs are the first of their class."""
        place = torch.arange(len(self.numbers), device=self.numbers.device)
        earliest = torch.full_like(place, len(place)).scatter_reduce(0, self.numbers, place, "amin")
        return earliest[self.numbers] == place


def classes(spec: GraphSpec, x: Int64[Tensor, "n c"], effort: int = EFFORT) -> Classes:
    """The isomorphism classes among graphs, types of nodes and edges included: exact.

    Graphs of different Weisfeiler-Lehman hashes differ, those of equal ``forms`` are the same: both for all graphs at
    once. Forms of one hash that differ, which are few, are told apart by a ``sharper`` hash, and what is left by the
    search VF2, two at a time and within ``effort``.

    Source: Cordella et al. 2004 (VF2), as networkx has it.
    """
    if not len(x):
        return Classes(x.new_zeros(0))
    x, copies = torch.unique(spec.tidied(x), dim=0, return_inverse=True)
    rows, place = torch.unique(forms(spec, x), dim=0, return_inverse=True)
    number, undecided = merged(spec, rows, effort)
    return Classes(number.unique(return_inverse=True)[1][place][copies], undecided)


def among(
    spec: GraphSpec,
    known: Int64[Tensor, "m c"],
    x: Int64[Tensor, "n c"],
    known_hashes: Int64[Tensor, " m"] | None = None,
    effort: int = EFFORT,
) -> tuple[Bool[Tensor, " n"], Classes]:
    """Whether each graph is isomorphic to one of the ``known`` ones, and the classes of the graphs themselves.

    ``known_hashes`` are their hashes, where they have been taken before.
    """
    if known_hashes is None:
        known_hashes = hashes(spec, known)
    near = known[torch.isin(known_hashes, hashes(spec, x))]
    found = classes(spec, torch.cat([near, x]), effort)
    theirs, ours = found.numbers.split([len(near), len(x)])
    return torch.isin(ours, theirs), Classes(ours.unique(return_inverse=True)[1], found.undecided)


def merged(spec: GraphSpec, rows: Int64[Tensor, "m c"], effort: int) -> tuple[Int64[Tensor, " m"], int]:
    """The class of each of different forms, as the number of the first of them, and the undecided pairs."""
    number = torch.arange(len(rows), device=rows.device)
    doubtful = repeated(hashes(spec, rows))
    if not len(doubtful):
        return number, 0
    key = sharper(spec, rows[doubtful])  # of graphs that differ in their hash it differs as well
    doubtful, key = doubtful[again := repeated(key)], key[again]
    if not len(doubtful):
        return number, 0
    graphs = dict(zip(doubtful.tolist(), with_colours(spec, rows[doubtful]), strict=True))
    groups: dict[int, list[int]] = {}
    for i, k in zip(doubtful.tolist(), key.tolist(), strict=True):
        groups.setdefault(k, []).append(i)
    undecided = 0
    for group in groups.values():
        heads: list[int] = []
        for i in group:
            for head in heads:
                answer = isomorphic(*graphs[head], *graphs[i], effort)
                undecided += answer is None
                if answer:
                    number[i] = head
                    break
            else:
                heads.append(i)
    return number, undecided


def repeated(keys: Int64[Tensor, " n"]) -> Int64[Tensor, " k"]:
    """The places of keys that stand there more than once."""
    _, place, count = keys.unique(return_inverse=True, return_counts=True)
    return (count[place] > 1).nonzero().flatten()


def with_colours(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> list[tuple[Listing, list[int]]]:
    """The graphs as lists, with the refined colour of each node."""
    graphs = refined(coloured(spec, x))
    rows = zip(graphs.colours.tolist(), graphs.there.tolist(), strict=True)
    colours = [[c for c, there in zip(row, mask, strict=True) if there] for row, mask in rows]
    return list(zip(listings(spec, x), colours, strict=True))


def isomorphic(
    one: Listing, colours: list[int], other: Listing, other_colours: list[int], effort: int = EFFORT
) -> bool | None:
    """Whether two graphs are the same but for the order of their nodes; None where ``effort`` did not suffice."""
    from networkx.algorithms.isomorphism import GraphMatcher

    class GivenUp(Exception):
        pass

    class Bounded(GraphMatcher):
        left = effort

        def syntactic_feasibility(self, G1_node: int, G2_node: int) -> bool:
            self.left -= 1
            if self.left < 0:
                raise GivenUp
            return super().syntactic_feasibility(G1_node, G2_node)

    graphs = one.networkx(), other.networkx()
    for graph, shades in zip(graphs, (colours, other_colours), strict=True):
        for i, shade in enumerate(shades):
            graph.nodes[i]["colour"] = shade
    match = Bounded(*graphs, lambda a, b: a["colour"] == b["colour"], lambda a, b: a["kind"] == b["kind"])
    try:
        return match.is_isomorphic()
    except GivenUp:
        return None
