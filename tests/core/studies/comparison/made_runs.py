"""Folders of runs that nothing has trained: a log, samples of the ring, and what the ledger says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from gansuite.recipes import read
from gansuite.studies.cell import Result
from gansuite.studies.comparison.page import Task
from gansuite.studies.comparison.scores import Scores
from gansuite.studies.table import Table

STEPS = (100, 200, 300)
TABLE = Table(["", "fid ↓"], [["a", 1.5]])
PICTURE = '<svg class="figure" viewBox="0 0 700 90"></svg>'


def row(step: int, value: float, normalised: float | None = None, name: str = "fid", **more: Any) -> dict[str, Any]:
    """A line of metrics.jsonl."""
    scaled = None if normalised is None else {"value": normalised, "low": normalised - 0.1, "high": normalised + 0.1}
    told = {"low": value - 1, "high": value + 1, "n_real": 10, "direction": "min", "seconds": step / 10}
    return {"step": step, "name": name, "value": value, **told, "normalised": scaled, **more}


@cache
def recipe_text() -> str:
    return read("toy/ring-gan").to_toml()


def write_run(
    folder: Path, method: str, seed: int, rows: Sequence[Mapping[str, Any]], *, failed: bool = False, points: int = 500
) -> Result:
    """A run in the folder of a comparison, and its line in the ledger."""
    place = folder / "runs" / f"run-{len(list((folder / 'runs').glob('*')))}"
    place.mkdir(parents=True)
    (place / "recipe.toml").write_text(recipe_text())
    spec = {"labels": [], "picture": "scatter", "source": None, "dim": 2, "domain": "PointsSpec"}
    (place / "run.json").write_text(json.dumps({"plugin": "toy", "spec": spec, "seed": seed}))
    (place / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    rng = np.random.default_rng(seed)
    arrays = {name: rng.normal(size=(points, 2)).astype(np.float32) for name in ("samples", "real")}
    save_file(arrays, place / "showcase.safetensors")
    last = {row["name"]: dict(row) for row in rows}
    status, reason = ("failed", "out of memory") if failed else ("finished", None)
    return Result(
        place.name, method, seed, {}, status, reason, 1.0, 1.0, {} if failed else last, {"folder": place.name}
    )


def scores_of(values: Mapping[tuple[str, str], Sequence[float]]) -> Scores:
    """Scores with the seeds 0, 1, ...; what is not below 1 has collapsed."""
    methods, tasks = (tuple(dict.fromkeys(key[place] for key in values)) for place in (0, 1))
    arrays = {key: np.array(each, dtype=float) for key, each in values.items()}
    return Scores(
        methods,
        tasks,
        dict.fromkeys(tasks, "fid"),
        arrays,
        {key: each >= 1 for key, each in arrays.items()},
        {key: tuple(range(len(each))) for key, each in arrays.items()},
    )


def made(folder: Path, methods: list[str], tasks: list[str], seeds: int = 2) -> tuple[list[Task], dict]:
    """Tasks of runs whose scores fall with the step, better for later methods."""
    parts, values = [], {}
    for task in tasks:
        runs = {}
        for rank, method in enumerate(methods):
            last = [0.9 - 0.1 * rank + 0.02 * seed for seed in range(seeds)]
            rows = [[row(step, 9.0, end * (2 - step / STEPS[-1])) for step in STEPS] for end in last]
            runs[method] = [write_run(folder, method, seed, each) for seed, each in enumerate(rows)]
            values[method, task] = last
        parts.append(Task(task, TABLE, runs, "fid", PICTURE, [f"{task} says"]))
    return parts, values
