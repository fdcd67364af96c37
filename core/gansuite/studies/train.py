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
from gansuite.folders import is_run, read_json
from gansuite.recipes import read
from gansuite.report.view import View
from gansuite.runs import Run


class Clock(Observer):
    """CPU-seconds of a run over all its parts; what a kill undid is not counted, for it is done again."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "cpu-seconds"
        self.before = float(self.file.read_text()) if self.file.exists() else 0.0
        self.began = time.process_time()

    def saved(self, run: Run, step: int, folder: Path) -> None:
        self.file.write_text(f"{self.before + time.process_time() - self.began:.3f}\n")

    def finished(self, run: Run) -> None:
        self.saved(run, run.step, run.folder)


def train(folder: Path, device: str, *, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Run a recipe in ``folder``, or go on with the run that is there.

    Returns:
        ``metrics``: each final estimate's value, interval and direction by name; ``cpu_seconds``, ``seconds``,
        ``steps``, ``versions``, ``device``, and the run's ``folder``.
    """
    clock = Clock(folder)
    if not is_run(folder):
        api.run(read({**recipe, "name": folder.name[:64]}), out=folder, device=device, observers=[clock])
    elif read_status(folder) != "finished":
        api.resume(folder, device=device, observers=[clock])
    view = View.load(folder)
    last = {name: rows[-1] for name, rows in view.estimates.items()}
    wanted = ("value", "low", "high", "direction", "n_fake")
    return {
        "metrics": {name: {key: row.get(key) for key in wanted} for name, row in last.items()},
        "cpu_seconds": Clock(folder).before,
        "seconds": view.run["seconds"],
        "steps": view.run["step"],
        "versions": view.run["versions"],
        "device": view.run["device"],
        "folder": folder.name,
    }


def read_status(folder: Path) -> str | None:
    """What the run says of itself; None where it was killed before it could."""
    return read_json(folder / "run.json")["status"] if (folder / "run.json").exists() else None
