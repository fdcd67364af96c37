"""Arrays of numpy: matrices, lists of edges, and the files that scipy saves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansuite.errors import UserError

from ...convert import sparse
from ...edge_list import EdgeList, undirected
from .found import Fields, Found, Unread

SPLITS = {"train": "train", "val": "valid", "valid": "valid", "test": "test"}
FORMS = (
    "adjacency [N, N] or [n, N, N] (with nodes or num_nodes), edge_index [2, m], scipy.sparse.save_npz, or "
    "train_num_nodes, train_num_edges, train_edge_index (and val_, test_)"
)


def read(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """The graphs of a file.

    Raises:
        UserError: the arrays are none of ``FORMS``, or do not agree.
    """
    known = loaded(file)
    classes = None
    if fields.label is not None:
        if fields.label not in known:
            raise UserError(f"{name}: no array {fields.label!r}; there are {', '.join(known)}")
        classes = [str(each) for each in known[fields.label].ravel().tolist()]
    if any(f"{split}_num_nodes" in known for split in SPLITS):
        if classes is not None:
            raise UserError(f"{name}: arrays of splits have no classes; leave label out")
        yield from of_splits(known, name)
        return
    graphs = list(of_arrays(known, name))
    if classes is None:
        yield from map(Found, graphs)
    elif len(classes) != len(graphs):
        raise UserError(f"{name}: {len(classes)} numbers in {fields.label!r} for {len(graphs)} graphs; mend it")
    else:
        yield from (Found(replace(graph, label=label)) for graph, label in zip(graphs, classes, strict=True))


def loaded(file: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a file by name; that of an ``.npy`` is a matrix, or several."""
    if file.suffix.lower() == ".npy":
        return {"adjacency": np.load(file, allow_pickle=False)}
    with np.load(file, allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}


def of_arrays(known: Mapping[str, NDArray[Any]], name: str) -> Iterator[EdgeList]:
    """Graphs of matrices, or one of a list of edges."""
    if {"data", "indices", "indptr", "shape"} <= set(known):  # scipy.sparse.save_npz
        from scipy.sparse import csr_array

        parts = tuple(known[key] for key in ("data", "indices", "indptr"))
        yield sparse.edge_list(csr_array(parts, shape=tuple(known["shape"].tolist())), None, name)
    elif "adjacency" in known and known["adjacency"].ndim == 3:
        yield from stacked(known["adjacency"], known.get("nodes"), known.get("num_nodes"), name)
    elif "adjacency" in known:
        yield sparse.edge_list(known["adjacency"], None, name)
    elif "edge_index" in known:
        arcs = pairs(known["edge_index"], name, "edge_index")
        nodes = int(known.get("num_nodes", arcs.max(initial=-1) + 1))
        yield EdgeList(nodes, *halved(within(arcs, nodes, name)), place=name)
    else:
        raise UserError(f"{name}: arrays {', '.join(known)}, and no graphs in them; expected {FORMS}")


def stacked(
    tables: NDArray[Any], nodes: NDArray[Any] | None, numbers: NDArray[Any] | None, name: str
) -> Iterator[EdgeList]:
    """Graphs of matrices [n, N, N]; where ``nodes`` are given, numbers are types, as the writer ``graphs`` has them."""
    if nodes is not None and nodes.shape != tables.shape[:2]:
        raise UserError(
            f"{name}: nodes {list(nodes.shape)} do not fit adjacency {list(tables.shape)}; mend one of them"
        )
    if numbers is not None and len(numbers) != len(tables):
        raise UserError(f"{name}: {len(numbers)} num_nodes for {len(tables)} graphs; mend one of them")
    names = [None, None] if nodes is None else [typed(nodes), typed(tables)]
    for i, table in enumerate(tables):
        place = f"{name} graph {i + 1}"
        own = None if nodes is None else nodes[i]
        if own is not None:
            there = own != 0
            table, own = table[there][:, there], own[there]
        elif numbers is not None:
            table = table[: int(numbers[i]), : int(numbers[i])]
        yield sparse.edge_list(table, own, place, *names)


def typed(numbers: NDArray[Any]) -> tuple[str, ...] | None:
    """Names for the numbers of types, if there are several."""
    most = int(numbers.max(initial=0))
    return tuple(map(str, range(1, most + 1))) if most > 1 else None


def of_splits(known: Mapping[str, NDArray[Any]], name: str) -> Iterator[Found]:
    """The graphs of each split, whose edges lie one graph behind the other, each edge once."""
    for word, split in SPLITS.items():
        if f"{word}_num_nodes" not in known:
            continue
        try:
            nodes, edges, index = (known[f"{word}_{what}"] for what in ("num_nodes", "num_edges", "edge_index"))
        except KeyError as error:
            raise UserError(f"{name}: {word}_num_nodes, but no {error.args[0]}; expected {FORMS}") from error
        arcs = pairs(index, name, f"{word}_edge_index")
        if len(nodes) != len(edges) or int(edges.sum()) != len(arcs):
            raise UserError(f"{name}: {word}_num_edges do not sum to the {len(arcs)} edges there are; mend them")
        for i, (m, own) in enumerate(zip(nodes.tolist(), np.split(arcs, np.cumsum(edges)[:-1]), strict=True)):
            place = f"{name} {word} graph {i + 1}"
            yield Found(EdgeList(m, *halved(within(own, m, place)), place=place), split)


def pairs(index: NDArray[Any], name: str, what: str) -> NDArray[np.int64]:
    """The arcs [m, 2] of an array [2, m]."""
    if index.ndim != 2 or len(index) != 2 or index.dtype.kind not in "iu":
        raise UserError(f"{name}: {what} is to be [2, m] of whole numbers, not {index.dtype} {list(index.shape)}")
    return index.T.astype(np.int64)


def within(arcs: NDArray[np.int64], nodes: int, place: str) -> NDArray[np.int64]:
    """The arcs, if their ends are among the nodes."""
    if len(arcs) and not 0 <= arcs.min() <= arcs.max() < nodes:
        raise UserError(
            f"{place}: an edge from {arcs.min()} to {arcs.max()}, and the nodes are 0 to {nodes - 1}; mend it"
        )
    return arcs


def halved(arcs: NDArray[np.int64]) -> tuple[NDArray[np.int64]]:
    """Each edge once, where all are there from both ends; else as they stand, each arc an edge."""
    return (undirected(arcs)[0],)
