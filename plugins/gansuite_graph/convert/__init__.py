"""Graphs from and to other libraries and text formats.

``to_*(spec, x)`` take graphs int64 [n, c] of a ``GraphSpec`` (or relaxed ones, of which the likeliest) and give one
object a graph. ``from_*(graphs, spec=None, strict=True)`` give ``(spec, x)`` back, exactly but for two things: nodes
that are there come first, and without ``spec`` types are sorted and there is room for the largest graph alone. What is
no simple undirected graph is refused, or with ``strict=False`` made one: directions and weights are dropped, repeated
edges merged, loops removed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite_graph.convert.geometric import from_pyg, to_pyg, to_pyg_batch
    from gansuite_graph.convert.molecules import from_smiles, to_smiles
    from gansuite_graph.convert.networkx_graphs import from_networkx, to_networkx
    from gansuite_graph.convert.sparse import from_scipy, to_scipy
    from gansuite_graph.convert.texts import (
        from_edgelist,
        from_graph6,
        from_graphml,
        to_edgelist,
        to_graph6,
        to_graphml,
    )

_HOME = {
    "from_edgelist": "texts",
    "from_graph6": "texts",
    "from_graphml": "texts",
    "from_networkx": "networkx_graphs",
    "from_pyg": "geometric",
    "from_scipy": "sparse",
    "from_smiles": "molecules",
    "to_edgelist": "texts",
    "to_graph6": "texts",
    "to_graphml": "texts",
    "to_networkx": "networkx_graphs",
    "to_pyg": "geometric",
    "to_pyg_batch": "geometric",
    "to_scipy": "sparse",
    "to_smiles": "molecules",
}

__all__ = [
    "from_edgelist",
    "from_graph6",
    "from_graphml",
    "from_networkx",
    "from_pyg",
    "from_scipy",
    "from_smiles",
    "to_edgelist",
    "to_graph6",
    "to_graphml",
    "to_networkx",
    "to_pyg",
    "to_pyg_batch",
    "to_scipy",
    "to_smiles",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
