"""Every recipe of texts: it is read, all of its turns are played, and its rounds need no host."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from gansuite.recipes import read
from gansuite.testing.device import play_on_meta

ROOT = Path(__file__).parents[2] / "recipes"
FILES = [ROOT / "seqgan.toml", *sorted((ROOT / "text").glob("*.toml"))]
SMALL = ["data.batch_size=20", "train.steps=100"]  # RankGAN takes 16 references


def short(path: Path) -> list[str]:
    """Settings that leave one round to each stage, so that all turns come in a few rounds."""
    before: Any = read(path).game.options.get("pretraining")
    if isinstance(before, dict):
        return [f"game.pretraining={{{', '.join(f'{name} = 1' for name, rounds in before.items() if rounds)}}}"]
    return ["game.pretraining=1"] if before else []


# The library transformers asks its positions whether texts were packed, and waits for the answer.
ALONE = [path for path in FILES if not path.stem.startswith("transformer")]


@pytest.mark.parametrize("path", ALONE, ids=lambda path: path.stem)
def test_a_round_needs_no_host(path: Path) -> None:
    oracle = ["data.count=200", "data.test=50", "data.valid=50"] if path.stem.startswith("oracle") else []
    inner = "data.of" if "of" in read(path).data.dataset.options else "data"
    glosses = [] if oracle else [f"{inner}.max_texts={3000 if inner == 'data.of' else 300}"]  # some of each side
    recipe = read(path, [*SMALL, *oracle, *glosses, *short(path)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of recipes that say what they lack
        experiment = play_on_meta(recipe, rounds=4)
    assert {p.device.type for p in experiment.game.parameters()} == {"meta"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recipe_of_texts_is_complete(path: Path) -> None:
    recipe = read(path)
    assert recipe.plugin == "text"
    assert recipe.metrics, "a recipe is measured"
