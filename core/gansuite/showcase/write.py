"""What a report shows of a run: samples, each one's nearest training item, and real ones to compare with."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from gansuite.engine.rng import Rng, seed_of
from gansuite.errors import UserError
from gansuite.metrics.evaluation import Evaluator
from gansuite.runs import Run
from gansuite.showcase.insights import INSIGHTS
from gansuite.showcase.translations import Translated, translate

SHOWN = 12


def write_showcase(run: Run, evaluator: Evaluator) -> None:
    """Write ``showcase.safetensors``: ``samples``, ``neighbours``, ``distances`` and held-out ``real``, [k, ...] each.

    Neighbours are nearest by the domain's features, so that a copy of a training item shows as such. Of a conditional
    model there are samples of every class as far as there is room, in the classes' order, and the metadata
    ``conditions`` names the class of each.

    Samples of a translator are translations of held-out ``sources``, with their ``targets`` where the data has pairs;
    of a translator between many domains each source has a sample in every domain, which ``conditions`` names.

    What the domain's ``insights`` name is added: ``saliency``, what the critic looks at in each sample, and
    ``traversals/...``, rows of samples that lie along the directions of the latent which change them most.
    """
    dataset = run.dataset
    seed = seed_of(run.recipe.seed, "samples")
    split = next(s for s in (run.recipe.evaluation.split, "valid", "train") if dataset.count(s))
    made, codes = made_of(run, split, seed)
    samples = made.samples
    nearest, distances = evaluator.nearest(samples)
    held_out = torch.arange(min(SHOWN, dataset.count(split)))
    tensors, names = {"samples": samples, "distances": distances, **made.shown}, {"split": split}
    if made.conditions:
        names["conditions"] = json.dumps(made.conditions)
    for name, part, index in (("neighbours", "train", nearest), ("real", split, held_out)):
        tensors[name] = dataset.batch(part, index.to(run.engine.device), None)["data"]
        names[name] = json.dumps([dataset.names(part)[i] for i in index.tolist()])
    for name in getattr(run.spec, "insights", ()):
        with suppress(UserError):  # not every game has what is looked into
            tensors |= INSIGHTS[name](run, made, codes, seed)
    save_file(
        {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()},
        run.folder / "showcase.safetensors",
        metadata=names,
    )


def made_of(run: Run, split: str, seed: int) -> tuple[Translated, Tensor | None]:
    """The samples to be shown, and their codes."""
    conditioning: Any = getattr(run.game, "conditioning", None)
    if hasattr(run.game, "translated"):
        return translate(run, split, SHOWN, seed), None
    codes, conditions = None, []
    if conditioning is not None:
        codes, conditions = conditioning.spread(SHOWN, Rng(seed, "conditions", device=run.engine.device))
    return Translated(run.sample(SHOWN, seed, condition=codes), conditions=conditions), codes
