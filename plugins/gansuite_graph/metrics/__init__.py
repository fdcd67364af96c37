"""Statistics of graphs, and distances between sets of them.

``mmd(real, generated)`` takes lists of networkx or torch-geometric graphs and needs no run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite_graph.metrics.graph_mmd import mmd

_HOME = {"mmd": "graph_mmd"}

__all__ = ["mmd"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
