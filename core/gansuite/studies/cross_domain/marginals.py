"""The reference that all cells of a domain share: samples with the right marginals and no dependence at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gansuite.build import build, choose_device, make_evaluator
from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng, seed_of
from gansuite.recipes import read

MOST = 4096
"""Training items from which the marginals are drawn."""


class Marginals:
    """x_j of an item drawn anew for every coordinate j: the law Π_j p(x_j), each p(x_j) that of the training data.

    It is what a model knows that has learnt every number's own law and nothing of how they hang together: white noise
    under the envelope of the sounds, pixels without strokes, letters by their place in the text, graphs of independent
    edges. No network has a part in it.
    """

    def __init__(self, dataset: Dataset, device: torch.device, seed: int = 0) -> None:
        count = min(MOST, dataset.count("train"))
        order = torch.randperm(
            dataset.count("train"), generator=torch.Generator().manual_seed(seed_of(seed, "marginals"))
        )
        self.spec, self.device = dataset.spec, device
        self.real = dataset.batch("train", order[:count].to(device), None)["data"]

    def __call__(self, n: int, seed: int) -> Tensor:
        """``n`` samples; a function of both."""
        rows = self.real.flatten(1)
        rng = Rng(seed, "marginals", device=self.device)
        which = (rng.uniform(n, rows.shape[1]) * len(rows)).long().clamp_max(len(rows) - 1)
        drawn = rows.gather(0, which).view(n, *self.real.shape[1:])
        return self.spec.tidied(drawn) if hasattr(self.spec, "tidied") else drawn


def measure(folder: Path, device: str, *, recipe: dict[str, Any]) -> dict[str, Any]:
    """A recipe's metrics of the product of its data's marginals: the task of a cell.

    Returns:
        ``metrics``: value, interval, direction and ``floor`` of each by name.
    """
    read_recipe = read({**recipe, "name": "marginals"})
    experiment = build(read_recipe, choose_device(device))
    evaluator = make_evaluator(read_recipe, experiment, strict=True)
    sampler = Marginals(experiment.dataset, experiment.engine.device)
    wanted = ("value", "low", "high", "direction", "floor", "n_fake")
    found = [estimate.as_dict() for estimate in evaluator.evaluate(sampler, 0)]
    return {"metrics": {each["name"]: {key: each[key] for key in wanted} for each in found}}
