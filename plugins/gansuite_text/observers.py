"""Alarms that a run of texts is watched by: repetition, and an entropy that falls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from gansuite.engine.observer import Observer
from gansuite.engine.rng import seed_of
from gansuite.folders import write_text
from gansuite_text.repetition import alarms, repetition
from gansuite_text.spec import TextSpec

if TYPE_CHECKING:
    from gansuite.runs import Run

LOOKED_AT = 500
FELL = 0.5
"""Share of the highest entropy of the run, below which the model has narrowed."""
FILE = "alarms.json"


class Watch(Observer):
    """At each set of samples: how many of 500 texts repeat, and the model's entropy; alarms in a file of their own."""

    def sampled(self, run: Run, step: int, samples: Any, folder: Path) -> None:
        spec, data = run.dataset.spec, run.dataset
        x = run.sample(LOOKED_AT, seed_of(run.recipe.seed, "alarms"))
        split = next(s for s in ("valid", "test", "train") if data.count(s))
        index = torch.arange(min(LOOKED_AT, data.count(split)), device=run.engine.device)
        real = data.batch(split, index, None)["data"]
        made, mark = repetition(x, spec.mask(x)), repetition(real, spec.mask(real))
        terms, told = {"texts/looping": made.looping, "texts/repeated": made.repeated}, alarms(made, mark)
        with run.at_rest() as game:
            log_prob, count = game.log_prob(x), game.choices(x)
        if log_prob is not None and count is not None:
            entropy = float(-log_prob.sum() / count.sum())
            terms["texts/entropy"] = entropy
            highest = max([entropy, *self.entropies(run)])
            if entropy < FELL * highest:
                fall = f"from {highest:.2f} to {entropy:.2f} nats a token"
                told.append(f"The entropy fell {fall}: the model has narrowed.")
        run.write_terms(terms)
        found = {"step": step, "generated": made.as_dict(), "real": mark.as_dict(), "alarms": told}
        write_text(run.folder / FILE, json.dumps(found, indent=1) + "\n")

    def entropies(self, run: Run) -> list[float]:
        """Those that were noted before, after pre-training by likelihood had begun to narrow it from noise."""
        before = getattr(run.game, "pretraining", {})
        before = before.get("likelihood", 0) if isinstance(before, dict) else before
        rows = [json.loads(line) for line in run.log.read_text().splitlines()] if run.log.exists() else []
        return [row["value"] for row in rows if row["name"] == "texts/entropy" and row["step"] >= before > 0]


def observers(run: Any) -> list[Observer]:
    """What follows a run of texts; nothing for other domains."""
    return [Watch()] if isinstance(run.dataset.spec, TextSpec) else []
