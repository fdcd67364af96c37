"""Which graphs are the same up to the order of their nodes, for splits and for leaving copies out."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Int64
from numpy.typing import NDArray
from torch import Tensor

from gansuite.data.split import SPLITS, digest_of
from gansuite.metrics.states import scrambled

from ..metrics.isomorphism import classes
from ..metrics.refinement import coloured, refined, sums
from ..spec import GraphSpec

CHUNK = 1 << 21
"""Pairs of nodes that are looked at together."""


def content_hashes(spec: GraphSpec, rows: NDArray[np.uint8]) -> Int64[Tensor, " n"]:
    """The Weisfeiler-Lehman hash of each graph [n, c]: isomorphic graphs have the same (see ``refinement.hashes``).

    Types count by their *names*, not by their numbers, and the room does not count: another file with other types
    changes no graph's hash, and moves none to another split.
    """
    parts = np.array_split(rows, range(size := max(1, CHUNK // spec.nodes**2), max(1, len(rows)), size))
    return torch.cat([hashes_of(spec, torch.from_numpy(part).long()) for part in parts])


def hashes_of(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Int64[Tensor, " n"]:
    kinds, bonds = (torch.tensor([0, *map(number_of, names)]) for names in (spec.node_types, spec.edge_types))
    own = x[:, spec.nodes :]
    # A graph's types of edges are numbered by those that it has itself, in the order of the hashes of their names.
    order = bonds[1:].argsort()
    there = torch.stack([(own == 1 + int(k)).any(1) for k in order], 1)
    rank = torch.zeros(len(x), len(bonds), dtype=torch.int64)
    rank[:, 1 + order] = there.cumsum(1) * there
    graphs = refined(coloured(spec, torch.cat([kinds[x[:, : spec.nodes]], rank.gather(1, own)], 1)))
    return scrambled(sums(graphs) + (there * scrambled(bonds[1 + order])).sum(1))


def number_of(name: str) -> int:
    """A number that stands for a name in every file: 62 bits, never 0."""
    return 1 + int(digest_of(name.encode())[:15], 16)


def digests_of(hashes: Int64[Tensor, " n"]) -> list[str]:
    """The hashes as ``split_of`` wants them: evenly spread."""
    return [digest_of(number.to_bytes(8, "little", signed=True)) for number in hashes.tolist()]


def same(spec: GraphSpec, rows: NDArray[np.uint8], hashes: Int64[Tensor, " n"]) -> tuple[NDArray[np.int64], int]:
    """The isomorphism class of each graph, exactly, and the pairs that were too hard and count as different."""
    _, number, count = hashes.unique(return_inverse=True, return_counts=True)
    doubtful = (count[number] > 1).nonzero().flatten()
    if not len(doubtful):
        return number.numpy(), 0
    found = classes(spec, torch.from_numpy(rows[doubtful.numpy()]).long())
    number = number.clone()
    number[doubtful] = len(rows) + found.numbers
    return number.unique(return_inverse=True)[1].numpy(), found.undecided


def apart(number: NDArray[np.int64], splits: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which graphs repeat an earlier one of their split, and which are in a later split too (train, valid, test)."""
    last = np.full(int(number.max(initial=-1)) + 1, -1)
    np.maximum.at(last, number, splits)
    _, first = np.unique(number * len(SPLITS) + splits, return_index=True)
    copies = np.ones(len(number), bool)
    copies[first] = False
    return copies, splits < last[number]
