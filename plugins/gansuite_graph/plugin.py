"""What the graph plugin offers. Imports nothing heavy: targets are strings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gansuite.plugins import Component, hookimpl
from gansuite_graph.components import data, evaluation, games, networks, recipes

COMPONENTS = tuple(each for group in (data, networks, games, evaluation, recipes) for each in group.COMPONENTS)


@hookimpl
def gansuite_components() -> Iterable[Component]:
    """Datasets, networks, games, metrics, features and writers for graphs."""
    return COMPONENTS


@hookimpl
def gansuite_observers(run: Any) -> Iterable[Any]:
    """Alarms for sets of graphs that collapse or copy, and for walks that leave their graph."""
    from gansuite_graph import observers
    from gansuite_graph.walks import watch

    return [*observers.observers(run), *watch.observers(run)]
