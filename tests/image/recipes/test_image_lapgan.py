"""LAPGAN's recipes without a device, with labels and with augmentation, and digits that resume to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("sklearn")
pytest.importorskip("PIL")
from PIL import Image

from gansuite.build import build
from gansuite.recipes import read
from gansuite.testing.device import play_on_meta
from gansuite.testing.resume import hand_over, rounds

RECIPES = Path(__file__).parents[3] / "recipes"
SMALL = ["data.batch_size=8", "players.generator.dim=2", "players.refiner.dim=2", "players.critic.dim=2"]
OTHERS = {
    "as it is": [],
    "of labels": ['game.conditioning="projection"'],
    "with augmentation": ['game.inputs=["adaptive-augmentation"]'],
    "by perceptrons": ['players.refiner={name="toy/mlp", optimizer="adam"}', 'players.critic={name="toy/mlp"}'],
}


def lapgan(*more):
    return read(RECIPES / "lapgan.toml", [*SMALL, *more])


@pytest.mark.parametrize("name", OTHERS)
def test_a_round_needs_no_host(name):
    settings = OTHERS[name] if name == "by perceptrons" else [*SMALL, *OTHERS[name]]
    experiment = play_on_meta(read(RECIPES / "lapgan.toml", settings))
    notes = experiment.engine.ledger.notes
    assert {f"{turn}/level-{k}/cost" for turn in ("critic", "generator") for k in range(3)} <= set(notes)
    assert all(value.device.type == "meta" for values in notes.values() for value in values)


def test_the_papers_recipe_plays_on_pictures_of_a_folder(tmp_path):
    for i in range(40):
        values = np.random.default_rng(i).integers(0, 256, (70, 80, 3), dtype=np.uint8)
        Image.fromarray(values).save(tmp_path / f"{i}.png")
    recipe = read(RECIPES / "image" / "lapgan-paper.toml", [f"data.root={str(tmp_path)!r}", "data.batch_size=4"])
    game = play_on_meta(recipe, rounds=1).game
    # 100 latents, two hidden layers of 1,200 units, 3 x 4 x 4 numbers
    generator = 100 * 1200 + 1200 + 1200 * 1200 + 1200 + 1200 * 48 + 48
    assert sum(p.numel() for p in game.coarsest.generator.parameters()) == generator
    assert [tuple(each.shape[1:]) for each in game.games[:-1]] == [(64, 64), (32, 32), (16, 16), (8, 8)]
    assert all(next(each.critic.parameters()).shape[1] == 3 for each in game.games)  # no pairs


def test_digits_resume_to_the_bit(tmp_path):
    how = ['game.inputs=["adaptive-augmentation"]', 'game.penalties=[{name="path-length", every=1}]']
    whole, first, second = (build(lapgan(*how), torch.device("cpu")) for _ in range(3))
    rounds(whole, 0, 4)
    rounds(first, 0, 2)
    hand_over(first, second, tmp_path, 2)
    rounds(second, 2, 4)
    for name, value in whole.game.state_dict().items():
        assert torch.equal(second.game.state_dict()[name], value), name
    means = [float(game.penalties[0].mean) for game in whole.game.games]
    assert all(means) and len(set(means)) == 3  # each level's own
    assert torch.equal(whole.sample(5, seed=3), second.sample(5, seed=3))
