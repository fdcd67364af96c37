"""The command line: ``main`` is the program, every command a module that is imported when it is called."""

from __future__ import annotations

from gansuite.cli.program import main

__all__ = ["main"]
