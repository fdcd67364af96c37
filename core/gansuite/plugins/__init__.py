"""Everything a recipe can name comes through here; this package imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gansuite.plugins.component import KINDS, Command, Component, Kind, Ref

if TYPE_CHECKING:
    from gansuite.plugins.hookspecs import hookimpl

__all__ = ["KINDS", "Command", "Component", "Kind", "Ref", "hookimpl"]


def __getattr__(name: str) -> Any:
    """Import pluggy with the first plugin: ``gansuite --version`` needs none."""
    if name == "hookimpl":
        from gansuite.plugins.hookspecs import hookimpl

        return hookimpl
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
