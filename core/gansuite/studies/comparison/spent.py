"""What the runs have spent: steps, gradients on samples, parameters, CPU time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gansuite.studies.cell import Result
from gansuite.studies.comparison.rows import Row


def evaluations(run: Result) -> dict[str, int]:
    """Samples on which each turn's gradient was taken: batches that it has had, times their size.

    Turns that move together have their batches together, and look-aheads their own. A run that an older gansuite made
    did not count its batches: of it they are rounds times moves.
    """
    steps, moves, size = (run.record.get(key) for key in ("steps", "moves", "batch_size"))
    draws = run.record.get("draws") or {turn: count * (steps or 0) for turn, count in (moves or {}).items()}
    return {turn: count * size for turn, count in draws.items()} if size else {}


def size(run: Result) -> int | None:
    """Parameters of all players of a run."""
    found = run.record.get("parameters")
    return sum(found.values()) if found else None


def unequal(rows: Sequence[Row]) -> list[str]:
    """What the methods of one task did not spend alike, with the least and the greatest: ``CPU-seconds 3.1 to 9.8``."""
    runs = [run for row in rows for run in row.finished]
    exact = {
        "steps": [run.record.get("steps") for run in runs],
        "samples that gradients were taken on": [sum(evaluations(run).values()) for run in runs],
        "parameters": [size(run) for run in runs],
    }
    told = []
    for name, found in exact.items():
        known = [value for value in found if value]
        if len(set(known)) > 1:
            told.append(f"{name} {min(known):,} to {max(known):,}")
    means = [row.cpu_seconds.value for row in rows if row.cpu_seconds]
    if len(means) > 1 and max(means) > 1.1 * min(means):
        told.append(f"CPU-seconds {min(means):.3g} to {max(means):.3g}")
    return told


def same(values: Sequence[Any]) -> Any:
    """What all values are; None where they differ or there are none."""
    texts = {json.dumps(value, sort_keys=True) for value in values}
    return values[0] if len(texts) == 1 else None
