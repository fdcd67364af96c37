"""Samples as files of graphs: graph6, GraphML, edge lists, SMILES, SDF, JSON, arrays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor

from gansuite.errors import UserError

from ..listing import Listing, listings
from ..spec import GraphSpec, pairs_of

Format = Literal["graph6", "graphml", "edgelist", "smiles", "sdf", "json", "npz"]
SUFFIX = {"graph6": "g6", "graphml": "graphml", "edgelist": "edgelist", "smiles": "smi"}
MOLECULAR = ("smiles", "sdf")


class GraphsWriter:
    """Writes all samples, in one file where the format holds several graphs.

        graph6     samples.g6: a line a graph, without types
        graphml    samples-000.graphml ...: a file a graph, types by name as the attribute ``kind``
        edgelist   samples-000.edgelist ...: a line ``u v`` an edge, with its type if there are several, and a line
                   ``u`` a node that has none; types of nodes are left out
        smiles     samples.smi: a line a molecule, an empty one for what is none
        sdf        samples.sdf
        json       samples.json: {"node_types", "edge_types", "graphs": [{"nodes": [kind], "edges": [[u, v, kind]]}]}
        npz        samples.npz: ``nodes`` uint8 [n, N] and ``adjacency`` uint8 [n, N, N] with types from 1, 0 for none

    Args:
        spec: the domain.
        format: None: ``smiles`` for molecules, ``json`` where there are types, else ``graph6``.

    Raises:
        UserError: SMILES or SDF are asked for, and the graphs are no molecules.

    Source: McKay, Description of graph6 and sparse6 encodings.
    """

    def __init__(self, spec: GraphSpec, *, format: Format | None = None) -> None:
        self.spec = spec
        self.format = format or usual(spec)
        if self.format in MOLECULAR and not spec.molecular:
            others = ", ".join(name for name in get_args(Format) if name not in MOLECULAR)
            raise UserError(f"[writer] format = {self.format!r} is for molecules, and these graphs are none: {others}")

    def write(self, samples: Tensor, folder: Path, stem: str = "") -> list[Path]:
        """Write the files into ``folder``, their names beginning with ``stem``, and return their paths.

        Args:
            samples: int64 [n, c], or relaxed float [n, c, k], of which the likeliest graphs are written.

        Raises:
            UserError: a file cannot be written.
        """
        x = samples.detach().cpu()
        x = self.spec.tidied(x.argmax(2) if x.is_floating_point() else x)
        path = folder / f"{stem}samples.{SUFFIX.get(self.format, self.format)}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self.format in ONE_EACH:
                text = ONE_EACH[self.format]
                digits = max(3, len(str(len(x) - 1)))
                each = [path.with_stem(f"{path.stem}-{i:0{digits}}") for i in range(len(x))]
                for where, graph in zip(each, listings(self.spec, x), strict=True):
                    where.write_text(text(self.spec, graph), "utf-8", newline="\n")
                return each
            if self.format == "npz":
                with path.open("wb") as file:
                    np.savez_compressed(file, **arrays(self.spec, x))
            else:
                path.write_text(TOGETHER[self.format](self.spec, x), "utf-8", newline="\n")
        except OSError as error:
            raise UserError(f"cannot write {path} ({error.strerror}); choose another folder") from error
        return [path]


def usual(spec: GraphSpec) -> Format:
    """The format that loses nothing and is read most widely."""
    if spec.molecular:
        return "smiles"
    return "json" if len(spec.node_types) > 1 or len(spec.edge_types) > 1 else "graph6"


def graph6(graph: Listing) -> str:
    """A graph as printable characters of six bits: N, then the pairs (0, 1), (0, 2), (1, 2), (0, 3) ..."""
    n = len(graph.nodes)
    bits = bytearray(-(-(n * (n - 1) // 2) // 6) * 6)
    for u, v, _ in graph.edges:
        bits[v * (v - 1) // 2 + u] = 1
    size = [n] if n < 63 else [63, n >> 12 & 63, n >> 6 & 63, n & 63]
    body = [int("".join(map(str, bits[i : i + 6])), 2) for i in range(0, len(bits), 6)]
    return "".join(chr(63 + number) for number in size + body)


def graph6_lines(spec: GraphSpec, x: Tensor) -> str:
    """A line a graph."""
    return "".join(f"{graph6(graph)}\n" for graph in listings(spec, x))


def json_text(spec: GraphSpec, x: Tensor) -> str:
    """All graphs as one object, types by name."""
    graphs = [
        {
            "nodes": [spec.node_types[kind - 1] for kind in graph.nodes],
            "edges": [[u, v, spec.edge_types[kind - 1]] for u, v, kind in graph.edges],
        }
        for graph in listings(spec, x)
    ]
    table = {"node_types": spec.node_types, "edge_types": spec.edge_types, "graphs": graphs}
    return json.dumps(table, ensure_ascii=False) + "\n"


def smiles_lines(spec: GraphSpec, x: Tensor) -> str:
    """A line a molecule."""
    from ..molecules.notation import smiles_of

    return "".join(f"{text or ''}\n" for text in smiles_of(spec, x))


def sdf_text(spec: GraphSpec, x: Tensor) -> str:
    """A record a molecule."""
    from ..molecules.notation import sdf_of

    return sdf_of(spec, x)


def arrays(spec: GraphSpec, x: Tensor) -> dict[str, Any]:
    """Types of nodes [n, N] and of edges [n, N, N]."""
    i, j = pairs_of(spec.nodes)
    adjacency = torch.zeros(len(x), spec.nodes, spec.nodes, dtype=torch.uint8)
    adjacency[:, i, j] = adjacency[:, j, i] = x[:, spec.nodes :].to(torch.uint8)
    return {"nodes": x[:, : spec.nodes].to(torch.uint8).numpy(), "adjacency": adjacency.numpy()}


def graphml(spec: GraphSpec, graph: Listing) -> str:
    """GraphML with the names of the types as ``kind``."""
    from xml.sax.saxutils import escape

    def data(key: str, kind: int, names: tuple[str, ...]) -> str:
        return f'<data key="{key}">{escape(names[kind - 1])}</data>'

    nodes = [f'<node id="{i}">{data("n", kind, spec.node_types)}</node>' for i, kind in enumerate(graph.nodes)]
    edges = [f'<edge source="{u}" target="{v}">{data("e", kind, spec.edge_types)}</edge>' for u, v, kind in graph.edges]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
            '<key id="n" for="node" attr.name="kind" attr.type="string"/>',
            '<key id="e" for="edge" attr.name="kind" attr.type="string"/>',
            '<graph edgedefault="undirected">',
            *nodes,
            *edges,
            "</graph>\n</graphml>\n",
        ]
    )


def edge_list(spec: GraphSpec, graph: Listing) -> str:
    """A line an edge, and a line a node without one."""
    lonely = set(range(len(graph.nodes))).difference(*((u, v) for u, v, _ in graph.edges))
    typed = len(spec.edge_types) > 1
    lines = [f"{u} {v} {spec.edge_types[kind - 1]}" if typed else f"{u} {v}" for u, v, kind in graph.edges]
    return "".join(f"{line}\n" for line in [*lines, *map(str, sorted(lonely))])


TOGETHER: dict[str, Callable[[GraphSpec, Tensor], str]] = {
    "graph6": graph6_lines,
    "json": json_text,
    "smiles": smiles_lines,
    "sdf": sdf_text,
}
ONE_EACH: dict[str, Callable[[GraphSpec, Listing], str]] = {"graphml": graphml, "edgelist": edge_list}
