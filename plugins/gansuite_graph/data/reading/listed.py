"""The JSON that the writer ``graphs`` makes: types by name, nodes and edges as lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gansuite.errors import UserError

from ...edge_list import EdgeList
from .found import Fields, Found, Unread

FORM = '{"graphs": [{"nodes": [type ...], "edges": [[u, v, type] ...]} ...]}'


def read(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """The graphs of a file.

    Raises:
        UserError: it is no such JSON; an edge beyond the nodes; a graph without its class.
    """
    try:
        table = json.loads(file.read_text("utf-8"))
    except json.JSONDecodeError as error:
        raise UserError(f"{name} line {error.lineno}: no JSON ({error.msg}); write {FORM}") from error
    if not isinstance(table, dict) or not isinstance(table.get("graphs"), list):
        raise UserError(f"{name}: no list of graphs; write {FORM}")
    plain = [list(table.get(what, ())) == [word] for what, word in (("node_types", "node"), ("edge_types", "edge"))]
    for i, graph in enumerate(table["graphs"], 1):
        place = f"{name} graph {i}"
        try:
            kinds = [str(kind) for kind in graph["nodes"]]
            edges = [(int(u), int(v)) for u, v, *_ in graph["edges"]]
            bonds = [str(edge[2]) for edge in graph["edges"] if len(edge) > 2]
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(f"{place}: no nodes and edges ({error}); write {FORM}") from error
        if any(not 0 <= end < len(kinds) for edge in edges for end in edge):
            raise UserError(f"{place}: an edge beyond its {len(kinds)} nodes, which count from 0; mend it")
        if bonds and len(bonds) < len(edges):
            raise UserError(f"{place}: {len(bonds)} of {len(edges)} edges have a type; type all or none")
        if fields.label is not None and fields.label not in graph:
            raise UserError(f"{place}: no field {fields.label!r}; there are {', '.join(graph)}")
        ends = np.array(edges, np.int64).reshape(-1, 2)
        label = None if fields.label is None else str(graph[fields.label])
        own = None if plain[0] else kinds, None if plain[1] else bonds or ([] if not edges else None)
        yield Found(EdgeList(len(kinds), ends, *own, label, place=place))
