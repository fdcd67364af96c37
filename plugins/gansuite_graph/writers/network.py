"""Walks as one graph, and as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from jaxtyping import Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import WalkSpec
from ..walks.assembly import Transitions, assembled


class NetworkWriter:
    """Puts all samples together to one graph, and writes it beside the walks, nodes under their own names.

    The graph has as many edges as the one that was learnt from, as far as the walks step over so many pairs: a graph
    worth looking at takes tens of steps for each of its edges (``gansuite sample RUN -n 5000``).

    Args:
        spec: the domain; gives nodes, names and edges.
        format: ``graphml``; ``edgelist``, one edge a line, names parted by a tab (a node without edges is
            not in it); or ``npz`` with ``edge_index``,
            ``num_nodes`` and ``names``. The data set ``network`` reads all three.
    """

    def __init__(self, spec: WalkSpec, *, format: Literal["graphml", "edgelist", "npz"] = "graphml") -> None:
        self.spec, self.format = spec, format

    def write(self, samples: Tensor, folder: Path, stem: str = "") -> list[Path]:
        """Write ``{stem}network.*`` and ``{stem}walks.txt`` into ``folder`` and return their paths.

        Args:
            samples: int64 [n, t], or relaxed float [n, t, N], of which the likeliest nodes are taken.

        Raises:
            UserError: a file cannot be written, or the format has no place for a name.
        """
        x = samples.detach().cpu()
        x = x.argmax(-1) if x.is_floating_point() else x
        steps = Transitions.of(x, self.spec.nodes)
        edges = assembled(steps, self.spec.edges, Rng(0, "network", "writer"))
        names = self.spec.names or tuple(map(str, range(self.spec.nodes)))
        graph, walks = folder / f"{stem}network.{self.format}", folder / f"{stem}walks.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_graph(graph, edges, names)
            lines = ("\t".join(names[node] for node in walk) for walk in x.tolist())
            walks.write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="\n")
        except OSError as error:
            raise UserError(f"cannot write {graph} ({error.strerror}); choose another folder") from error
        return [graph, walks]


def write_graph(path: Path, edges: Int64[Tensor, "2 m"], names: Sequence[str]) -> None:
    """Write a graph in the format that the path's ending names."""
    if path.suffix == ".npz":
        import numpy as np

        np.savez_compressed(path, edge_index=edges.numpy(), num_nodes=len(names), names=np.array(names))
        return
    text = graphml(edges, names) if path.suffix == ".graphml" else edge_list(edges, names)
    path.write_text(text, "utf-8", newline="\n")


def edge_list(edges: Int64[Tensor, "2 m"], names: Sequence[str]) -> str:
    """An edge a line; a name that would be read as two, or as a remark, is refused."""
    for name in names:
        if set(name) & set('\t\n\r#{"') or name != name.strip() or not name:
            raise UserError(f"an edge list has no place for the node {name!r}; write format = graphml or npz")
    return "".join(f"{names[u]}\t{names[v]}\n" for u, v in edges.T.tolist())


def graphml(edges: Int64[Tensor, "2 m"], names: Sequence[str]) -> str:
    """GraphML: nodes by number in their order, isolated ones too, each with its name as ``label``."""
    for name in names:
        if not name.isprintable():
            raise UserError(f"GraphML has no place for the node {name!r}; write format = npz")
    nodes = (
        f'    <node id={quoteattr(f"n{i}")}><data key="label">{escape(name)}</data></node>\n'
        for i, name in enumerate(names)
    )
    links = (f'    <edge source="n{u}" target="n{v}"/>\n' for u, v in edges.T.tolist())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        '  <key id="label" for="node" attr.name="label" attr.type="string"/>\n  <graph edgedefault="undirected">\n'
        f"{''.join(nodes)}{''.join(links)}  </graph>\n</graphml>\n"
    )
