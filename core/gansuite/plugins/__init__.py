"""Everything a recipe can name comes through here; this package imports nothing heavy."""

from __future__ import annotations

from gansuite.plugins.component import KINDS, Command, Component, Kind, Ref
from gansuite.plugins.hookspecs import hookimpl

__all__ = ["KINDS", "Command", "Component", "Kind", "Ref", "hookimpl"]
