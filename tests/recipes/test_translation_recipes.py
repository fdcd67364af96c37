"""Every recipe of translation is read, and its rounds need no host."""

from __future__ import annotations

from pathlib import Path

import pytest

from gansuite.recipes import read
from gansuite.testing.device import play_on_meta

FOLDER = Path(__file__).parents[2] / "recipes" / "toy"
NAMES = ["pix2pix", "cyclegan", "unit", "munit", "stargan", "domain-transfer", "domain-adaptation"]
NAMES += ["denoise", "inpaint", "super-resolve"]


@pytest.mark.parametrize("name", NAMES)
def test_translation_needs_no_host(name: str) -> None:
    recipe = read(FOLDER / f"{name}.toml", ["data.count=2000", "data.batch_size=8"])
    experiment = play_on_meta(recipe, rounds=1)
    assert {p.device.type for p in experiment.game.parameters()} == {"meta"}
    assert {note.partition("/")[0] for note in experiment.engine.ledger.notes} == set(recipe.dynamics.moves)
