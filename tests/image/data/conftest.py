from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GANSUITE_CACHE", str(folder))
    return folder


@pytest.fixture
def root(tmp_path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


@pytest.fixture
def picture(root) -> Callable[..., np.ndarray]:
    """Write one file of seeded noise (or of given numbers) below the root; its numbers, [h, w] or [h, w, c]."""

    def write(name: str, shape=(6, 5, 3), seed: int = 0, values=None, mode: str | None = None, **how) -> np.ndarray:
        if values is None:
            values = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(values)
        (image.convert(mode) if mode else image).save(path, **how)
        return values

    return write
