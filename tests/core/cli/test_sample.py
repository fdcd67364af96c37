"""What can be asked of ``gansuite sample`` beyond a number and a seed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open

from gansuite import api
from gansuite.engine.rng import Rng, seed_of
from gansuite.priors.none import NoLatent

MOONS = """
plugin = "toy"
data = { name = "moons", count = 200, batch_size = 8 }
prior = { name = "normal", size = 6 }
players = { generator = { name = "mlp", width = 8 }, critic = { name = "mlp", width = 4 } }
game = { name = "gan", conditioning = "conditional" }
train = { steps = 2, samples = 2 }
"""


@pytest.fixture
def moons(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A conditional run of two classes."""
    monkeypatch.setenv("GANSUITE_PLUGINS", "toy")
    (tmp_path / "moons.toml").write_text(MOONS)
    assert cli("run", "moons.toml", "--out", "moons").code == 0
    return tmp_path / "moons"


def drawn(done, suffix: str = ".npy") -> dict[str, np.ndarray]:
    assert done.code == 0, done.err
    files = [Path(line) for line in done.out.splitlines() if line.endswith(suffix)]
    return {file.name: np.load(file) for file in files}


def test_several_conditions_give_samples_of_each_from_the_same_latents(cli, moons: Path) -> None:
    both = drawn(cli("sample", "moons", "-n", "3", "--condition", "lower", "--condition", "1", "--out", "both"))
    assert list(both) == ["lower-samples.npy", "1-samples.npy"]
    assert [len(each) for each in both.values()] == [3, 3]
    one = drawn(cli("sample", "moons", "-n", "3", "--label", "lower", "--out", "one"))
    assert np.array_equal(one["samples.npy"], both["lower-samples.npy"])
    upper, lower = (drawn(cli("sample", "moons", "-n", "3", "--condition", name)) for name in ("upper", "lower"))
    assert np.array_equal(lower["samples.npy"], both["lower-samples.npy"])
    assert not np.array_equal(upper["samples.npy"], lower["samples.npy"])


def test_a_walk_begins_at_the_samples_of_its_latents_and_never_jumps(cli, moons: Path) -> None:
    words = ("sample", "moons", "--interpolate", "4", "--seed", "3", "--condition", "upper")
    walk = drawn(cli(*words, "--steps", "50"))["samples.npy"]
    assert len(walk) == 151
    assert np.abs(np.diff(walk, axis=0)).max() < np.abs(walk[0] - walk[50]).max()
    coarse = drawn(cli(*words, "--steps", "5", "--out", "coarse"))["samples.npy"]
    np.testing.assert_allclose(coarse, walk[::10], atol=1e-5)
    model = api.load(moons)
    game: Any = model.game
    z = game.prior.sample(4, Rng(3, "walk"))
    with torch.no_grad(), model.at_rest():
        corners = game.sample_at(z, Rng(0, "x"), game.condition("upper", 4))
    np.testing.assert_allclose(walk[::50], corners.numpy(), atol=1e-5)


def test_a_walk_has_one_condition_even_if_none_is_asked_for(cli, moons: Path) -> None:
    any_ = drawn(cli("sample", "moons", "--interpolate", "2", "--out", "any"))["samples.npy"]
    each = [drawn(cli("sample", "moons", "--interpolate", "2", "--condition", c))["samples.npy"] for c in ("0", "1")]
    assert sum(np.array_equal(any_, other) for other in each) == 1


def test_what_the_writer_has_not_is_told_with_what_it_has(cli, moons: Path, tmp_path: Path) -> None:
    told = cli("sample", "moons", "--rate", "8000")
    assert (told.code, told.line) == (2, "error: --rate 8000: the writer npy has no option rate; it has picture")
    assert "Invalid value for '--rate'" in cli("sample", "moons", "--rate", "high").line
    files = api.sample(moons, 2, writer={"picture": False})
    assert [file.name for file in files] == ["samples.npy"]


def test_a_walk_needs_two_latents_and_nothing_that_is_not_one(cli, moons: Path) -> None:
    assert "--interpolate" in cli("sample", "moons", "--interpolate", "1").line
    assert cli("sample", "moons", "--interpolate", "2", "--alpha", "2").code == 2


def test_the_showcase_of_a_conditional_run_names_the_class_of_each_sample(moons: Path) -> None:
    with safe_open(moons / "showcase.safetensors", "np") as file:
        conditions = json.loads(file.metadata()["conditions"])
        samples = file.get_tensor("samples")
    assert conditions == ["upper"] * 6 + ["lower"] * 6
    model = api.load(moons)
    again = model.sample(12, seed_of(0, "samples"), condition=conditions)
    np.testing.assert_allclose(samples, again.numpy(), atol=1e-6)


def test_a_run_without_labels_names_none(toy, run: Path) -> None:
    with safe_open(run / "showcase.safetensors", "np") as file:
        assert "conditions" not in file.metadata()


def test_a_walk_is_written_as_the_writer_can_and_needs_latents(toy, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = toy("sample", "ring", "--interpolate", "3", "--steps", "2")
    assert (walk.code, len(walk.out.splitlines())) == (0, 5)  # this writer has a file for each
    former = api.load

    def load(folder: Any, device: str) -> Any:
        model: Any = former(folder, device)
        model.game.prior = NoLatent(None)
        return model

    monkeypatch.setattr(api, "load", load)
    assert "has no latents" in toy("sample", "ring", "--interpolate", "3").line
