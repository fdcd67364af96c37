"""Who works at what: claims as files that beat, so that nothing is done twice and nobody's death loses anything."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gansuite.folders import write_text

STALE = 60.0
"""Seconds without a beat after which a worker is taken for dead."""


@dataclass(frozen=True)
class Claim:
    """The right to do a piece of work, as long as its file beats and no later claim is there.

    Args:
        folder: of all claims.
        name: of the work.
        turn: how many claims there were before.
        deaths: how many of those ended without a word.
    """

    folder: Path
    name: str
    turn: int
    deaths: int

    @property
    def path(self) -> Path:
        return path_of(self.folder, self.name, self.turn)

    @property
    def lost(self) -> bool:
        """Whether somebody else took the work over, having heard nothing from here for too long."""
        return path_of(self.folder, self.name, self.turn + 1).exists()

    def beat(self) -> None:
        """Say that the work goes on: the file's time becomes now, by the clock of the file system."""
        with suppress(OSError):  # a server that is away for a moment; the next beat may reach it
            os.utime(self.path)

    def release(self) -> None:
        """Give the work back unfinished, or finished: the next claim waits for nothing."""
        write_text(self.path, json.dumps({**whoami(), "released": True}))

    @contextmanager
    def kept(self, every: float, lost: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Beat in a thread of its own; ``lost()`` is called there, once, when the work was taken over."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(every):
                if self.lost:
                    lost()
                    return
                self.beat()

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


class Claims:
    """The claims of a folder that all workers see.

    A claim is the creation of the file ``NAME.TURN``, which the file system grants to one (``O_EXCL``). The one with
    the highest turn holds the work. Where it was released, or has not beaten for ``stale`` seconds, the file of the
    next turn may be created, again by one: no lock is ever removed, so none can be removed too late. Times are compared
    by the file system's own clock, for those of machines differ.
    """

    def __init__(self, folder: Path, stale: float = STALE) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.stale = folder, stale
        self.clock = folder / f".clock-{uuid.uuid4().hex}"

    def take(self, name: str) -> Claim | None:
        """Claim a piece of work; None where another has it."""
        turn, deaths, now = 0, 0, None
        while (path := path_of(self.folder, name, turn)).exists():
            if not released(path):
                now = self.now() if now is None else now
                last = not path_of(self.folder, name, turn + 1).exists()
                if last and now - path.stat().st_mtime <= self.stale:
                    return None
                deaths += 1
            turn += 1
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        except FileExistsError:
            return None
        with os.fdopen(descriptor, "w") as file:
            file.write(json.dumps(whoami()))
        return Claim(self.folder, name, turn, deaths)

    def bury(self, process: int) -> None:
        """Silence the claims of a process of this machine that is known to be dead, so that nobody waits for it."""
        dead = {"host": socket.gethostname(), "process": process}
        for path in self.files():
            if dead.items() <= contents(path).items():
                os.utime(path, (0, 0))

    def files(self) -> list[Path]:
        """All claims that were ever made."""
        return [path for path in self.folder.iterdir() if not path.name.startswith(".")]

    def now(self) -> float:
        """The time by the file system's clock."""
        self.clock.touch()
        return self.clock.stat().st_mtime

    def close(self) -> None:
        """Leave nothing but claims."""
        self.clock.unlink(missing_ok=True)


def path_of(folder: Path, name: str, turn: int) -> Path:
    """The file of a claim."""
    return folder / f"{name}.{turn}"


def released(path: Path) -> bool:
    """Whether a claim was given back; one that is being written says nothing yet."""
    return bool(contents(path).get("released"))


def contents(path: Path) -> dict[str, object]:
    """What a claim says; nothing where it is being written."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def whoami() -> dict[str, object]:
    """For a person who looks into a claim."""
    return {"host": socket.gethostname(), "process": os.getpid(), "time": round(time.time(), 3)}
