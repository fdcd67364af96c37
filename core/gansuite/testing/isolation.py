"""A registry of one's own for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gansuite.plugins import registry as current
from gansuite.plugins.discovery import Plugin, Plugins
from gansuite.plugins.registry import Registry


@contextmanager
def isolated_plugins(**plugins: Any) -> Iterator[Registry]:
    """Only the core and the given plugins, whatever is installed; the former registry comes back afterwards.

    >>> with isolated_plugins() as registry:
    ...     [plugin.name for plugin in registry.plugins]
    ['core']

    Args:
        plugins: name to module (or any object) with hook implementations.
    """
    former = current._current
    host = Plugins()
    for name, module in plugins.items():
        host.add(Plugin(name, f"gansuite-{name}", "0"), lambda module=module: module)
    try:
        yield current.use(Registry(host))
    finally:
        current._current = former
