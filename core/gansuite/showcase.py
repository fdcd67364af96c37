"""What a report shows of a run: samples, each one's nearest training item, and real ones to compare with."""

from __future__ import annotations

import json
from typing import Any

import torch
from safetensors.torch import save_file

from gansuite.engine.rng import Rng, seed_of
from gansuite.metrics.evaluation import Evaluator
from gansuite.runs import Run

SHOWN = 12


def write_showcase(run: Run, evaluator: Evaluator) -> None:
    """Write ``showcase.safetensors``: ``samples``, ``neighbours``, ``distances`` and held-out ``real``, [k, ...] each.

    Neighbours are nearest by the domain's features, so that a copy of a training item shows as such. Of a conditional
    model there are samples of every class as far as there is room, in the classes' order, and the metadata
    ``conditions`` names the class of each.
    """
    dataset = run.dataset
    seed = seed_of(run.recipe.seed, "samples")
    conditioning: Any = getattr(run.game, "conditioning", None)
    codes, conditions = None, []
    if conditioning is not None:
        codes, conditions = conditioning.spread(SHOWN, Rng(seed, "conditions", device=run.engine.device))
    samples = run.sample(SHOWN, seed, condition=codes)
    nearest, distances = evaluator.nearest(samples)
    split = next(s for s in (run.recipe.evaluation.split, "valid", "train") if dataset.count(s))
    held_out = torch.arange(min(SHOWN, dataset.count(split)))
    tensors, names = {"samples": samples, "distances": distances}, {"split": split}
    if conditions:
        names["conditions"] = json.dumps(conditions)
    for name, part, index in (("neighbours", "train", nearest), ("real", split, held_out)):
        tensors[name] = dataset.batch(part, index.to(run.engine.device), None)["data"]
        names[name] = json.dumps([dataset.names(part)[i] for i in index.tolist()])
    save_file(
        {name: tensor.cpu().contiguous() for name, tensor in tensors.items()},
        run.folder / "showcase.safetensors",
        metadata=names,
    )
