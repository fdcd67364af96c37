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
from gansuite.plugins.wording import counted
from gansuite.studies.cell import Cell, Result, form_of, play
from gansuite.studies.ledger import Ledger
from gansuite.studies.pool import Pool
from gansuite.studies.reuse import taken

Say = Callable[[str, str], object]
"""``say(line, kind)``: hears what else there is to say, of kind "" or "warning"."""
Tell = Callable[[Result, int, int], None]
"""``tell(result, ended, all)``: hears of every cell that ends."""


def conduct(
    cells: Sequence[Cell],
    folder: Path,
    *,
    jobs: int | None = None,
    device: str = "auto",
    tell: Tell = lambda result, ended, count: None,
    say: Say = lambda line, kind: None,
    reuse: Sequence[Path] = (),
) -> list[Result]:
    """The result of every cell, in the order of the cells.

    Each cell has its folder under ``folder/runs`` and, when it has ended, its line in ``folder/results.jsonl``; a
    cell that failed is tried again by the next call. Cells of equal work are done once. A line that cannot be read, or
    that an older gansuite wrote with less in it, is skipped and said; its run is read again, not trained again.

    Args:
        cells: what is to be done.
        folder: of the study.
        jobs: cells at a time, each in a process with one thread; by default as many as there are cores. 1: in this
            process, on one thread as well, so that the numbers are the same.
        device: as for ``gansuite.run``.
        tell: hears of every cell that ends.
        say: hears what was there before: results, lines that were skipped, runs that are reused.
        reuse: folders in which finished runs of equal recipes are looked for, instead of training them again.

    Raises:
        UserError: the folder cannot be written, or one of ``reuse`` is not there.
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
    waiting = left(list(alike.values()), ledger, reuse, say)
    before = len(alike) - len(waiting)
    if before and waiting:
        say(f"going on in {folder}: {before} of {len(alike)} runs are finished, {len(waiting)} left", "")
    try:
        with stoppable(), closing(work(waiting, root, jobs or cores(), device)) as results:
            for ended, result in enumerate(results, start=before + 1):
                ledger.add(result)
                tell(result, ended, len(alike))
    except (Interrupted, Stopped) as error:
        count = sum(current(ledger, cell) for cell in alike.values())
        raise Interrupted(
            f"stopped with {count} of {len(alike)} runs finished in {folder}; the same command goes on from there",
            error.signal,
        ) from error
    return [
        replace(ledger.results[cell.identity], label=cell.label, seed=cell.seed, factors=cell.factors) for cell in cells
    ]


def left(cells: Sequence[Cell], ledger: Ledger, reuse: Sequence[Path], say: Say) -> list[Cell]:
    """The cells that are still to be done, after what the ledger and other folders hold; what was skipped is said."""
    waiting = [cell for cell in cells if not current(ledger, cell)]
    older = sum(cell.identity in ledger.finished for cell in waiting)
    if ledger.skipped:
        say(
            f"{ledger.path}: {counted(ledger.skipped, 'line')} skipped, for {cannot(ledger.skipped)} be read", "warning"
        )
    if older:
        say(f"{ledger.path}: {counted(older, 'line')} of an older form skipped; the runs are read again", "warning")
    for result in taken(waiting, reuse, say):
        ledger.add(result)
    return [cell for cell in waiting if not current(ledger, cell)]


def current(ledger: Ledger, cell: Cell) -> bool:
    """Whether a cell's work is done and its line has all that its task records today."""
    result = ledger.results.get(cell.identity)
    return result is not None and result.finished and result.form == form_of(cell.task)


def cannot(count: int) -> str:
    """What is said of so many lines."""
    return "it cannot" if count == 1 else "they cannot"


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
