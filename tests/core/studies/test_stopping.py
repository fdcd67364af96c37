"""A study that is asked to stop, at the moments when that is easily missed."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gansuite.errors import Interrupted
from gansuite.studies import conduct as conducting
from gansuite.studies import worker
from gansuite.studies.cell import Cell
from gansuite.studies.conduct import Stopped, conduct, stoppable
from gansuite.studies.grid import Grid, cells_of
from gansuite.studies.pool import Pool

CELL = Cell("os:nothing", {}, "nothing")


@pytest.fixture
def ignored():
    """The signals as a script's job in the background finds them."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_study_that_was_born_deaf(
    ignored: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(conducting, "play", lambda *cell: os.kill(os.getpid(), number))
    with pytest.raises(Interrupted, match="stopped with 0 of 1 runs") as caught:
        conduct([CELL], tmp_path, jobs=1)
    assert caught.value.exit_code == 128 + number
    assert signal.getsignal(number) is signal.SIG_IGN  # as it was


def test_no_handler_of_errors_holds_a_signal_back() -> None:
    def careless() -> None:
        """A task that takes whatever happens for a trifle."""
        with stoppable(), suppress(Exception):
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Stopped) as caught:
        careless()
    assert caught.value.signal == signal.SIGTERM


@pytest.mark.parametrize("leaves", [True, False])
def test_no_worker_is_started_once_the_pool_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaves: bool
) -> None:
    pool, started = Pool(1, tmp_path, "cpu"), []

    def take() -> Cell:
        """The last moment: the order is taken, its worker not yet started."""
        if leaves:
            pool.__exit__()
        return CELL

    def start() -> Any:
        started.append(True)
        raise InterruptedError

    monkeypatch.setattr(pool.orders, "get_nowait", take)
    monkeypatch.setattr(pool, "start", start)
    if leaves:
        pool.serve()
        assert pool.results.get_nowait() is None
    else:
        with pytest.raises(InterruptedError):
            pool.serve()
    assert started == [True] * (not leaves)


def test_a_worker_that_was_left_while_it_was_starting_plays_nothing(ring: str, tmp_path: Path) -> None:
    (cell,) = cells_of(Grid(recipes=[ring], seeds=1, set=["train.steps=1000000"]))
    files = [str(Path(ring).with_name("toyring.py"))]
    settings = json.dumps({"root": str(tmp_path), "device": "cpu", "installed": True, "files": files})
    deaf: Callable[[], Any] = lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)  # noqa: E731
    done = subprocess.run(
        [sys.executable, "-P", "-m", "gansuite.studies.worker", settings],
        input=json.dumps(cell.as_dict()) + "\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=deaf,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert all(int(path.name) < 10**6 for path in tmp_path.glob("*/checkpoints/*"))


def test_an_order_whose_giver_is_gone_before_it_is_begun_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[Any] = []

    class AtOnce:
        """A thread that has ended before its starter goes on: the listener has seen the end of the input."""

        def __init__(self, target: Callable[..., None], args: tuple, daemon: bool) -> None:
            self.start = lambda: target(*args)

    monkeypatch.setattr(worker.threading, "Thread", AtOnce)
    monkeypatch.setattr(worker.sys, "stdin", [json.dumps(CELL.as_dict()) + "\n"])
    monkeypatch.setattr(worker.os, "fdopen", lambda *how, **more: io.StringIO())
    monkeypatch.setattr(worker.os, "dup", lambda file: file)
    monkeypatch.setattr(worker.os, "dup2", lambda file, other: None)
    monkeypatch.setattr(worker, "configure", lambda **which: None)
    monkeypatch.setattr(worker, "play", lambda *cell: played.append(cell))
    before = signal.getsignal(signal.SIGINT)
    worker.main(json.dumps({"root": ".", "device": "cpu", "installed": False, "files": []}))
    signal.signal(signal.SIGINT, before)
    assert played == []
