"""Cells in worker processes, each on one thread of one core."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from gansuite.plugins.registry import registry
from gansuite.studies.cell import Cell, Result

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Pool:
    """``jobs`` processes that share the work.

    A worker that dies (out of memory, a crash in a library) fails the cell it was at, and another one takes its
    place. Leaving the block while cells are being played closes the workers' input, at which they save them, and waits
    until they have. No signal is sent: one that meets a worker which is still starting may be lost.
    """

    def __init__(self, jobs: int, root: Path, device: str) -> None:
        host = registry().host
        settings = {
            "root": str(root),
            "device": device,
            "installed": host.installed,
            "files": [str(file) for file in host.files],
        }
        self.command = [sys.executable, "-P", "-m", "gansuite.studies.worker", json.dumps(settings)]
        self.log = root / "workers.log"
        self.orders: queue.Queue[Cell] = queue.Queue()
        self.results: queue.Queue[Result | None] = queue.Queue()
        self.workers: set[subprocess.Popen[str]] = set()
        self.leaving = False
        self.door = threading.Lock()  # between it and leaving, no worker is started and no order given
        self.threads = [threading.Thread(target=self.serve, daemon=True) for _ in range(jobs)]

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            with self.door:
                self.leaving = True
                for worker in self.workers:
                    close(worker)
            for thread in self.threads:
                if thread.is_alive():
                    thread.join()
        except KeyboardInterrupt:  # a second Ctrl-C does not wait
            for worker in list(self.workers):
                worker.kill()
            raise

    def play(self, cells: Sequence[Cell]) -> Iterator[Result]:
        """The results of the cells in the order in which they end."""
        for cell in cells:
            self.orders.put(cell)
        for thread in self.threads:
            thread.start()
        ended = 0
        while ended < len(self.threads):
            result = self.results.get()
            if result is None:
                ended += 1
            else:
                yield result

    def serve(self) -> None:
        """Hand cells to a worker until none is left."""
        worker: subprocess.Popen[str] | None = None
        try:
            while not self.leaving:
                try:
                    cell = self.orders.get_nowait()
                except queue.Empty:
                    break
                with self.door:
                    if self.leaving:
                        break
                    worker = worker or self.start()
                    order(worker, cell)
                answer = answer_of(worker)
                if answer:
                    self.results.put(Result(**json.loads(answer)))
                    continue
                code = self.end(worker)
                worker = None
                if not self.leaving:
                    self.results.put(failed(cell, code, self.log))
            if worker:
                self.end(worker)
        finally:  # whatever happens, nobody waits for this thread in vain
            self.results.put(None)

    def start(self) -> subprocess.Popen[str]:
        """A worker in a session of its own, so that Ctrl-C reaches it through us, once."""
        with self.log.open("a") as log:
            worker = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **dict.fromkeys(THREADS, "1")},
                text=True,
                start_new_session=True,
            )
        self.workers.add(worker)
        return worker

    def end(self, worker: subprocess.Popen[str]) -> int:
        """Let a worker go; its exit code."""
        with self.door:
            close(worker)
            self.workers.discard(worker)
        assert worker.stdout
        worker.stdout.close()
        return worker.wait()


def order(worker: subprocess.Popen[str], cell: Cell) -> None:
    """Give a worker a cell; one that is gone has no answer to be read."""
    assert worker.stdin
    with suppress(OSError):
        worker.stdin.write(json.dumps(cell.as_dict()) + "\n")
        worker.stdin.flush()


def answer_of(worker: subprocess.Popen[str]) -> str:
    """A cell's result as a line; empty where the worker ended instead."""
    assert worker.stdout
    return worker.stdout.readline()


def close(worker: subprocess.Popen[str]) -> None:
    """Tell a worker that there is no more to do, and to save what it is at."""
    assert worker.stdin
    with suppress(OSError):
        worker.stdin.close()


def failed(cell: Cell, code: int, log: Path) -> Result:
    """The result of a cell whose worker died."""
    how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    reason = f"its process ended {how}; {log} may tell why"
    return Result(cell.identity, cell.label, cell.seed, cell.factors, "failed", reason)
