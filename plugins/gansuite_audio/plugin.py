"""What the audio plugin offers. Imports nothing heavy: targets are strings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gansuite.plugins import Component, hookimpl
from gansuite_audio.components import data, evaluation, networks, presentation, recipes, representations

AREAS = (data, representations, networks, evaluation, presentation, recipes)
COMPONENTS: tuple[Component, ...] = tuple(each for area in AREAS for each in area.COMPONENTS)


@hookimpl
def gansuite_components() -> Iterable[Component]:
    """Datasets, networks, features and writers for sound."""
    return COMPONENTS


@hookimpl
def gansuite_observers(run: Any) -> Iterable[Any]:
    """Samples that can be heard in TensorBoard."""
    from gansuite_audio.observers import observers

    return observers(run)
