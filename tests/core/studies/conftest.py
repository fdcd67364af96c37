"""Studies of the tiny ring, in an empty folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gansuite.plugins import registry

CLI = Path(__file__).parents[1] / "cli"
RING = str(CLI / "ring.toml")


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The recipe of the ring, with its plugin in use."""
    former = registry._current
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / ".cache"))
    monkeypatch.setenv("GANSUITE_PLUGINS", "")
    sys.modules.pop("toyring", None)
    registry.configure(files=[CLI / "toyring.py"])
    yield RING
    sys.modules.pop("toyring", None)
    registry._current = former
