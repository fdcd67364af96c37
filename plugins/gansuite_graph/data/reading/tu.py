"""Folders of the TU collection: one file for the edges of all graphs, and one for each thing known of them.

Source: Morris et al., TUDataset (2020), and https://chrsmrrs.github.io/datasets/docs/format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gansuite.errors import UserError

from ...edge_list import EdgeList, undirected
from .found import Fields, Found, Unread

ARCS, INDICATOR = "_A.txt", "_graph_indicator.txt"
KNOWN = (ARCS, INDICATOR, "_graph_labels.txt", "_node_labels.txt", "_edge_labels.txt")
LABEL = "graph_labels"


def heads(names: Iterable[str]) -> list[str]:
    """The files of arcs among the names in a folder that have an indicator beside them."""
    every = set(names)
    return [name for name in every if name.endswith(ARCS) and name.removesuffix(ARCS) + INDICATOR in every]


def is_head(file: Path) -> bool:
    """Whether a file is the ``NAME_A.txt`` of a TU data set."""
    return file.name.endswith(ARCS) and beside(file, INDICATOR).is_file()


def beside(file: Path, ending: str) -> Path:
    """The file of the same data set with another ending."""
    return file.with_name(file.name.removesuffix(ARCS) + ending)


def companions(file: Path) -> list[Path]:
    """The files of the data set that are read."""
    return [each for ending in KNOWN if (each := beside(file, ending)).is_file()]


def read(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """The graphs of a data set: the types of nodes and edges are the labels in its files, attributes are left out.

    Raises:
        UserError: a line that is none, an edge between two graphs or to a node that is not there, files of other
            lengths.
    """
    if fields.label not in (None, LABEL):
        raise UserError(f"label = {fields.label!r}: the classes of a TU data set are its {LABEL!r}; set label to that")
    owner = np.array([row[0] for row in numbers(beside(file, INDICATOR), 1)], np.int64) - 1
    arcs = np.array(list(numbers(file, 2)), np.int64).reshape(-1, 2) - 1
    bad = np.flatnonzero(((arcs < 0) | (arcs >= len(owner))).any(1))
    if len(bad):
        raise UserError(
            f"{name} line {bad[0] + 1}: an edge to a node that {INDICATOR} does not have; it has {len(owner)}"
        )
    bad = np.flatnonzero(owner[arcs[:, 0]] != owner[arcs[:, 1]])
    if len(bad):
        raise UserError(f"{name} line {bad[0] + 1}: an edge between two graphs; mend it or {INDICATOR}")
    if len(owner) and owner.min() < 0:
        raise UserError(f"{beside(file, INDICATOR)} line {owner.argmin() + 1}: graphs are numbered from 1")
    graphs = int(owner.max(initial=-1)) + 1
    kinds, bonds = (
        lines(beside(file, ending), count) for ending, count in zip(KNOWN[3:], (len(owner), len(arcs)), strict=True)
    )
    classes = lines(beside(file, KNOWN[2]), graphs)
    if fields.label and classes is None:
        raise UserError(f"{name}: no {beside(file, KNOWN[2]).name} beside it; leave label out")
    for graph, (nodes, edges) in enumerate(
        zip(grouped(owner, graphs), grouped(owner[arcs[:, 0]], graphs), strict=True)
    ):
        own = None if bonds is None else [bonds[k] for k in edges.tolist()]
        once, own, directed = undirected(np.searchsorted(nodes, arcs[edges]), own)
        yield Found(
            EdgeList(
                len(nodes),
                once,
                None if kinds is None else [kinds[k] for k in nodes.tolist()],
                own,
                classes[graph] if fields.label and classes else None,
                directed,
                place=f"{name} graph {graph + 1}",
            )
        )


def grouped(owner: NDArray[np.int64], graphs: int) -> list[NDArray[np.int64]]:
    """For each graph the places where ``owner`` names it, in order."""
    order = np.argsort(owner, kind="stable")
    return np.split(order, np.cumsum(np.bincount(owner, minlength=graphs))[:-1]) if graphs else []


def numbers(file: Path, columns: int) -> Iterator[list[int]]:
    """The whole numbers of each line.

    Raises:
        UserError: a line without ``columns`` of them.
    """
    for at, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        cells = line.replace(",", " ").split()
        if len(cells) != columns or not all(cell.isdecimal() for cell in cells):
            raise UserError(
                f"{file} line {at}: {line[:40]!r} is not {columns} whole number{'s' * (columns > 1)}; mend it"
            )
        yield list(map(int, cells))


def lines(file: Path, count: int) -> list[str] | None:
    """The line that each of ``count`` things has in a file; None if there is no file.

    Raises:
        UserError: there are more or fewer.
    """
    if not file.is_file():
        return None
    found = [" ".join(line.replace(",", " ").split()) for line in file.read_text("utf-8").splitlines() if line.strip()]
    if len(found) != count:
        raise UserError(f"{file}: {len(found)} lines, and there are {count} to be told of; mend it, or take it away")
    return found
