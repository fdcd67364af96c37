"""Fixtures by choice: ``pytest_plugins = ["gansuite.testing.fixtures"]`` in a conftest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gansuite.plugins.registry import Registry
from gansuite.testing.isolation import isolated_plugins


@pytest.fixture
def core_registry() -> Iterator[Registry]:
    """A registry with the core alone."""
    with isolated_plugins() as registry:
        yield registry
