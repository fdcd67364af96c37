"""Edge lists: a graph a file, an edge a line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gansuite.errors import UserError

from ...edge_list import EdgeList, natural
from .found import Fields, Found, Unread

HEADERS = {"source", "src", "from", "u", "node1", "node_1", "id1", "id_1", "i", "start"}


def read(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """The graph of a file."""
    if fields.label is not None:
        raise UserError(f'{name}: an edge list has no field {fields.label!r}; leave label out, or set label = "folder"')
    yield Found(parsed(file.read_text("utf-8"), name))


def parsed(text: str, place: str) -> EdgeList:
    """The graph of lines of two names, parted by tabs or commas if there are any, else by white space.

    ``u`` alone is a node that need not have an edge. What stands behind two names is the type of the edge, or if it is
    a number (or a dictionary, as networkx writes) its weight. A hash sign begins a remark; a first line such as
    ``source,target`` is a header. The nodes stand in the order of their names.

    Raises:
        UserError: a line without a name, some edges with a type and others without, lone words that are no numbers.
    """
    number: dict[str, int] = {}
    edges: list[tuple[int, int]] = []
    kinds: list[str] = []
    weighted = False
    for at, line in enumerate(text.splitlines(), 1):
        cells = cells_of(line.split("#", 1)[0])
        if not cells or (not number and len(cells) > 1 and cells[0].lower() in HEADERS):
            continue
        if not all(cells[:2]):
            raise UserError(f"{place} line {at}: {line[:40]!r} lacks a node; write two names a line")
        ends = [number.setdefault(cell, len(number)) for cell in cells[:2]]
        if len(ends) == 1:
            continue
        edges.append((ends[0], ends[1]))
        more = cells[2] if len(cells) > 2 else ""
        if is_number(more):
            weighted |= float(more) != 1
        elif more.startswith("{"):
            weighted |= more.strip("{} ") != ""
        elif more:
            kinds.append(more)
    if kinds and len(kinds) < len(edges):
        raise UserError(f"{place}: {len(kinds)} of {len(edges)} edges have a type; type all or none")
    if not edges and not all(name.isdecimal() for name in number):
        raise UserError(f"{place}: no line names two nodes; write an edge a line (SMILES go into a file .smi)")
    order = sorted(number, key=natural)
    rank = np.zeros(len(number), np.int64)
    rank[[number[name] for name in order]] = np.arange(len(number))
    ends = rank[np.array(edges, np.int64).reshape(-1, 2)]
    return EdgeList(len(number), ends, None, kinds or None, weighted=weighted, place=place)


def cells_of(line: str) -> list[str]:
    """The parts of a line."""
    text = line.strip()
    if "{" in text:  # networkx writes a dictionary behind the ends
        head, _, rest = text.partition("{")
        return [*head.split(), "{" + rest]
    mark = next((mark for mark in "\t,;" if mark in text), None)
    if mark is None:
        return text.split()
    return [cell.strip() for cell in next(csv.reader([text], delimiter=mark))]


def is_number(text: str) -> bool:
    """Whether this is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
