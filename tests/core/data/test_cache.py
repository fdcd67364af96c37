from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from gansuite.data.cache import cache_root, cached
from gansuite.errors import UserError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))


class Maker:
    def __init__(self, fail: bool = False) -> None:
        self.times, self.fail = 0, fail

    def __call__(self, folder: Path) -> None:
        self.times += 1
        (folder / "data").write_bytes(b"x" * 1000)
        if self.fail:
            raise RuntimeError("half way")


def test_a_thing_is_made_once():
    make = Maker()
    assert cached("thing", "key", make) == cached("thing", "key", make) == cache_root() / "thing" / "key"
    assert make.times == 1
    cached("thing", "other", make)
    assert make.times == 2


def test_a_damaged_folder_is_made_again():
    make = Maker()
    folder = cached("thing", "key", make)
    (folder / "data").write_bytes(b"x" * 999)
    assert (cached("thing", "key", make) / "data").stat().st_size == 1000
    (folder / "data").unlink()
    assert (cached("thing", "key", make) / "data").exists()
    assert make.times == 3


def test_what_failed_half_way_leaves_nothing():
    with pytest.raises(RuntimeError, match="half way"):
        cached("thing", "key", Maker(fail=True))
    assert not list((cache_root() / "thing").iterdir())


def test_two_that_make_the_same_end_with_one_folder():
    barrier = threading.Barrier(2)

    def make(folder: Path) -> None:
        barrier.wait(timeout=10)
        Maker()(folder)

    threads = [threading.Thread(target=cached, args=("thing", "key", make)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [folder.name for folder in (cache_root() / "thing").iterdir()] == ["key"]


def test_a_cache_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "file"))
    with pytest.raises(UserError, match="set GANSUITE_CACHE"):
        cached("thing", "key", Maker())


def test_a_full_disk_is_named():
    def make(folder: Path) -> None:
        raise OSError(28, os.strerror(28))

    with pytest.raises(UserError, match=r"No space left.*GANSUITE_CACHE"):
        cached("thing", "key", make)


def test_the_folder_follows_the_platform(monkeypatch):
    monkeypatch.delenv("GANSUITE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_root() == Path("/somewhere/gansuite")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_root() == Path.home() / ".cache" / "gansuite"
