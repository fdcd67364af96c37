"""What the domain asks to be looked into is looked into; what a game has not is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.numpy import load_file

from gansuite import api
from gansuite.engine.rng import seed_of
from gansuite.recipes import read
from gansuite.sampling.latents import Latents
from gansuite_image.spec import ImageSpec

DCGAN = {"name": "dcgan", "dim": 4, "start": 2}
DIGITS = {
    "plugin": "image",
    "data": {"name": "digits", "batch_size": 16},
    "prior": {"name": "normal", "size": 4},
    "players": {
        "generator": {"name": "dcgan", "dim": 4, "start": 2},
        "critic": {"name": "dcgan", "dim": 4, "start": 2},
    },
    "game": {"name": "gan", "conditioning": "auxiliary-classifier"},
    "train": {"steps": 1, "samples": 1},
}


def test_traversals_and_saliency_of_a_conditional_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))
    assert ImageSpec.insights == ("traversals", "saliency")
    run = api.run(read(DIGITS), out=tmp_path / "run", device="cpu")
    show = load_file(run.folder / "showcase.safetensors")
    assert show["saliency"].shape == (12, 8, 8) and (show["saliency"] >= 0).all() and show["saliency"].any()
    rows = [show[f"traversals/jacobian/{i:02d}"] for i in range(4)]
    assert "traversals/jacobian/04" not in show  # the latent has four coordinates
    assert all(row.shape == (9, 1, 8, 8) for row in rows)
    assert all(abs(row[4] - rows[0][4]).max() < 1e-5 for row in rows)  # the sample itself in the middle
    reach = [float(((row[5] - row[3]) ** 2).sum()) for row in rows]
    assert reach[0] > 3 * reach[-1]  # steepest first
    assert show["traversals/codes/00"].shape == (10, 1, 8, 8)


def test_what_the_game_has_not_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))
    pairs = {"name": "changed", "of": {"name": "digits"}, "by": [{"name": "noise", "sd": 0.5}], "batch_size": 16}
    players = {"generator": {"name": "unet", "dim": 4}, "critic": {"name": "patch", "dim": 4, "layers": 1}}
    tables = {**DIGITS, "data": pairs, "players": players, "game": {"name": "pix2pix"}}
    show = load_file(api.run(read(tables), out=tmp_path / "run", device="cpu").folder / "showcase.safetensors")
    assert not [name for name in show if name.startswith("traversals")]
    assert show["saliency"].shape == (12, 8, 8) and show["targets"].shape == (12, 1, 8, 8)


def test_the_rows_of_a_run_are_those_of_its_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The codes row has the class asked for in each place, at the latent of the traversal."""
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))
    run = api.run(read(DIGITS), out=tmp_path / "run", device="cpu")
    row = load_file(run.folder / "showcase.safetensors")["traversals/codes/00"]
    latents = Latents(run, seed_of(run.recipe.seed, "samples"), "traversals")
    u = latents.rng("traverse").normal(1, 4)
    three = latents.samples(latents.latent(u), latents.code("3"))
    torch.testing.assert_close(torch.from_numpy(row[3:4]), three)
