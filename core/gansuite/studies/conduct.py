"""A study's cells, done: those that were, are not done again; those that were interrupted, go on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from gansuite.errors import Interrupted, UserError
from gansuite.studies.cell import Cell, Result, play
from gansuite.studies.ledger import Ledger
from gansuite.studies.pool import Pool

Tell = Callable[[Result, int, int], None]
"""``tell(result, ended, all)``: hears of every cell that ends."""


def conduct(
    cells: Sequence[Cell],
    folder: Path,
    *,
    jobs: int | None = None,
    device: str = "auto",
    tell: Tell = lambda result, ended, count: None,
) -> list[Result]:
    """The result of every cell, in the order of the cells.

    Each cell has its folder under ``folder/runs`` and, when it has ended, its line in ``folder/results.jsonl``; a
    cell that failed is tried again by the next call. Cells of equal work are done once.

    Args:
        cells: what is to be done.
        folder: of the study.
        jobs: cells at a time, each in a process with one thread; by default as many as there are cores. 1: in this
            process, on one thread as well, so that the numbers are the same.
        device: as for ``gansuite.run``.
        tell: hears of every cell that ends.

    Raises:
        UserError: the folder cannot be written.
        Interrupted: a signal came; what had ended is kept, and what was going on is saved.
    """
    root = folder / "runs"
    try:
        root.mkdir(parents=True, exist_ok=True)
        ledger = Ledger(folder / "results.jsonl")
    except OSError as error:
        raise UserError(f"--out {folder}: cannot be written ({error.strerror}); name another folder") from error
    alike: dict[str, Cell] = {}
    for cell in cells:
        alike.setdefault(cell.identity, cell)
    waiting = [cell for key, cell in alike.items() if key not in ledger.finished]
    before = len(alike) - len(waiting)
    try:
        with stoppable(), closing(work(waiting, root, jobs or cores(), device)) as results:
            for ended, result in enumerate(results, start=before + 1):
                ledger.add(result)
                tell(result, ended, len(alike))
    except (Interrupted, Stopped) as error:
        count = len(alike.keys() & ledger.finished)
        raise Interrupted(
            f"stopped with {count} of {len(alike)} runs finished in {folder}; the same command goes on from there",
            error.signal,
        ) from error
    return [
        replace(ledger.results[cell.identity], label=cell.label, seed=cell.seed, factors=cell.factors) for cell in cells
    ]


def work(cells: Sequence[Cell], root: Path, jobs: int, device: str) -> Generator[Result]:
    """The results as they come."""
    if min(jobs, len(cells)) > 1:
        with Pool(min(jobs, len(cells)), root, device) as pool:
            yield from pool.play(cells)
    else:
        with one_thread():
            for cell in cells:
                yield play(cell, root, device)


class Stopped(KeyboardInterrupt):
    """A signal asked for the end; no ``except Exception`` on the way holds it back."""

    def __init__(self, signal: int) -> None:
        super().__init__()
        self.signal = signal


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGINT and SIGTERM as ``Stopped``, as long as the context lasts.

    A process that a script starts in the background is born with SIGINT ignored, and Python leaves it so.
    """

    def stop(number: int, frame: Any) -> None:
        raise Stopped(number)

    before: dict[int, Any] = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, stop)
    except ValueError:  # not the main thread: signals are its owner's business
        before = {}
    try:
        yield
    except KeyboardInterrupt as error:  # raised by an owner's own handler
        raise error if isinstance(error, Stopped) else Stopped(signal.SIGINT) from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread, as a worker does: sums over more have other last bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
