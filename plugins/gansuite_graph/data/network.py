"""The data set of walks of one graph, some of whose edges are held out."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.split import SPLITS
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import WalkSpec
from ..walks.walker import Walker
from .hold_out import hold_out
from .one_graph import OneGraph, classic, read

HELD_OUT: Mapping[str, float] = {"valid": 0.10, "test": 0.05}


class Network:
    """Random walks of one graph as batches int64 [n, length] (see ``gansuite.data.Dataset``).

    With random numbers a batch is fresh walks, and ``index`` says only how many; without, walk i of a split is always
    the same. Walks are without end: a split has ``walks`` of them, of all splits in the *same* training graph, so that
    metrics of samples have real walks to compare with. What is held out are *edges*: ``held_out(split)`` has them, and
    no walk steps over one.

    Args:
        graph: a classic of networkx: ``les-miserables``, ``karate``, ``davis`` or ``florentine``.
        path: a file with the graph instead: GraphML, GEXF, GML, edge list, npz with ``edge_index``, or any of ``file``.
        length: nodes of a walk; 2 gives pairs of neighbours.
        p: large values keep walks from turning back.
        q: small values lead walks away from where they came from.
        held_out: the share of edges held out for ``valid`` and ``test``, a spanning tree kept; default 0.10 and 0.05.
        walks: how many a split is said to hold.
        pool: walks drawn in one call, of which batches are slices.
        strict: whether a graph that had to be changed (directed, loops, several components) is refused.
        seed: of what is held out, and of the walks without random numbers.

    Raises:
        UserError: the graph cannot be read, has no edge, or not enough of them to hold out.

    Source: Bojchevski et al., NetGAN (2018).
    """

    def __init__(
        self,
        *,
        graph: str | None = None,
        path: str | None = None,
        length: Annotated[int, Ge(2)] = 16,
        p: Annotated[float, Gt(0)] = 1.0,
        q: Annotated[float, Gt(0)] = 1.0,
        held_out: dict[str, Annotated[float, Ge(0), Le(1)]] | None = None,
        walks: Annotated[int, Ge(8)] = 20_000,
        pool: Annotated[int, Gt(0)] = 2048,
        strict: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        shares = dict(HELD_OUT if held_out is None else held_out)
        if unknown := sorted(set(shares) - {"valid", "test"}):
            raise UserError(f"held_out: edges are held out for valid and test, not for {unknown[0]!r}")
        found, source = chosen(graph, path)
        if not found.csr.edges:
            raise UserError(f"{source}: a graph of {found.csr.nodes} nodes without an edge has no walks; give another")
        whole = found.largest()
        if strict and whole.changed:
            what = ", ".join(f"{count} {name}" for name, count in whole.changed.items())
            raise UserError(f"{source}: {what}; mend the file, or leave strict out")
        self.full, self.walks, self.pool, self.seed, self.p, self.q = whole.csr, walks, pool, seed, p, q
        self.parts = hold_out(whole.csr, shares, seed)
        self.graph = self.parts.train
        self.spec = WalkSpec(self.graph.nodes, length, self.graph.edges, whole.names)
        self.device = torch.device("cpu")
        content = (*map(hashed, (self.graph.targets, self.graph.starts, self.full.targets)), whole.names)
        settings = (length, p, q, walks, seed, sorted(shares.items()))
        self.fingerprint = hashlib.blake2b(repr((content, settings)).encode(), digest_size=16).hexdigest()
        self.banks: dict[str, Tensor] = {}
        self.pools: dict[tuple[Any, ...], tuple[int, Tensor]] = {}
        self.walker = Walker(self.graph, p=p, q=q)
        self.summary: Mapping[str, Any] = {
            "source": source,
            "nodes": self.graph.nodes,
            "edges": self.full.edges,
            "edges trained on": self.graph.edges,
            "edges held out": {split: edges.shape[1] for split, edges in self.parts.edges.items()},
            "changed": dict(whole.changed),
            "splits": dict.fromkeys(SPLITS, walks),
            "walks": f"{walks:,} a split, all of the training graph",
        }

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> WalkSpec:
        """The specification that a run has noted: sampling needs no graph."""
        return WalkSpec.from_dict(table)

    def to(self, device: torch.device | str) -> Network:
        """The same walks, given on ``device``."""
        moved = copy.copy(self)
        moved.graph = self.graph.to(device)
        moved.device = moved.graph.targets.device  # "cuda" is then "cuda:0"
        moved.walker = Walker(moved.graph, p=self.p, q=self.q, connected=True)
        moved.banks, moved.pools = {}, {}
        return moved

    def held_out(self, split: str) -> tuple[Int64[Tensor, "2 m"], Int64[Tensor, "2 m"]]:
        """The edges held out for ``split``, and as many pairs without one, on the device; none for ``train``."""
        none = torch.empty(2, 0, dtype=torch.int64)
        edges, pairs = (part.get(split, none) for part in (self.parts.edges, self.parts.non_edges))
        return edges.to(self.device), pairs.to(self.device)

    def count(self, split: str) -> int:
        """Number of walks that ``split`` is said to hold."""
        return self.walks

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        """Fresh walks, or without ``rng`` those at ``index``: int64 [n, length] under "data"."""
        if rng is None:
            return {"data": self.bank(split).index_select(0, index).long()}
        return {"data": self.fresh(len(index), rng)}

    def fresh(self, n: int, rng: Rng) -> Int64[Tensor, "n t"]:
        """Batch number ``rng.index`` of a stream: a slice of a pool, which is a function of the stream and its number.

        So a batch is the same whatever was drawn before it, and for any number of processes.
        """
        size = n * rng.world
        slices = max(1, self.pool // size)
        number, place = divmod(rng.index, slices)
        key = (rng.root, *rng.names, size)
        kept = self.pools.get(key)
        if kept is None or kept[0] != number:
            stream = Rng(rng.root, *rng.names, "pool", index=number, device=self.device)
            kept = self.pools[key] = number, self.walker.walks(slices * size, self.spec.length, stream)
        return rng.rows(kept[1][place * size : (place + 1) * size])

    def bank(self, split: str) -> Tensor:
        """The walks that a split has without random numbers: drawn on the host, the same for every device."""
        if split not in self.banks:
            host = self.walker if self.device.type == "cpu" else Walker(self.graph.to("cpu"), p=self.p, q=self.q)
            drawn = host.walks(self.walks, self.spec.length, Rng(self.seed, "network", "walks", split))
            self.banks[split] = drawn.to(self.device, torch.int32)
        return self.banks[split]

    def names(self, split: str) -> Sequence[str]:
        """Number of each walk, and where it begins."""
        first = self.bank(split)[:, 0].tolist()
        own = self.spec.names
        return [f"{split} walk {i} from {own[node] if own else node}" for i, node in enumerate(first)]


def chosen(graph: str | None, path: str | None) -> tuple[OneGraph, str]:
    """The graph that is asked for, and what to call it."""
    if (graph is None) == (path is None):
        raise UserError('[data] name one graph: path = "FILE", or graph = "les-miserables"')
    return (classic(graph), graph) if graph is not None else (read(str(path)), Path(str(path)).name)


def hashed(x: Tensor) -> str:
    """Hash of numbers."""
    return hashlib.blake2b(x.cpu().numpy().tobytes(), digest_size=16).hexdigest()
