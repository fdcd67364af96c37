"""Laws of random graphs: each draws one graph of a number of nodes from a generator of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..convert.networkx_graphs import networkx
from ..judges.blocks import Blocks
from ..judges.grid import Grid, grid, shapes
from ..judges.planar import Planar
from ..judges.trees import Lobster, Tree
from ..spec import GraphSpec

TRIES = 1000
"""Draws of one graph that may miss the conditions of its law before that is given up."""

Edges = NDArray[np.int64]
Range = tuple[int, int]
Values = Mapping[str, float]


@dataclass(frozen=True)
class Drawn:
    """One graph of a law: its nodes and its edges [m, 2]."""

    nodes: int
    edges: Edges


Draw = Callable[[np.random.Generator, Range, Values], Drawn | None]
"""A graph with a number of nodes in the range, or None where this draw does not meet the conditions."""


@dataclass(frozen=True)
class Family:
    """A kind of graph.

    Args:
        draw: one graph.
        sizes: nodes, from and to, unless told otherwise.
        values: the parameters of the law with their defaults.
        judge: what knows its valid graphs, of (spec, sizes, values).
        distinct: how many graphs there are up to isomorphism, where that is known.
    """

    draw: Draw
    sizes: Range
    values: Values = field(default_factory=dict)
    judge: Callable[[GraphSpec, Range, Values], Any] | None = None
    distinct: Callable[[Range], int] | None = None


def size_in(draw: np.random.Generator, sizes: Range) -> int:
    """A number of nodes, each in the range as likely."""
    return int(draw.integers(sizes[0], sizes[1], endpoint=True))


def bernoulli(draw: np.random.Generator, chance: NDArray[np.float64]) -> Edges:
    """Each pair i < j with the probability that a matrix gives it."""
    return np.argwhere(np.triu(draw.random(chance.shape) < chance, 1))


def pieces(nodes: int, edges: Edges) -> int:
    """How many connected components there are."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    table = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(nodes, nodes))
    return int(connected_components(table, directed=False)[0])


def erdos_renyi(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn:
    """Every pair with probability p. Gilbert (1959)."""
    n = size_in(draw, sizes)
    return Drawn(n, bernoulli(draw, np.full((n, n), values["p"])))


def in_blocks(draw: np.random.Generator, blocks: NDArray[np.int64], values: Values) -> Drawn:
    """Every pair with probability p_in within a block, and p_out between blocks. Holland et al. (1983)."""
    owner = np.repeat(np.arange(len(blocks)), blocks)
    return Drawn(len(owner), bernoulli(draw, np.where(owner[:, None] == owner, values["p_in"], values["p_out"])))


def sbm(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn | None:
    """``blocks_min`` to ``blocks_max`` blocks of ``block_min`` to ``block_max`` nodes, as in SPECTRE's set."""
    number = size_in(draw, (int(values["blocks_min"]), int(values["blocks_max"])))
    blocks = draw.integers(int(values["block_min"]), int(values["block_max"]), number, endpoint=True)
    return in_blocks(draw, blocks, values) if sizes[0] <= blocks.sum() <= sizes[1] else None


def halves(sizes: Range) -> Range:
    """Of how many nodes each of two blocks is."""
    return -(-sizes[0] // 2), sizes[1] // 2


def community(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn | None:
    """Two blocks, on condition that each and the whole are connected."""
    least, most = halves(sizes)
    blocks = draw.integers(least, most, 2, endpoint=True)
    found = in_blocks(draw, blocks, values)
    inside = found.edges[(found.edges < blocks[0]).sum(1) != 1]
    return found if pieces(found.nodes, inside) == 2 and pieces(found.nodes, found.edges) == 1 else None


def lattice(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn | None:
    """A grid of a x b nodes, 2 <= a <= b, each shape as likely."""
    there = shapes(*sizes)
    if not there:
        return None
    found = grid(*there[int(draw.integers(len(there)))])
    return Drawn(found.nodes, found.edges)


def planar(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn:
    """The Delaunay triangulation of uniform points in a square, as in SPECTRE's set."""
    from scipy.spatial import Delaunay

    n = size_in(draw, sizes)
    corners = Delaunay(draw.random((n, 2))).simplices if n > 3 else np.array([[0, 1, 2]])[:, :n]
    sides = np.concatenate([corners[:, [i, j]] for i in range(corners.shape[1]) for j in range(i)])
    return Drawn(n, np.unique(np.sort(sides, 1), axis=0).astype(np.int64))


def lobster(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn | None:
    """A path; each of its nodes has a geometric number of legs (``p_leg``), each leg one of claws (``p_claw``)."""
    legs, claws = (values[name] / (1 - values[name]) for name in ("p_leg", "p_claw"))
    spine = max(1, round(size_in(draw, sizes) / (1 + legs * (1 + claws))))
    of_spine = draw.geometric(1 - values["p_leg"], spine) - 1
    ends = np.repeat(np.arange(spine), of_spine)
    of_legs = draw.geometric(1 - values["p_claw"], len(ends)) - 1
    first = spine + len(ends)
    n = first + int(of_legs.sum())
    if not sizes[0] <= n <= sizes[1]:
        return None
    path = np.stack([np.arange(spine - 1), np.arange(1, spine)], 1)
    leg = np.stack([ends, np.arange(spine, first)], 1)
    claw = np.stack([np.repeat(np.arange(spine, first), of_legs), np.arange(first, n)], 1)
    return Drawn(n, np.concatenate([path, leg, claw]))


def tree(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn:
    """Each labelled tree as likely, by its Pruefer code. Pruefer (1918)."""
    import heapq

    n = size_in(draw, sizes)
    if n == 1:
        return Drawn(1, np.empty((0, 2), np.int64))
    code = draw.integers(n, size=n - 2).tolist()
    left = np.bincount(code, minlength=n) + 1
    leaves = [i for i in range(n) if left[i] == 1]
    edges = []
    for node in code:
        leaf = heapq.heappop(leaves)
        edges.append((leaf, node))
        left[node] -= 1
        if left[node] == 1:
            heapq.heappush(leaves, node)
    return Drawn(n, np.array([*edges, (heapq.heappop(leaves), heapq.heappop(leaves))], np.int64))


def of_networkx(graph: Any) -> Drawn:
    """A graph of networkx."""
    number = {node: i for i, node in enumerate(graph)}
    ends = [(number[u], number[v]) for u, v in graph.edges()]
    return Drawn(len(number), np.array(ends, np.int64).reshape(-1, 2))


def preferential(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn:
    """Each new node has m edges to others, in proportion to their degrees. Barabasi & Albert (1999)."""
    n, m = size_in(draw, sizes), int(values["m"])
    return of_networkx(networkx().barabasi_albert_graph(n, min(m, n - 1), seed=draw))


def small_world(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn | None:
    """A ring of k neighbours each, each edge rewired with probability p, if connected. Watts & Strogatz (1998)."""
    n = size_in(draw, sizes)
    found = of_networkx(networkx().watts_strogatz_graph(n, min(int(values["k"]), n - 1), values["p"], seed=draw))
    return found if pieces(found.nodes, found.edges) == 1 else None


def ego(draw: np.random.Generator, sizes: Range, values: Values) -> Drawn | None:
    """What is within ``radius`` steps of a node of a growing network of ``host`` nodes with triangles (m edges a node,
    closed with probability p), fresh for each graph; of its nodes one whose surroundings have the size. Holme & Kim
    (2002)."""
    nx = networkx()
    host = nx.powerlaw_cluster_graph(int(values["host"]), int(values["m"]), values["p"], seed=draw)
    for centre in draw.permutation(len(host)).tolist():
        found = nx.ego_graph(host, centre, radius=int(values["radius"]))
        if sizes[0] <= len(found) <= sizes[1]:
            return of_networkx(found)
    return None


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "ba": Family(preferential, (16, 32), {"m": 2.0}),
        "community": Family(
            community,
            (12, 20),
            {"p_in": 0.7, "p_out": 0.05},
            lambda spec, sizes, values: Blocks.community(spec, values["p_in"], values["p_out"], halves(sizes)),
        ),
        "ego": Family(ego, (8, 20), {"radius": 1.0, "host": 40.0, "m": 4.0, "p": 0.5}),
        "er": Family(erdos_renyi, (16, 32), {"p": 0.2}),
        "grid": Family(
            lattice, (9, 100), judge=lambda spec, *_: Grid(spec), distinct=lambda sizes: len(shapes(*sizes))
        ),
        "lobster": Family(lobster, (10, 100), {"p_leg": 0.7, "p_claw": 0.7}, lambda spec, *_: Lobster(spec)),
        "planar": Family(planar, (64, 64), judge=lambda spec, *_: Planar(spec)),
        "sbm": Family(
            sbm,
            (40, 200),
            {"p_in": 0.3, "p_out": 0.005, "blocks_min": 2.0, "blocks_max": 5.0, "block_min": 20.0, "block_max": 40.0},
            lambda spec, _, values: Blocks.sbm(
                spec,
                values["p_in"],
                values["p_out"],
                (int(values["blocks_min"]), int(values["blocks_max"])),
                (int(values["block_min"]), int(values["block_max"])),
            ),
        ),
        "small-world": Family(small_world, (16, 32), {"k": 4.0, "p": 0.2}),
        "tree": Family(tree, (64, 64), judge=lambda spec, *_: Tree(spec)),
    }
)
