"""What a graph is to the suite: a row of choices, one for each node that there may be and one for each pair of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn.functional import one_hot

from gansuite.spaces import ChoiceSpace

from .dense import Dense

ABSENT = 0
"""The choice at a node's place that says there is none, and at a pair's that there is no edge."""


@dataclass(frozen=True)
class GraphSpec:
    """Undirected graphs of at most N = ``nodes`` nodes, without loops, as int64 [n, N + N (N - 1) / 2].

    The first N numbers are the types of the nodes, 0 where there is none; then come the types of the edges of all
    pairs i < j in the order of ``torch.triu_indices``: (0, 1), (0, 2) ... (N - 2, N - 1), 0 where there is none. A
    pair is one choice, so whatever noise draws an edge draws both its directions. Relaxed graphs are float
    [n, N + N (N - 1) / 2, K], with K = ``alternatives`` for all places; those that a place has not are never chosen.

    Args:
        nodes: N, the room for nodes.
        node_types: the names of the types 1 ... F of nodes (atoms: ``C``, ``N`` ...).
        edge_types: the names of the types 1 ... R of edges (bonds).
        sizes: the share of training graphs with 1 ... N nodes, so that a model can be sampled without the data.
        labels: the names of the classes, in the order of their numbers; empty without labels.
        label_sizes: where the labels are numbers of nodes, the number that each stands for.
        molecular: whether the graphs are molecules, of the atoms and bonds that the types name.
        codes: numbers of a condition that critics are given beside the graph.
    """

    nodes: int
    node_types: tuple[str, ...] = ("node",)
    edge_types: tuple[str, ...] = ("edge",)
    sizes: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    label_sizes: tuple[int, ...] = ()
    molecular: bool = False
    codes: int = 0

    extractor: ClassVar[str] = "gin"
    writer: ClassVar[str] = "graphs"

    @property
    def pairs(self) -> int:
        """Pairs of nodes."""
        return self.nodes * (self.nodes - 1) // 2

    @property
    def alternatives(self) -> int:
        """K: the types that a node or a pair may have, and that there is none."""
        return 1 + max(len(self.node_types), len(self.edge_types))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return (self.nodes + self.pairs,)

    @cached_property
    def space(self) -> ChoiceSpace:
        """What the core may do with graphs."""
        return ChoiceSpace(self.alternatives, "graphs")

    def widened(self, channels: int) -> GraphSpec:
        """Graphs with a code of ``channels - shape[0]`` numbers: critics are given it as their ``condition``."""
        return replace(self, codes=channels - self.shape[0])

    def dense(self, x: Tensor) -> Dense:
        """The masked dense form of graphs int64 [n, c] or relaxed float [n, c, k], differentiable in the latter.

        With e_i = 1 - x_i0, how much of node i there is, a pair's types count x_ij e_i e_j: nothing hangs on a node
        that is not there.
        """
        return relaxed_dense(self, x) if x.is_floating_point() else hard_dense(self, x)

    def rows(self, dense: Dense) -> Int64[Tensor, "n c"]:
        """The graphs of a dense batch, by the likeliest types; the inverse of ``dense``."""
        i, j = pairs_of(self.nodes, dense.nodes.device)
        kinds = torch.cat([1 - dense.mask.unsqueeze(2), dense.nodes], 2).argmax(2)
        bonds = dense.edges[:, :, i, j]
        bonds = torch.cat([1 - bonds.sum(1, keepdim=True), bonds], 1).argmax(1)
        return self.tidied(torch.cat([kinds, bonds], 1))

    def tidied(self, x: Int64[Tensor, "n c"]) -> Int64[Tensor, "n c"]:
        """The graphs without edges to nodes that are not there."""
        return x * self.mask(x)

    def mask(self, x: Tensor) -> Bool[Tensor, "n c"]:
        """The places that hold a choice: all nodes, and the pairs of those that are there.

        Of relaxed graphs, those that are there by their likeliest types.
        """
        hard = x.detach().argmax(2) if x.is_floating_point() else x
        there = hard[:, : self.nodes] != ABSENT
        return torch.cat([torch.ones_like(there), self.paired(there)], 1)

    def paired(self, there: Bool[Tensor, "n N"]) -> Bool[Tensor, "n p"]:
        """Which pairs have both their nodes."""
        i, j = pairs_of(self.nodes, there.device)
        return there[:, i] & there[:, j]

    def allowed(self, device: torch.device | str = "cpu") -> Tensor:
        """Which alternatives each place has: bool [c, k]."""
        k = torch.arange(self.alternatives, device=device)
        rows = (k <= len(self.node_types)).expand(self.nodes, -1), (k <= len(self.edge_types)).expand(self.pairs, -1)
        return torch.cat(rows)

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON-able values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> GraphSpec:
        """The description that ``as_dict`` gave."""
        return cls(**tupled(table))


@dataclass(frozen=True)
class WalkSpec:
    """Random walks of ``length`` nodes in one graph of ``nodes`` nodes, as int64 [n, length].

    Pairs of neighbours are walks of length 2.

    Args:
        nodes: N; a walk holds numbers below it.
        length: nodes of a walk, the first among them.
        edges: of the graph that was learnt from: as many has the graph that is put together from walks.
        names: the nodes' own names, in the order of their numbers; empty where they are numbers.
        codes: numbers of a condition that critics are given beside the walk.
    """

    nodes: int
    length: int
    edges: int
    names: tuple[str, ...] = ()
    codes: int = 0
    labels: tuple[str, ...] = ()

    extractor: ClassVar[str] = "walks"
    writer: ClassVar[str] = "network"

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return (self.length,)

    @property
    def alternatives(self) -> int:
        """K: the nodes that each step may lead to."""
        return self.nodes

    @cached_property
    def space(self) -> ChoiceSpace:
        """What the core may do with walks."""
        return ChoiceSpace(self.nodes, "walks")

    def widened(self, channels: int) -> WalkSpec:
        """Walks with a code of ``channels - length`` numbers: critics are given it as their ``condition``."""
        return replace(self, codes=channels - self.length)

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON-able values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> WalkSpec:
        """The description that ``as_dict`` gave."""
        return cls(**tupled(table))


def tupled(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of JSON with its lists as tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}


def pairs_of(nodes: int, device: torch.device | str = "cpu") -> tuple[Int64[Tensor, " p"], Int64[Tensor, " p"]]:
    """The two nodes of each pair, in the order of the pairs."""
    i, j = torch.triu_indices(nodes, nodes, 1, device=device)
    return i, j


def hard_dense(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Dense:
    x = spec.tidied(x)
    kinds, bonds = x[:, : spec.nodes], x[:, spec.nodes :]
    nodes = one_hot(kinds, len(spec.node_types) + 1)[:, :, 1:].float()
    edges = one_hot(bonds, len(spec.edge_types) + 1)[:, :, 1:].float()
    return Dense(nodes, both_ways(spec.nodes, edges), (kinds != ABSENT).float())


def relaxed_dense(spec: GraphSpec, x: Float[Tensor, "n c k"]) -> Dense:
    i, j = pairs_of(spec.nodes, x.device)
    there = 1 - x[:, : spec.nodes, ABSENT]
    edges = x[:, spec.nodes :, 1 : len(spec.edge_types) + 1] * (there[:, i] * there[:, j]).unsqueeze(2)
    return Dense(x[:, : spec.nodes, 1 : len(spec.node_types) + 1], both_ways(spec.nodes, edges), there)


def both_ways(nodes: int, pairs: Float[Tensor, "n p R"]) -> Float[Tensor, "n R N N"]:
    """Symmetrical matrices of what is said of pairs."""
    i, j = pairs_of(nodes, pairs.device)
    place = torch.full((nodes, nodes), len(i), device=pairs.device)  # the diagonal takes the row of zeros behind
    place[i, j] = place[j, i] = torch.arange(len(i), device=pairs.device)
    rows = torch.nn.functional.pad(pairs, (0, 0, 0, 1)).transpose(1, 2)
    return rows[:, :, place.flatten()].unflatten(2, (nodes, nodes))
