"""The recipes of progressive growing and StyleGAN: small ones resume in a fade, published ones are as large."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gansuite.build import build
from gansuite.recipes import read
from gansuite.testing.device import play_on_meta
from gansuite.testing.resume import hand_over, rounds

RECIPES = Path(__file__).parents[3] / "recipes"
SMALL = [
    "data.batch_size=4",
    *(f"players.{player}.{size}" for player in ("generator", "critic") for size in ("dim=4", "base=16")),
]


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    root = tmp_path_factory.mktemp("faces")
    for i in range(24):
        values = np.random.default_rng(i).integers(0, 256, (40, 40, 3), dtype=np.uint8)
        Image.fromarray(values).save(root / f"{i}.png")
    return root


@pytest.mark.parametrize("name", ["progressive", "stylegan"])
def test_a_step_needs_no_host(name):
    notes = play_on_meta(read(RECIPES / f"{name}.toml", SMALL)).engine.ledger.notes
    assert {"critic/cost", "generator/cost"} <= set(notes)


@pytest.mark.parametrize(("name", "generator"), [("progressive-paper", 23_079_115), ("stylegan-paper", 26_219_627)])
def test_the_papers_networks_play_on_a_folder(name, generator, faces):
    published = read(RECIPES / "image" / f"{name}.toml", [f"data.root={str(faces)!r}"]).as_dict()
    assert published["data"]["size"] == 1024
    options = [f"data.root={str(faces)!r}", "data.size=32", "data.batch_size=4"]
    game = play_on_meta(read(RECIPES / "image" / f"{name}.toml", options), rounds=1).game
    with torch.device("meta"):
        whole = type(game.generator)(Full, Prior)
    assert sum(p.numel() for p in whole.parameters()) == generator


class Full:
    shape = (3, 1024, 1024)


class Prior:
    size = 512


@pytest.mark.parametrize("name", ["progressive", "stylegan"])
def test_a_run_goes_on_in_the_middle_of_a_fade(name, tmp_path):
    """Growth by hand: level 0 for two rounds, then eight of fading; the second half from the state of the first."""
    options = [*SMALL, "game.growth={name='progressive', stable=2, fade=8}"]
    whole, first, second = (build(read(RECIPES / f"{name}.toml", options), torch.device("cpu")) for _ in range(3))
    rounds(whole, 0, 6)
    rounds(first, 0, 4)
    assert 0 < first.game.generator.level < 1
    hand_over(first, second, tmp_path, 4)
    rounds(second, 4, 6)
    for key, value in whole.game.state_dict().items():
        assert torch.equal(value, second.game.state_dict()[key]), key
    assert torch.equal(whole.sample(3, seed=0), second.sample(3, seed=0))
