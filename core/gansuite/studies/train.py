"""The usual task of a cell: an ordinary run of a recipe, resumed where it was interrupted."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# What a first run would import in passing is imported now, so that it is not charged for it.
import torch._dynamo  # noqa: F401 - by the first optimiser

import gansuite.report.page  # noqa: F401
from gansuite import api
from gansuite.engine.observer import Observer
from gansuite.folders import is_run
from gansuite.recipes import read
from gansuite.runs import Run
from gansuite.studies.records import clock_of, cpu_seconds, read_status, recorded

FORM = 2
"""Of what :func:`train` records: lines of results.jsonl with an older one are read again from the runs' folders."""


class Clock(Observer):
    """CPU-seconds of a run over all its parts; what a kill undid is not counted, for it is done again."""

    def __init__(self, folder: Path) -> None:
        self.file, self.before = clock_of(folder), cpu_seconds(folder)
        self.began = time.process_time()

    def saved(self, run: Run, step: int, folder: Path) -> None:
        self.file.write_text(f"{self.before + time.process_time() - self.began:.3f}\n")

    def finished(self, run: Run) -> None:
        self.saved(run, run.step, run.folder)


def train(folder: Path, device: str, *, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Run a recipe in ``folder``, or go on with the run that is there.

    Returns:
        What :func:`~gansuite.studies.records.recorded` reads from the finished run.
    """
    clock = Clock(folder)
    if not is_run(folder):
        api.run(read({**recipe, "name": folder.name[:64]}), out=folder, device=device, observers=[clock])
    elif read_status(folder) != "finished":
        api.resume(folder, device=device, observers=[clock])
    return recorded(folder)
