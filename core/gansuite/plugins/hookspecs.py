"""The three hooks that carry every extension."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

from gansuite.plugins.component import Command, Component

if TYPE_CHECKING:
    from gansuite.engine.observer import Observer
    from gansuite.runs import Run

hookspec = pluggy.HookspecMarker("gansuite")
hookimpl = pluggy.HookimplMarker("gansuite")


@hookspec
def gansuite_components() -> Iterable[Component]:  # pyright: ignore[reportReturnType]
    """Return the components this plugin offers; called once per process, at the first look-up."""


@hookspec
def gansuite_commands() -> Iterable[Command]:  # pyright: ignore[reportReturnType]
    """Return additional commands; called for ``gansuite --help`` and for a command the core does not know."""


@hookspec
def gansuite_observers(run: Run) -> Iterable[Observer]:  # pyright: ignore[reportReturnType]
    """Return observers that follow ``run`` whatever its recipe says; called once per run, before step 0."""
