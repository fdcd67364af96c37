"""Recipes that translate pictures: each is read, and a round of it needs no host; those of the papers at full size."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

pytest.importorskip("sklearn")
pytest.importorskip("PIL")

from gansuite.errors import UserError  # after the packages that this needs
from gansuite.recipes import read
from gansuite.testing.device import play_on_meta

FOLDER = Path(__file__).parents[3] / "recipes" / "image"
SMALL = {
    "pix2pix-denoise": 1,
    "pix2pix-inpaint": 1,
    "pix2pix-super-resolve": 1,
    "domain-transfer-rotate": 1,
    "spade-digits": 1,
    "cyclegan-rotate": 2,
    "unit-thick": 2,
    "munit-thick": 2,
    "stargan-strokes": 1,
}
PAPERS = ["pix2pix-paper", "cyclegan-paper", "munit-paper", "unit-paper", "stargan-paper", "spade-paper"]


@pytest.mark.parametrize("name", SMALL)
def test_a_round_needs_no_host(name: str) -> None:
    recipe = read(FOLDER / f"{name}.toml", ["data.batch_size=4"])
    experiment = play_on_meta(recipe, rounds=1)
    assert {p.device.type for p in experiment.game.parameters()} == {"meta"}
    turns = {note.partition("/")[0] for note in experiment.engine.ledger.notes}
    assert turns == set(recipe.dynamics.moves)
    directions = sum("critic" in turn and turn != "pair_critic" for turn in turns)
    assert directions == SMALL[name]


def picture(path: Path, width: int, height: int, mode: str = "RGB") -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(len(str(path)))
    channels = len(mode) if mode != "L" else 1
    pixels = torch.randint(0, 256, (height * width * channels,), dtype=torch.uint8, generator=generator)
    Image.frombytes(mode, (width, height), bytes(pixels.tolist())).save(path)


def brought(name: str, folder: Path) -> list[str]:
    """Small pictures in the place of a user's, and the settings that point there."""
    if name == "pix2pix-paper":
        for split in ("train", "val"):
            picture(folder / split / "1.png", 512, 256)
        return [f'data.root="{folder}"']
    if name == "stargan-paper":
        for label in ("black", "blond", "brown"):
            picture(folder / label / "1.png", 178, 218)
        return [f'data.root="{folder}"', "data.batch_size=2", "data.split={train=1.0,valid=0.0,test=0.0}"]
    if name == "spade-paper":
        for i in range(2):
            picture(folder / "maps" / f"{i}.png", 256, 256, "L")
            picture(folder / "photos" / f"{i}.png", 256, 256)
        split = "split={train=1.0,valid=0.0,test=0.0}"
        return [
            f'data.source.of={{name="folder",root="{folder}/maps",size=256,channels=1,resample="nearest",{split}}}',
            f'data.target={{name="folder",root="{folder}/photos",size=256,{split}}}',
            "data.batch_size=1",
            "players.generator.dim=4",  # spectral norms begin at exact singular vectors, which takes their time
            "players.critic.dim=8",
        ]
    for side in ("trainA", "trainB"):
        picture(folder / side / "1.png", 256, 256)
    split = "split={train=1.0,valid=0.0,test=0.0}"
    return [
        f'data.source={{name="folder",root="{folder}/trainA",size=256,{split}}}',
        f'data.target={{name="folder",root="{folder}/trainB",size=256,{split}}}',
    ]


@pytest.mark.parametrize("name", PAPERS)
def test_a_round_at_the_papers_size(name: str, tmp_path: Path) -> None:
    recipe = read(FOLDER / f"{name}.toml", brought(name, tmp_path))
    game = play_on_meta(recipe, rounds=1).game
    assert {p.device.type for p in game.parameters()} == {"meta"}


def test_a_folder_that_is_not_there_is_told() -> None:
    with pytest.raises(UserError, match="facades"):
        play_on_meta(read(FOLDER / "pix2pix-paper.toml"))
