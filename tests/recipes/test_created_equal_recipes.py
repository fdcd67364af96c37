"""The eight models of "Are GANs Created Equal?": one architecture, one bench, and sweeps whose ends are recipes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gansuite.recipes import read
from gansuite.recipes.toml import read_toml

from .one_round import plays_all_its_turns

FOLDER = Path(__file__).parents[2] / "recipes" / "created-equal"
MODELS = ("gan", "minimax", "lsgan", "wgan", "wgan-gp", "dragan", "began", "vae")
NAMES = [f"{data}-{model}" for data in ("triangles", "polygons") for model in MODELS]
DEFAULTS = {  # learning rate, beta1, moves of the critic for one of the generator, batch normalisation in the critic
    "gan": (5e-5, 0.0, 1, "batch"),
    "minimax": (5e-5, 0.0, 1, "batch"),
    "lsgan": (2e-4, 0.5, 1, "batch"),
    "wgan": (5e-5, 0.5, 5, "batch"),
    "wgan-gp": (1e-4, 0.5, 5, "none"),
    "dragan": (1e-4, 0.5, 1, "batch"),
    "began": (1e-4, 0.5, 5, "none"),
    "vae": (5e-5, 0.5, 0, "batch"),
}


def test_all_are_there() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(NAMES)
    assert {path.stem for path in (FOLDER / "published").glob("*.toml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_round_needs_no_host(name: str) -> None:
    plays_all_its_turns(read(FOLDER / f"{name}.toml", ["data.count=100", "data.batch_size=8"]))


@pytest.mark.parametrize("folder", [".", "published"])
@pytest.mark.parametrize("name", NAMES)
def test_models_differ_by_what_they_are_about(name: str, folder: str) -> None:
    """The same data, batches, generator and measure for all."""
    data = name.partition("-")[0]
    recipe, base = (read(FOLDER / folder / f"{each}.toml") for each in (name, f"{data}-gan"))
    assert recipe.data == base.data
    assert (recipe.seed, recipe.metrics, recipe.evaluation) == (base.seed, base.metrics, base.evaluation)
    assert recipe.players["generator"].network == base.players["generator"].network
    assert recipe.data.dataset.entry.component.name == data


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("data", ["triangles", "polygons"])
def test_published_sizes_and_defaults(model: str, data: str) -> None:
    recipe = read(FOLDER / "published" / f"{data}-{model}.toml")
    rate, beta, moves, norm = DEFAULTS[model]
    for player in recipe.players.values():
        options = player.optimizer.options
        assert (options["lr"], options["betas"][0], player.network.options["dim"]) == (rate, beta, 64)
    other = recipe.players["encoder" if model == "vae" else "critic"]
    assert other.network.options["norm"] == norm
    assert recipe.dynamics.moves.get("critic", 0) == moves
    assert recipe.train.steps * max(1, moves) == 20 * 60_000 // 64
    assert (recipe.data.dataset.options["count"], recipe.data.batch_size) == (80_000, 64)


@pytest.mark.parametrize("name", ["triangles-wide", "triangles-small"])
def test_a_sweep_reads_at_both_ends_of_every_range(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from gansuite.sweep import plan

    monkeypatch.setattr(plan, "CORNERS", 1)
    monkeypatch.setattr(plan, "splits", lambda *given: ("valid", "test"))  # which draws 80,000 polygons
    found = plan.make_plan(plan.read_asked(FOLDER / "sweeps" / f"{name}.toml"))
    assert (found.search, found.seed, found.metric) == ("random", 123, "manifold-precision-recall/f1")
    if name == "triangles-wide":
        assert [arm.name.partition("-")[2] for arm in found.arms] == list(MODELS)
        assert (found.trials, found.final_seeds) == (100, 50)
        assert {arm.tables["train"]["steps"] for arm in found.arms} == {18_750}


def test_narrow_ranges_lie_within_the_wide_ones() -> None:
    wide, narrow = (read_toml(FOLDER / "sweeps" / f"triangles-{each}.toml") for each in ("wide", "narrow"))
    assert (narrow["trials"], narrow["final_seeds"], narrow["recipes"]) == (50, 50, wide["recipes"])
    spaces = [(wide["space"], narrow["space"])]
    spaces += [(wide["recipe"][each]["space"], narrow["recipe"][each]["space"]) for each in wide["recipes"]]
    for outer, inner in spaces:
        assert set(inner) <= set(outer)
        for name, given in inner.items():
            values, known = given.get("choices", [given.get("low"), given.get("high")]), outer[name]
            assert all(
                v in known["choices"] if "choices" in known else known["low"] <= v <= known["high"] for v in values
            )


def test_polygons_are_swept_as_triangles_are() -> None:
    wide, other = (read_toml(FOLDER / "sweeps" / f"{each}-wide.toml") for each in ("triangles", "polygons"))
    assert json.loads(json.dumps(wide).replace("triangles", "polygons")) == other
