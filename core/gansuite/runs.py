"""A run: an experiment in a folder, at a step, with everything that the next step depends on."""

from __future__ import annotations

import errno
import json
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from gansuite import __version__
from gansuite.build import Experiment
from gansuite.engine import checkpoint
from gansuite.errors import RunError, UserError
from gansuite.folders import read_json, write_text
from gansuite.lending import lender
from gansuite.metrics.estimate import Estimate
from gansuite.recipes import Recipe
from gansuite.weights import load_weights, named_weights

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)


class Run(Experiment):
    """An experiment in a folder, at a step."""

    def __init__(self, experiment: Experiment, recipe: Recipe, folder: Path) -> None:
        super().__init__(**vars(experiment))
        self.recipe, self.folder = recipe, folder
        self.step = 0
        self.steps = sum(stage.rounds for stage in self.stages)
        self.began = time.perf_counter()
        self.before = 0.0
        self.trained_seconds = 0.0
        self.lend = lender(self, recipe, self.dataset, folder)

    @property
    def seconds(self) -> float:
        """Seconds of work so far, those before a resume included."""
        return self.before + time.perf_counter() - self.began

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes."""
        return self.engine.ranks.rank == 0

    # The state: everything that the next step depends on.

    def save(self) -> Path:
        """Write a checkpoint of this step (called by every rank); refuses weights that are no longer finite."""
        weights = named_weights(self)
        for name, weight in weights.items():
            if weight.is_floating_point() and not bool(weight.isfinite().all()):
                raise RunError(f"step {self.step}: {name} is no longer finite; {self.last_good()}")
        state = {
            "players": {name: player.state_dict() for name, player in self.players.items()},
            "dynamics": [stage.dynamics.state_dict() for stage in self.stages],
            "engine": self.engine.state_dict(),
            "seconds": self.seconds,
            "trained_seconds": self.trained_seconds,
            "rows": self.log.stat().st_size if self.log.exists() else 0,
        }

        def write() -> Path:
            try:
                return checkpoint.save(self.checkpoints, self.step, weights, state, self.recipe.train.keep)
            except RunError as error:
                raise RunError(f"{error}; {self.last_good()}; {self.remedy()}") from error

        return self.engine.ranks.lead(write)

    def last_good(self) -> str:
        """Where to go on after a failure, in words."""
        steps = [int(path.name) for path in checkpoint.complete(self.checkpoints)]
        return (
            f"the last good checkpoint is step {steps[0]} in {self.folder}"
            if steps
            else "no checkpoint was written yet"
        )

    @property
    def resume_command(self) -> str:
        """What continues this run."""
        return f"gansuite run --resume {self.folder}"

    def remedy(self) -> str:
        """What to do where the disk is full, in words."""
        return f"make room, then continue with {self.resume_command}"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Tell what a full or closed disk does to a run in one line.

        Raises:
            UserError: the folder cannot be written from the first. RunError: it no longer can be.
        """
        began = self.step
        try:
            yield
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise
            raise (RunError if self.step > began else UserError)(
                f"{self.folder} cannot be written: {checkpoint.reason(error)}; {self.last_good()}; {self.remedy()}"
            ) from error

    def restore(self) -> None:
        """Continue from the newest sound checkpoint: the next step is the one that would have come."""
        step, weights, state = checkpoint.load(self.checkpoints, next(self.game.parameters()).device)
        load_weights(self, weights)
        for name, player in self.players.items():
            player.load_state_dict(state["players"][name])
        for stage, remembered in zip(self.stages, state["dynamics"], strict=True):
            stage.dynamics.load_state_dict(remembered)
        self.engine.load_state_dict(state["engine"])
        self.step, self.before = step, state["seconds"]
        self.trained_seconds = state.get("trained_seconds", 0.0)
        if self.first and self.log.exists():
            os.truncate(self.log, min(state["rows"], self.log.stat().st_size))

    # The files.

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def log(self) -> Path:
        return self.folder / "metrics.jsonl"

    def write_rows(self, rows: Sequence[Mapping[str, Any]], step: int | None = None) -> None:
        """Append to ``metrics.jsonl``, one object a line; of this step, or of the one that is named."""
        step = self.step if step is None else step
        with self.log.open("a") as file:
            for row in rows:
                file.write(json.dumps({"step": step, **row, "seconds": round(self.seconds, 3)}) + "\n")

    def write_terms(self, terms: Mapping[str, float]) -> None:
        self.write_rows([{"name": name, "value": value, "low": None, "high": None} for name, value in terms.items()])

    def write_estimates(self, estimates: Sequence[Estimate], step: int) -> None:
        self.write_rows([estimate.as_dict() for estimate in estimates], step)

    def describe(self, status: str) -> dict[str, Any]:
        """What ``run.json`` says of this run."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        known = read_json(self.folder / "run.json") if (self.folder / "run.json").exists() else {}
        return {
            "name": self.recipe.name,
            "plugin": self.recipe.plugin or self.recipe.data.domain.plugin,
            "versions": {
                "gansuite": __version__,
                "python": platform.python_version(),
                "torch": torch.__version__,
                **self.recipe.distributions(),
            },
            "device": device_name(self.engine.device),
            "threads": torch.get_num_threads(),
            "processes": self.engine.ranks.world,
            "precision": self.engine.precision,
            "seed": self.recipe.seed,
            "spec": self.spec.as_dict(),
            "dataset": {**self.dataset.summary, "fingerprint": self.dataset.fingerprint},
            "parameters": {n: sum(p.numel() for p in player.parameters) for n, player in self.players.items()},
            "draws": dict(self.engine.counts),
            "step": self.step,
            "steps": self.steps,
            "trained_seconds": None if self.recipe.train.seconds is None else round(self.trained_seconds, 3),
            "skipped_moves": self.engine.skipped,
            "status": status,
            "started": known.get("started", now),
            "finished": now if status == "finished" else None,
            "seconds": round(self.seconds, 3),
        }

    def write_description(self, status: str) -> None:
        write_text(self.folder / "run.json", json.dumps(self.describe(status), indent=1) + "\n")


def device_name(device: torch.device) -> str:
    """``cpu`` or ``cuda:0 (NVIDIA H200)``."""
    return f"{device} ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else str(device)
