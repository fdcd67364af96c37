"""Made-up results of a sweep's runs."""

from __future__ import annotations

from pathlib import Path

from gansuite.studies.cell import Cell, Result


def value_of(cell: Cell) -> float:
    """The made-up result of a run: best at a rate of 0.01 and great width, and no two are equal."""
    recipe = cell.arguments["recipe"]
    rate, width = recipe["players"]["generator"]["optimizer"]["lr"], recipe["players"]["generator"]["width"]
    return abs(rate - 0.01) + 1 / width + 1e-6 * (recipe["seed"] % 1000)


def result_of(cell: Cell, value: float | None, direction: str = "min", reason: str | None = None) -> Result:
    """A run that ended with a value, or failed for a reason."""
    metrics = {} if value is None else {"kad": {"value": value, "direction": direction}}
    status = "finished" if reason is None else "failed"
    record = {"steps": 3, "folder": f"{cell.label}-{cell.identity}"}
    return Result(cell.identity, cell.label, cell.seed, cell.factors, status, reason, 1.0, 1.0, metrics, record)


def pretend(cell: Cell, root: Path, device: str) -> Result:
    """What stands in for a training."""
    return result_of(cell, value_of(cell))
