from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gansuite_text.data.file import TextFile


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GANSUITE_CACHE", str(folder))
    return folder


@pytest.fixture
def texts(tmp_path) -> Callable[..., TextFile]:
    """The data set of a file of these lines."""

    def make(*lines: str, name: str = "texts.txt", **options) -> TextFile:
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return TextFile(path=str(tmp_path / name), **options)

    return make
