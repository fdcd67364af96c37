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


def test_a_way_without_a_number_goes_through_the_classes(cli, moons: Path) -> None:
    words = ("sample", "moons", "--seed", "4", "--steps", "3")
    way = drawn(cli(*words, "--condition", "upper", "--condition", "lower", "--interpolate", "--out", "way"))
    assert list(way) == ["samples.npy"] and len(way["samples.npy"]) == 4
    for name, end in (("upper", 0), ("lower", -1)):
        one = drawn(cli(*words, "--condition", name, "--interpolate", "2", "--out", name))["samples.npy"]
        np.testing.assert_allclose(way["samples.npy"][end], one[0], atol=1e-5)
    alone = drawn(cli(*words, "--interpolate", "--out", "alone"))["samples.npy"]
    assert len(alone) == 4  # from a latent to another


def test_a_file_is_looked_for_and_is_where_edits_begin(cli, moons: Path, tmp_path: Path) -> None:
    own = drawn(cli("sample", "moons", "-n", "2", "--seed", "9", "--condition", "upper", "--out", "own"))["samples.npy"]
    for i, each in enumerate(own):
        np.save(tmp_path / f"{i}.npy", each)
    words = ("sample", "moons", "--condition", "upper", "--project", "0.npy", "--project", "1.npy")
    done = cli(*words, "--interpolate", "--steps", "4", "--out", "found")
    assert done.out.count("mean squared error") == 2 and done.out.startswith("0.npy: ")
    found = drawn(done)
    assert list(found) == ["target-samples.npy", "made-samples.npy", "samples.npy"]
    np.testing.assert_allclose(found["target-samples.npy"], own)
    np.testing.assert_allclose(found["made-samples.npy"], own, atol=1e-2)
    np.testing.assert_allclose(found["samples.npy"][[0, -1]], found["made-samples.npy"], atol=1e-5)
    with np.load(tmp_path / "found" / "latents.npz") as kept:
        assert kept["z"].shape == (2, 6) and kept["files"].tolist() == ["0.npy", "1.npy"]
        assert (kept["error"] < 1e-4).all() and kept["code"].tolist() == [[1, 0], [1, 0]]
    again = drawn(cli(*words, "--out", "again"))
    assert np.array_equal(again["made-samples.npy"], found["made-samples.npy"])
    told = cli(*words, "--json", "--out", "json")
    assert len(json.loads(told.out)["files"]) == 5


def test_rows_of_a_traversal_are_files_in_order(cli, moons: Path, tmp_path: Path) -> None:
    words = ("sample", "moons", "--condition", "lower", "--traverse", "2", "--steps", "4", "--span", "1")
    rows = drawn(cli(*words, "--out", "rows"))
    assert list(rows) == ["traversal-00-samples.npy", "traversal-01-samples.npy"] and all(
        len(row) == 5 for row in rows.values()
    )
    np.testing.assert_allclose(rows["traversal-00-samples.npy"][2], rows["traversal-01-samples.npy"][2], atol=1e-6)
    codes = drawn(cli("sample", "moons", "--traverse", "1", "--directions", "codes", "--out", "codes"))
    assert len(codes["traversal-samples.npy"]) == 2
    np.save(tmp_path / "x.npy", rows["traversal-00-samples.npy"][2])
    around = drawn(cli(*words, "--project", "x.npy", "--directions", "jacobian", "--out", "around"))
    assert list(around)[2:] == ["traversal-00-samples.npy", "traversal-01-samples.npy"]
    np.testing.assert_allclose(around["traversal-00-samples.npy"][2], around["made-samples.npy"][0], atol=1e-6)


def test_truncated_samples_are_less_various(cli, moons: Path) -> None:
    spread = {}
    for tau in ("0.05", "2"):
        done = cli("sample", "moons", "-n", "40", "--condition", "upper", "--truncation", tau)
        spread[tau] = drawn(done)["samples.npy"].std(0).max()
        assert f"seed-0-truncation-{tau.replace('.', '-')}-upper" in done.out
    assert spread["0.05"] < 0.2 * spread["2"]


MISTAKES = [
    (("--project", "far.npy"), "--project far.npy: no such file"),
    (("--project", "moons.toml"), "moons.toml: cannot be read as an array"),
    (("--project", "one.npy", "--interpolate"), "give a second --project"),
    (("--project", "one.npy", "--interpolate", "3"), "leave the number out"),
    (("--project", "one.npy", "--condition", "0", "--condition", "1"), "a search is for one condition"),
    (("--project", "one.npy", "--truncation", "0.5"), "leave one of them out"),
    (("--traverse", "7"), "this model has 6 directions; ask for 6 at most"),
    (("--traverse", "0"), "Invalid value for '--traverse'"),
    (("--traverse", "2", "--interpolate", "2"), "leave one out"),
    (("--interpolate", "1"), "two latents at least"),
    (("--writer", "mpy"), "no such writer; did you mean 'npy'?"),
    (("--enlarge", "2"), "the writer npy has no option enlarge"),
]


def test_what_cannot_be_asked_for_is_told_and_leaves_nothing(cli, moons: Path) -> None:
    np.save("one.npy", np.zeros(2))
    for words, told in MISTAKES:
        done = cli("sample", "moons", *words)
        assert done.code == 2 and told in done.line, done
    assert not (moons / "drawn").exists()


def test_a_model_without_latents_has_nothing_to_look_for(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSUITE_PLUGINS", "toy")
    clouds = MOONS.replace('"moons"', '"clouds"').replace(
        '{ name = "gan", conditioning = "conditional" }', '{ name = "pix2pix" }'
    )
    (tmp_path / "clouds.toml").write_text(clouds)
    assert cli("run", "clouds.toml", "--out", "clouds").code == 0
    np.save("one.npy", np.zeros(2))
    for words in (("--project", "one.npy"), ("--traverse", "1")):
        assert f"{words[0]}: the game Pix2Pix has no one generator" in cli("sample", "clouds", *words).line
    assert "draws no latents" in cli("sample", "clouds", "--truncation", "1").line
    assert "translates samples" in cli("sample", "clouds", "--interpolate", "2").line
