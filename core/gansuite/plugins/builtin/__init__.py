"""What the core itself offers, through the same hook as every plugin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gansuite.plugins.builtin import (
    choices,
    conditioning,
    data,
    dynamics,
    evaluation,
    games,
    growth,
    inputs,
    layers,
    objectives,
    penalties,
    studies,
    training,
    translation,
)
from gansuite.plugins.component import Component
from gansuite.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from gansuite.engine.observer import Observer
    from gansuite.runs import Run

GROUPS = (
    data,
    objectives,
    penalties,
    inputs,
    conditioning,
    growth,
    games,
    translation,
    choices,
    dynamics,
    layers,
    training,
    evaluation,
    studies,
)
COMPONENTS: tuple[Component, ...] = tuple(each for group in GROUPS for each in group.COMPONENTS)


@hookimpl
def gansuite_components() -> Iterable[Component]:
    """The core's own components."""
    return COMPONENTS


@hookimpl
def gansuite_observers(run: Run) -> Iterable[Observer]:
    """TensorBoard's scalars wherever it is installed, unless the recipe has placed the observer itself."""
    from gansuite.engine.observers.tensorboard import TensorBoard, installed

    placed = any(bound.entry.component.name == "tensorboard" for bound in run.recipe.observers)
    return [TensorBoard()] if installed() and not placed else []
