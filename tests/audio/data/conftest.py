from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GANSUITE_CACHE", str(folder))
    return folder


@pytest.fixture
def root(tmp_path) -> Path:
    folder = tmp_path / "sounds"
    folder.mkdir()
    return folder


@pytest.fixture
def sound(root) -> Callable[..., np.ndarray]:
    """Write one file of seeded noise (or of given int16 frames) below the root and return its frames."""

    def write(name: str, frames: int = 1000, channels: int = 1, rate: int = 16000, seed: int = 0, values=None, **how):
        if values is None:
            values = np.random.default_rng(seed).integers(-8000, 8000, (frames, channels)).astype(np.int16)
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, values, rate, **how)
        return values

    return write
