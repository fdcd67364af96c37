"""Results of runs that were never run: what a comparison reads, with numbers that are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gansuite.studies.cell import Result
from gansuite.studies.comparison.rows import Row

FLOOR, UNTRAINED = 2.0, 12.0
"""Of every metric made here: a score of 0.1 is a value of 3."""


def estimate(score: float | None, **others: Any) -> dict[str, Any]:
    """A metric's record with this normalised value; None: what could not be measured."""
    value = None if score is None else FLOOR + score * (UNTRAINED - FLOOR)
    scaled = None if score is None else {"value": score, "low": score - 0.0196, "high": score + 0.0196}
    ends = {"floor": FLOOR, "untrained": UNTRAINED, "ideal": None}
    width = {} if value is None else {"low": value - 0.196, "high": value + 0.196}
    return {"value": value, "direction": "min", **width, **ends, "normalised": scaled, "n_fake": 100, **others}


def run(seed: int, score: float | None, label: str = "a", metric: str = "fid", **record: Any) -> Result:
    """A finished run."""
    return Result(
        f"{label}-{seed}", label, seed, {}, "finished", cpu_seconds=2.0 + seed, seconds=3.0,
        metrics={metric: estimate(score)},
        record={
            "steps": 100, "batch_size": 8, "draws": {"critic": 200, "generator": 100},
            "parameters": {"generator": 50, "critic": 70}, "fingerprint": "same", "plugin": "toy", "device": "cpu",
            "versions": {"torch": "2"}, **record,
        },
    )  # fmt: skip


def failed(seed: int, label: str = "a") -> Result:
    """A run that failed."""
    return Result(f"{label}-{seed}", label, seed, {}, "failed", "it broke")


def row(task: str, method: str, scores: Sequence[float | str | None], metric: str = "fid") -> Row:
    """Runs with these scores, seeds from 0: None could not be measured, "failed" did not end."""
    label = f"{task} {method}"
    runs = [
        failed(seed, label) if isinstance(each, str) else run(seed, each, label, metric)
        for seed, each in enumerate(scores)
    ]
    return Row(label, runs, None, task, method)
