"""What a finished run tells a study, read from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gansuite.folders import read_json
from gansuite.report.view import View

OF_METRIC = (
    "value",
    "low",
    "high",
    "direction",
    "floor",
    "untrained",
    "ideal",
    "normalised",
    "n_real",
    "n_fake",
    "extractor",
    "reference",
    "method",
)


def recorded(folder: Path) -> dict[str, Any]:
    """All that the tables and pages of studies need of a finished run.

    Returns:
        ``metrics``: by name each final estimate's value and interval, direction, values at the floor, of the untrained
        generator and at the ideal, the normalised value with its interval, sizes, extractor, reference and method;
        ``cpu_seconds`` of the whole run (0 where nobody counted them) and ``seconds`` by the clock; ``steps`` that were
        done of ``planned`` ones; ``trained_seconds``, the CPU-seconds of its rounds under a budget of them;
        ``batch_size``, ``moves`` of each turn a round, and ``draws``, the number of batches that each turn has had in
        all, so that draws x batch size are its gradient evaluations on samples; ``parameters`` of every player;
        ``plugin``, ``fingerprint`` of the data, ``versions``, ``device``, and the run's ``folder``.

    Raises:
        KeyError, TypeError: the folder holds no run that described itself.
    """
    view = View.load(folder)
    run, recipe = view.run, view.recipe
    last = {name: rows[-1] for name, rows in view.estimates.items()}
    return {
        "metrics": {name: {key: row.get(key) for key in OF_METRIC} for name, row in last.items()},
        "cpu_seconds": cpu_seconds(folder),
        "seconds": run["seconds"],
        "steps": run["step"],
        "planned": run["steps"],
        "trained_seconds": run.get("trained_seconds"),
        "batch_size": part(recipe, "data").get("batch_size"),
        "moves": part(recipe, "dynamics").get("moves"),
        "draws": run.get("draws"),
        "parameters": run["parameters"],
        "plugin": run["plugin"],
        "fingerprint": run["dataset"]["fingerprint"],
        "versions": run["versions"],
        "device": run["device"],
        "folder": folder.name,
    }


def part(recipe: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table of a recipe; empty where it is absent."""
    found = recipe.get(name)
    return found if isinstance(found, Mapping) else {}


def clock_of(folder: Path) -> Path:
    """The file in which a study's run keeps its CPU-seconds."""
    return folder / "cpu-seconds"


def cpu_seconds(folder: Path) -> float:
    """CPU-seconds of a study's run so far; 0 where none were counted."""
    file = clock_of(folder)
    return float(file.read_text()) if file.exists() else 0.0


def read_status(folder: Path) -> str | None:
    """What the run says of itself; None where it was killed before it could."""
    return read_json(folder / "run.json")["status"] if (folder / "run.json").exists() else None
