"""DCGAN, SAGAN and BigGAN in games: every recipe of theirs without a device, and digits that resume to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gansuite.build import build
from gansuite.engine.rng import Rng
from gansuite.priors.truncation import truncated
from gansuite.recipes import read
from gansuite.testing.device import play_on_meta
from gansuite.testing.resume import hand_over, rounds

RECIPES = Path(__file__).parents[3] / "recipes"
SMALL = ["data.batch_size=10", "players.generator.dim=2", "players.critic.dim=2"]
DIGITS = ["dcgan", *(f"image/{name}" for name in ("conditional-dcgan", "auxiliary-classifier", "projection"))]
DIGITS += [f"image/{name}" for name in ("info-gan", "triple-gan", "sagan", "biggan")]


def recipe(name, *more):
    return read(RECIPES / f"{name}.toml", [*SMALL, *more])


@pytest.mark.parametrize("name", DIGITS)
def test_a_step_needs_no_host(name):
    notes = play_on_meta(recipe(name)).engine.ledger.notes
    assert {"critic/cost", "generator/cost"} <= set(notes)
    assert all(value.device.type == "meta" for values in notes.values() for value in values)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder of two classes of pictures, for the recipes at the scale of the papers."""
    root = tmp_path_factory.mktemp("pictures")
    for i in range(40):
        folder = root / ("cats" if i % 2 else "dogs")
        folder.mkdir(exist_ok=True)
        values = np.random.default_rng(i).integers(0, 256, (150, 140, 3), dtype=np.uint8)
        Image.fromarray(values).save(folder / f"{i}.png")
    return root


@pytest.mark.parametrize("name", ["dcgan-paper", "sagan-paper", "biggan-paper"])
def test_recipes_at_the_papers_scale_play_on_pictures_of_a_folder(name, pictures):
    """All that is published but the width of SAGAN and BigGAN, whose full sizes tests/core/networks has."""
    narrow = [] if name == "dcgan-paper" else [f"players.{player}.dim=4" for player in ("generator", "critic")]
    chosen = read(RECIPES / "image" / f"{name}.toml", [f"data.root={str(pictures)!r}", "data.batch_size=4", *narrow])
    game = play_on_meta(chosen, rounds=1).game
    if name == "dcgan-paper":  # by hand: 100 latents, 1,024 channels at 4 x 4
        counts = [sum(p.numel() for p in network.parameters()) for network in (game.generator, game.critic)]
        assert counts == [12_658_432, 11_036_160]


def test_the_papers_sizes():
    for name, generator, critic in (
        ("sagan-paper", {"dim": 64, "attention": 32}, {"dim": 64, "attention": 32}),
        ("biggan-paper", {"dim": 96, "attention": 64, "embedding": 128}, {"dim": 96, "attention": 64}),
    ):
        table = read(RECIPES / "image" / f"{name}.toml").as_dict()
        assert generator.items() <= table["players"]["generator"].items()
        assert critic.items() <= table["players"]["critic"].items()
    assert table["prior"]["size"] == 120
    assert table["data"]["batch_size"] == 2048
    assert table["game"]["penalties"][0]["weight"] == 1e-4


@pytest.mark.parametrize("name", ["dcgan", "image/biggan"])
def test_samples_one_by_one_are_those_of_a_batch_after_training(name):
    """The averaged weights with the running statistics of the trained ones: no sample knows of another."""
    experiment = build(recipe(name), torch.device("cpu"))
    rounds(experiment, 0, 3)
    together = experiment.sample(6, seed=1, chunk=6, condition=[3] * 6 if name != "dcgan" else None)
    with torch.no_grad(), experiment.at_rest() as game:
        rng = Rng(1, "sample", index=0)
        z = game.prior.sample(6, rng)
        codes = None if game.conditioning is None else game.condition([3] * 6, 6)
        alone = [game.generate(z[i : i + 1], None, None if codes is None else codes[i : i + 1]) for i in range(6)]
    torch.testing.assert_close(torch.cat(alone), together)
    buffers = dict(experiment.game.generator.named_buffers())
    assert any("running_mean" in name for name in buffers)
    for name, buffer in buffers.items():
        if "running_mean" in name:
            assert buffer.abs().sum() > 0


def test_the_average_follows_running_statistics():
    experiment = build(recipe("dcgan"), torch.device("cpu"))
    rounds(experiment, 0, 2)
    trained = {name: b.clone() for name, b in experiment.game.generator.named_buffers()}
    with experiment.at_rest() as game:
        for name, buffer in game.generator.named_buffers():
            assert torch.equal(buffer, trained[name])


def test_truncated_latents_go_through_a_trained_generator():
    experiment = build(recipe("image/biggan"), torch.device("cpu"))
    with torch.no_grad(), experiment.at_rest() as game:
        codes = game.condition(["7"] * 16, 16)
        near, far = (game.generate(truncated(game.prior, 16, Rng(0, "z"), tau), None, codes) for tau in (0.01, 2.0))
    assert near.std(0).mean() < 0.05 * far.std(0).mean()


def test_a_dcgan_resumes_to_the_bit(tmp_path):
    """Weights with their channels last in memory, through files that keep no such order."""
    whole, first, second = (build(recipe("dcgan"), torch.device("cpu")) for _ in range(3))
    rounds(whole, 0, 4)
    rounds(first, 0, 2)
    hand_over(first, second, tmp_path, 2)
    rounds(second, 2, 4)
    for name, value in whole.game.state_dict().items():
        assert torch.equal(second.game.state_dict()[name], value), name
    for mine, theirs in zip(second.average.shadow, whole.average.shadow, strict=True):
        assert torch.equal(mine, theirs)
