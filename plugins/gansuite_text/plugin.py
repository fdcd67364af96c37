"""What the text plugin offers. Imports nothing heavy: targets are strings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gansuite.plugins import Component, hookimpl
from gansuite_text.components import data, evaluation, games, networks, recipes, representations

AREAS = (data, representations, networks, games, evaluation, recipes)
COMPONENTS = tuple(each for area in AREAS for each in area.COMPONENTS)


@hookimpl
def gansuite_components() -> Iterable[Component]:
    """Datasets, networks, games, metrics, features and writers for text."""
    return COMPONENTS


@hookimpl
def gansuite_observers(run: Any) -> Iterable[Any]:
    """Alarms for texts that repeat themselves or narrow."""
    from gansuite_text.observers import observers

    return observers(run)
