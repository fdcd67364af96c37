"""What the image plugin offers. Imports nothing heavy: targets are strings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gansuite.plugins import Component, hookimpl
from gansuite_image.components import data, evaluation, networks, presentation, recipes

AREAS = (data, networks, evaluation, presentation, recipes)
COMPONENTS: tuple[Component, ...] = tuple(each for area in AREAS for each in area.COMPONENTS)


@hookimpl
def gansuite_components() -> Iterable[Component]:
    """Datasets, networks, features and writers of pictures."""
    return COMPONENTS


@hookimpl
def gansuite_observers(run: Any) -> Iterable[Any]:
    """Samples that can be seen in TensorBoard."""
    from gansuite_image.observers import observers

    return observers(run)
