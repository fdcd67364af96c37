"""One graph from a file, or one of the classics: its edges, and what had to be done to make it simple."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.errors import UserError

from ..convert.networkx_graphs import networkx
from ..csr import Csr
from .reading.edge_lists import HEADERS, cells_of
from .reading.found import Fields, Unread
from .reading.layout import EXPECTED, graphs_in

CLASSICS: Mapping[str, str] = {
    "les-miserables": "les_miserables_graph",
    "karate": "karate_club_graph",
    "davis": "davis_southern_women_graph",
    "florentine": "florentine_families_graph",
}


@dataclass(frozen=True)
class OneGraph:
    """An undirected graph without loops.

    Args:
        csr: its edges.
        names: the nodes' own names; empty where they are numbers.
        changed: what was done to it, and how often.
    """

    csr: Csr
    names: tuple[str, ...] = ()
    changed: Mapping[str, int] = field(default_factory=dict)

    def largest(self) -> OneGraph:
        """Its largest connected component; of equals, the one with the first node."""
        from scipy.sparse.csgraph import connected_components

        count, label = connected_components(matrix(self.csr), directed=False)
        if count == 1:
            return self
        label = torch.from_numpy(label).long()
        keep = label == label.bincount().argmax()
        number = keep.cumsum(0) - 1
        edges = self.csr.edge_index()
        inside = number[edges[:, keep[edges[0]]]]
        names = tuple(name for name, kept in zip(self.names, keep.tolist(), strict=True) if kept) if self.names else ()
        lost = {
            "components left out": count - 1,
            "nodes left out": int((~keep).sum()),
            "edges left out": self.csr.edges - inside.shape[1],
        }
        return OneGraph(Csr.of_edges(inside, int(keep.sum())), names, {**self.changed, **lost})


def matrix(graph: Csr, entries: Any = None) -> Any:
    """A graph as scipy's sparse matrix; ``entries`` instead of ones."""
    from scipy.sparse import csr_matrix

    starts, targets = graph.starts.cpu().numpy(), graph.targets.cpu().numpy()
    data = torch.ones(len(targets)).numpy() if entries is None else entries
    return csr_matrix((data, targets, starts), (graph.nodes, graph.nodes))


def classic(name: str) -> OneGraph:
    """A graph that networkx has.

    Raises:
        UserError: it has none of this name, or is not installed.
    """
    if name not in CLASSICS:
        raise UserError(f"graph = {name!r}: no such classic; take one of {', '.join(CLASSICS)}, or give a path")
    return of_networkx(getattr(networkx(), CLASSICS[name])())


def read(path: str) -> OneGraph:
    """The graph of a file, by its ending: formats that name nodes are read here, the others as sets of graphs are.

    Raises:
        UserError: the file cannot be read, or does not hold one graph.
    """
    file = Path(path).expanduser()
    try:
        return READERS.get(file.suffix.lower(), read_other)(file)
    except UserError:
        raise
    except OSError as error:
        raise UserError(f"path = {path!r}: cannot be read ({error.strerror or error})") from error
    except Exception as error:  # each format's reader fails in ways of its own
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(f"path = {path!r}: no graph can be read from it ({reason}); {EXPECTED}") from error


def of_networkx(graph: Any) -> OneGraph:
    """A graph of networkx: directions, weights, repeated edges and loops are left out and counted."""
    nodes = list(graph.nodes)
    number = {node: i for i, node in enumerate(nodes)}
    edges = [(number[u], number[v]) for u, v in graph.edges()]
    names = tuple(str(graph.nodes[node].get("label", node)) for node in nodes)
    if len(set(names)) < len(names):
        names = tuple(map(str, nodes))
    weighted = sum("weight" in data for _, _, data in graph.edges(data=True))
    found = of_pairs(torch.tensor(edges, dtype=torch.int64).reshape(-1, 2).T, len(nodes), graph.is_directed())
    changed = {**found.changed, **({"weights dropped": weighted} if weighted else {})}
    return OneGraph(found.csr, own(names), changed)


def of_pairs(edges: Int64[Tensor, "2 m"], nodes: int, directed: bool = False) -> OneGraph:
    """A graph of pairs of numbers; loops and repetitions are left out and counted."""
    graph = Csr.of_edges(edges, nodes)
    loops = int((edges[0] == edges[1]).sum())
    again = edges.shape[1] - loops - graph.edges
    counts = {"loops removed": loops, "directed edges merged" if directed else "repeated edges merged": again}
    return OneGraph(graph, (), {what: count for what, count in counts.items() if count})


def read_arrays(file: Path) -> OneGraph:
    """``edge_index`` [2, m] with ``num_nodes`` and ``names`` if there are any, or what else arrays may hold."""
    import numpy as np

    with np.load(file, allow_pickle=False) as arrays:
        known = {name: arrays[name] for name in arrays.files}
    if "edge_index" not in known:
        return read_other(file)
    edges = torch.from_numpy(known["edge_index"].astype(np.int64))
    if edges.ndim != 2 or len(edges) != 2 or (edges.numel() and int(edges.min()) < 0):
        raise UserError(f"path = '{file}': edge_index is to be [2, m], of numbers from 0, not {list(edges.shape)}")
    least = int(edges.max()) + 1 if edges.numel() else 0
    n, names = int(known.get("num_nodes", least)), tuple(map(str, known.get("names", ())))
    if n < least or (names and len(names) != n):
        has = f"num_nodes = {n}, {len(names)} names, and edge_index has nodes up to {least - 1}"
        raise UserError(f"path = '{file}': {has}; mend one of them")
    found = of_pairs(halved(edges), n)
    return OneGraph(found.csr, own(names), found.changed)


def halved(edges: Int64[Tensor, "2 m"]) -> Int64[Tensor, "2 k"]:
    """Each edge once, where all are there from both ends: that is how an undirected graph is often stored."""
    u, v = edges
    both = torch.equal(edges[:, u <= v].unique(dim=1), edges.flip(0)[:, u >= v].unique(dim=1))
    return edges[:, u <= v] if both else edges


def own(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, or none where they are the numbers of the nodes."""
    return () if names == tuple(map(str, range(len(names)))) else names


def read_other(file: Path) -> OneGraph:
    """The graph of a format whose nodes are numbers.

    Raises:
        UserError: there are several graphs, or none.
    """
    found = list(graphs_in(file, str(file), Fields()))
    if len(found) != 1 or isinstance(found[0], Unread):
        raise UserError(f'{file}: {len(found)} graphs, and a network is one; [data] name = "file" reads sets of graphs')
    graph, changed = found[0].graph.simple()
    edges = torch.from_numpy(graph.edges.reshape(-1, 2).T.copy())
    return OneGraph(Csr.of_edges(edges, graph.nodes), (), dict(changed))


def read_edges(file: Path) -> OneGraph:
    """Lines of two names, parted by tabs, commas or white space; # begins a remark, ``source,target`` is a header."""
    number: dict[str, int] = {}
    edges, weighted = [], 0
    for at, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        cells = cells_of(line.split("#", 1)[0])
        if not cells or (not number and cells[0].lower() in HEADERS):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise UserError(f"{file}, line {at}: {line[:60]!r} does not name two nodes; write one edge a line")
        edges.append([number.setdefault(cell, len(number)) for cell in cells[:2]])
        weighted += len(cells) > 2
    order: Sequence[str] = list(number)
    if all(name.isdecimal() for name in order) and len(order) and max(map(int, order)) < 2 * len(order):
        # Numbers already: they keep their places.
        edges = [[int(order[u]), int(order[v])] for u, v in edges]
        order = [str(i) for i in range(max(map(int, order)) + 1)]
    found = of_pairs(torch.tensor(edges, dtype=torch.int64).reshape(-1, 2).T, len(order))
    changed = {**found.changed, **({"weights dropped": weighted} if weighted else {})}
    return OneGraph(found.csr, own(tuple(order)), changed)


READERS: Mapping[str, Callable[[Path], OneGraph]] = {
    ".npz": read_arrays,
    ".edgelist": read_edges,
    ".edges": read_edges,
    ".txt": read_edges,
    ".tsv": read_edges,
    ".csv": read_edges,
    ".graphml": lambda file: of_networkx(networkx().read_graphml(file)),
    ".gexf": lambda file: of_networkx(networkx().read_gexf(file)),
    ".gml": lambda file: of_networkx(networkx().read_gml(file)),
}
