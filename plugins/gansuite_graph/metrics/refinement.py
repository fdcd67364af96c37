"""Colour refinement of many graphs at once: the Weisfeiler-Lehman hash, and an order of the nodes that it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from gansuite.metrics.states import scrambled

from ..spec import ABSENT, GraphSpec, pairs_of

MARK = 1
"""Added to the colour of a node that is singled out."""
LAST = torch.iinfo(torch.int64).max
CHUNK = 1 << 21
"""Pairs of nodes that are looked at together."""


class Coloured(NamedTuple):
    """Graphs with a colour for every node, numbers of 64 bits; 0 where there is no node."""

    kinds: Int64[Tensor, "n N"]
    bonds: Int64[Tensor, "n N N"]
    colours: Int64[Tensor, "n N"]
    there: Bool[Tensor, "n N"]

    def take(self, rows: Tensor) -> Coloured:
        """Some of the graphs."""
        return Coloured(*(each[rows] for each in self))


def hashes(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Int64[Tensor, " n"]:
    """The Weisfeiler-Lehman hash of each graph, types of nodes and edges included: isomorphic graphs have the same.

        c_i <- h(c_i, Σ_j h(c_j, r_ij)),   until the number of colours no longer grows, and once again
        hash = Σ_i h(c_i)

    It depends on the graph alone: not on the room, nor on the graphs beside it. What one-dimensional refinement
    cannot tell (two triangles and a hexagon) it does not tell either.

    Source: Weisfeiler & Leman 1968; Shervashidze et al. 2011, algorithm 1.
    """
    return by_parts(lambda rows: sums(refined(coloured(spec, rows))), spec, x)


def forms(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Int64[Tensor, "n c"]:
    """Each graph with its nodes in an order of their colours, ties broken by singling nodes out one after another.

    Of the nodes of one colour, the first is singled out and the colours are refined again until all differ. Graphs
    with equal forms are isomorphic. The converse holds wherever nodes of one colour are alike (trees, cycles, grids,
    almost all graphs), not always: isomorphic graphs may have different forms, so this is no canonical form.

    Source: the search tree of McKay & Piperno 2014, of which this is one path.
    """
    return by_parts(lambda rows: ordered(spec, singled_out(refined(untwinned(refined(coloured(spec, rows)))))), spec, x)


def sharper(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Int64[Tensor, " n"]:
    """A hash that tells more: Σ_i h(hash of the graph with node i singled out), at N times the cost."""

    def found(rows: Tensor) -> Tensor:
        start = refined(coloured(spec, rows))
        graphs = Coloured(*(each.repeat_interleave(spec.nodes, 0) for each in start))
        i = torch.arange(spec.nodes, device=rows.device).repeat(len(rows))
        one = torch.arange(len(i), device=rows.device)
        graphs.colours[one, i] = scrambled(graphs.colours[one, i], MARK)
        each = scrambled(sums(refined(graphs))).view(len(rows), spec.nodes)
        return (each * start.there).sum(1)

    return by_parts(found, spec, x, spec.nodes)


def by_parts(
    what: Callable[[Tensor], Tensor], spec: GraphSpec, x: Int64[Tensor, "n c"], times: int = 1
) -> Int64[Tensor, "n ..."]:
    """``what`` of all rows, some at a time."""
    return torch.cat([what(rows) for rows in x.split(max(1, CHUNK // (times * spec.nodes**2)))])


def coloured(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Coloured:
    """The graphs with their nodes' types as colours."""
    x = spec.tidied(x)
    i, j = pairs_of(spec.nodes, x.device)
    bonds = x.new_zeros(len(x), spec.nodes, spec.nodes)
    bonds[:, i, j] = bonds[:, j, i] = x[:, spec.nodes :]
    kinds = x[:, : spec.nodes]
    return Coloured(kinds, bonds, scrambled(kinds) * (kinds != ABSENT), kinds != ABSENT)


def refined(graphs: Coloured) -> Coloured:
    """The colours refined until there are no more of them, and once again; a graph that is done waits unchanged.

    The last round parts no nodes of one graph; it puts into the colours how many neighbours of each they have, by which
    regular graphs differ from each other. After it, no further round would tell two graphs apart.
    """
    colours, kinds = graphs.colours.clone(), int(graphs.bonds.max()) if graphs.bonds.numel() else 0
    going, several = torch.arange(len(colours), device=colours.device), numbers(colours)
    while len(going):
        some = graphs.take(going)._replace(colours=colours[going])
        finer = step(some, kinds)
        count = numbers(finer)
        grown = count > several[going]
        colours[going], several[going] = finer, count
        going = going[grown]
    return graphs._replace(colours=colours)


def step(graphs: Coloured, kinds: int) -> Int64[Tensor, "n N"]:
    """Every node's colour with the multiset of its neighbours' colours and the types of the edges to them."""
    heard = torch.zeros_like(graphs.colours)
    for kind in range(1, kinds + 1):
        said = scrambled(graphs.colours, kind).unsqueeze(1)
        heard += torch.where(graphs.bonds == kind, said, 0).sum(2)
    return scrambled(graphs.colours + scrambled(heard)) * graphs.there


def numbers(colours: Int64[Tensor, "n N"]) -> Int64[Tensor, " n"]:
    """How many different colours each graph has."""
    return (colours.sort(1).values.diff(dim=1) != 0).sum(1)


def sums(graphs: Coloured) -> Int64[Tensor, " n"]:
    """One number for all colours of a graph."""
    return (scrambled(graphs.colours) * graphs.there).sum(1)


def untwinned(graphs: Coloured) -> Coloured:
    """Nodes with the same neighbours told apart by their place: any of them may trade places with any other.

    Two nodes with an edge of type r between them are twins where their rows of the matrix agree once r stands on its
    diagonal; without an edge, once 0 does. It saves ``singled_out`` a round for each isolated node and each leaf.
    """
    place = torch.arange(graphs.bonds.shape[1], device=graphs.bonds.device)
    rank = torch.zeros_like(graphs.colours)
    for kind in range(int(graphs.bonds.max()) + 1 if graphs.bonds.numel() else 0):
        rows = scrambled(torch.where(place == place.unsqueeze(1), kind, graphs.bonds) + (place << 32)).sum(2)
        twins = (rows.unsqueeze(2) == rows.unsqueeze(1)) & (graphs.colours.unsqueeze(2) == graphs.colours.unsqueeze(1))
        rank += twins.tril(-1).sum(2)
    return graphs._replace(colours=scrambled(graphs.colours + scrambled(rank)) * graphs.there)


def singled_out(graphs: Coloured) -> Coloured:
    """The colours refined until all nodes of a graph differ."""
    colours = graphs.colours.clone()
    going = torch.arange(len(colours), device=colours.device)
    while len(going):
        some = graphs.take(going)._replace(colours=colours[going])
        shared = (some.colours.unsqueeze(2) == some.colours.unsqueeze(1)).sum(2) > 1
        shared &= some.there
        left = shared.any(1)
        some, shared, going = some.take(left), shared[left], going[left]
        if not len(going):
            break
        row = torch.arange(len(going), device=colours.device)
        first = torch.where(shared, some.colours, LAST).argmin(1)
        marked = some.colours.clone()
        marked[row, first] = scrambled(marked[row, first], MARK)
        colours[going] = refined(some._replace(colours=marked)).colours
    return graphs._replace(colours=colours)


def ordered(spec: GraphSpec, graphs: Coloured) -> Int64[Tensor, "n c"]:
    """The rows of the graphs whose nodes stand in the order of their colours, those that there are first."""
    order = torch.where(graphs.there, graphs.colours, LAST).argsort(1)
    i, j = pairs_of(spec.nodes, order.device)
    row = torch.arange(len(order), device=order.device).unsqueeze(1)
    return torch.cat([graphs.kinds.gather(1, order), graphs.bonds[row, order[:, i], order[:, j]]], 1)
