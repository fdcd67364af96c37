"""The trained model itself, lent to metrics that examine it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file

from gansuite.build import Experiment, Model, build, build_model
from gansuite.data.dataset import Dataset
from gansuite.engine import checkpoint
from gansuite.engine.ranks import Ranks
from gansuite.games.game import Game
from gansuite.metrics.evaluation import Examine
from gansuite.metrics.subject import Subject
from gansuite.recipes import Recipe
from gansuite.representations.represented import represented
from gansuite.weights import load_weights


def lender(model: Model, recipe: Recipe, dataset: Dataset, folder: Path | None = None) -> Examine:
    """What lends ``model``: in evaluation mode, averaged weights in place, no parameter asking for a gradient.

    Args:
        model: as it is when it is lent.
        recipe: from which twins are built that go on training.
        dataset: the real samples.
        folder: of the run, whose checkpoints are lent as well.
    """

    @contextmanager
    def lend(split: str, n: int, seed: int) -> Iterator[Subject]:
        parameters = [p for p in model.game.parameters() if p.requires_grad]
        device = next(model.game.parameters()).device
        trained = model.game.state_dict()  # no copies: the average trades places with these, and writes into none

        def twin() -> Experiment:
            other = build(recipe, device, Ranks.alone(), dataset)
            other.game.load_state_dict(trained)
            return other

        with model.at_rest() as game:
            for parameter in parameters:
                parameter.requires_grad_(False)
            try:
                subject = Subject(game, represented(dataset, model.representation), split, n, device, twin, seed=seed)
                if folder:
                    saved = folder / "checkpoints"
                    steps = sorted(int(path.name) for path in checkpoint.complete(saved))
                    restore = restorer(recipe, dataset, saved, device)
                    subject = replace(subject, steps=steps, at=restore, folder=folder)
                yield subject
            finally:
                for parameter in parameters:
                    parameter.requires_grad_(True)

    return lend


def restorer(recipe: Recipe, dataset: Dataset, saved: Path, device: torch.device) -> Callable[[int], Game]:
    """What gives the game of a saved step, averaged weights in place; one model, loaded anew each time."""
    kept: list[Model] = []

    def at(step: int) -> Game:
        if not kept:
            kept.append(build_model(recipe, dataset.spec, device))
            kept[0].game.eval().requires_grad_(False)
        model = kept[0]
        load_weights(model, load_file(saved / checkpoint.name(step) / checkpoint.FILES[0], device=str(device)))
        if model.average:
            model.average.swap()
        return model.game

    return at
