"""One piece of a study's work, and what came of it."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gansuite.errors import Interrupted
from gansuite.plugins.wording import one_line, reason_of


@dataclass(frozen=True)
class Cell:
    """A task and its arguments, and where in the study's grid they stand.

    A task is a function ``task(folder, device, **arguments)`` that returns a mapping with ``metrics`` and whatever
    else belongs into the cell's record. It keeps its files in ``folder`` and, called again after an interruption,
    goes on from there.

    Args:
        task: ``"package.module:function"``.
        arguments: plain values; with the task they are the cell's identity.
        label: the row of the table to which the cell belongs; the cells of a row differ in their seed.
        factors: the level of every factor of the grid, by name.
        seed: which repetition it is; None where there are none.
    """

    task: str
    arguments: Mapping[str, Any]
    label: str
    factors: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None

    @property
    def identity(self) -> str:
        """Hash of the task and its arguments: equal work is done once, whatever it is called."""
        text = json.dumps([self.task, self.arguments], sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def name(self) -> str:
        """A name for a person."""
        return self.label if self.seed is None else f"{self.label} seed {self.seed}"

    def folder(self, root: Path) -> Path:
        """The cell's own folder under ``root``: an existing one of equal work, else one that tells what is in it."""
        known = sorted(root.glob(f"*-{self.identity}"))
        words = re.sub(r"[^A-Za-z0-9.]+", "-", self.name).strip("-.")[:56] or "cell"
        return known[0] if known else root / f"{words}-{self.identity}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a worker."""
        return asdict(self)


@dataclass(frozen=True)
class Result:
    """What came of a cell: a line of ``results.jsonl``. ``cpu_seconds`` are 0 where nobody counted them."""

    cell: str
    label: str
    seed: int | None
    factors: Mapping[str, Any]
    status: str
    reason: str | None = None
    cpu_seconds: float = 0.0
    seconds: float = 0.0
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    form: int = 0

    @property
    def name(self) -> str:
        """The cell's name for a person."""
        return self.label if self.seed is None else f"{self.label} seed {self.seed}"

    @property
    def finished(self) -> bool:
        return self.status == "finished"

    def as_dict(self) -> dict[str, Any]:
        """Plain values; what the task recorded besides its metrics stands beside them."""
        return asdict(self)


def form_of(task: str) -> int:
    """The form of what a task records: ``FORM`` of its module, raised when it records more; 0 where it has none."""
    return getattr(importlib.import_module(task.partition(":")[0]), "FORM", 0)


def folder_of(result: Result, folder: Path) -> Path:
    """The folder of a training run of a study that is kept in ``folder``, or of the one that was reused instead."""
    return folder / "runs" / str(result.record.get("folder", result.name))  # an absolute path stays itself


def play(cell: Cell, root: Path, device: str = "auto") -> Result:
    """Do a cell's work; what goes wrong is told in the result.

    Raises:
        Interrupted: a signal came. KeyboardInterrupt: likewise, where nothing could be saved.
    """
    module, _, name = cell.task.partition(":")
    task = getattr(importlib.import_module(module), name)
    began, cpu = time.perf_counter(), time.process_time()
    found: dict[str, Any] = {}
    status, reason = "finished", None
    try:
        found = dict(task(cell.folder(root), device, **cell.arguments))
    except Interrupted:
        raise
    except (Exception, SystemExit) as error:
        known = type(error).__module__ == "gansuite.errors"
        status, reason = "failed", one_line(error) if known else reason_of(error)
    spent = {"cpu_seconds": time.process_time() - cpu, "seconds": time.perf_counter() - began}
    # A task that was interrupted knows what it spent before; this process does not.
    spent |= {key: found.pop(key) for key in spent if key in found}
    return Result(
        cell.identity,
        cell.label,
        cell.seed,
        cell.factors,
        status,
        reason,
        **{key: round(value, 3) for key, value in spent.items()},
        metrics=found.pop("metrics", {}),
        record=found,
        form=form_of(cell.task),
    )
