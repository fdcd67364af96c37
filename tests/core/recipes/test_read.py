"""Recipes that are read, and those that are refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from gansuite.errors import UserError
from gansuite.plugins.registry import registry
from gansuite.plugins.resources import recipes_folder
from gansuite.recipes import Recipe, read
from gansuite.recipes.reader import TABLES

NAMES = [entry.component.name for entry in registry().entries("recipe")]


@pytest.fixture(scope="module")
def wavegan() -> Recipe:
    return read("wavegan")


def refusal(*arguments) -> str:
    with pytest.raises(UserError) as caught:
        read(*arguments)
    text = str(caught.value)
    assert text
    assert "\n" not in text
    return text


def test_wavegan_is_the_paper(wavegan):
    assert list(wavegan.dynamics.moves.items()) == [("critic", 5), ("generator", 1)]
    assert wavegan.prior.table == {"name": "uniform", "size": 100, "low": -1.0, "high": 1.0}
    assert wavegan.game.options["objective"].entry.component.name == "wasserstein"
    assert [each.options["weight"] for each in wavegan.game.options["penalties"]] == [10.0]
    assert set(wavegan.players) == {"generator", "critic"}
    for player in wavegan.players.values():
        assert player.optimizer.options["betas"] == (0.5, 0.9)
        assert player.schedule is None
    assert wavegan.players["critic"].network.options["phase_shuffle"] == 2
    scale = read("wavegan-sc09")
    assert scale.players["generator"].network.options["dim"] == 64
    assert scale.players["generator"].optimizer.options["lr"] == 1e-4
    assert (scale.data.batch_size, scale.data.dataset.options["length"], scale.train.steps) == (64, 16384, 200_000)
    long = read("wavegan-long").data.dataset.options
    assert (long["length"], long["rate"], long["channels"], long["mode"]) == (65536, 44100, 2, "random-slice")


@pytest.mark.parametrize("name", NAMES)
def test_every_registered_recipe_reads_back_equal(name, tmp_path):
    if name == "wavegan-digits":
        pytest.importorskip("espeakng_loader", reason="the digits are rendered by the optional espeakng-loader")
    recipe = read(name)
    assert recipe.name == name
    path = tmp_path / "recipe.toml"
    path.write_text(recipe.to_toml(), encoding="utf-8")
    again = read(path)
    assert again == recipe
    assert again.to_toml() == recipe.to_toml()
    assert path.read_text().startswith("# resolved with gansuite ")


def test_recipes_folder_holds_what_is_registered():
    assert {path.stem for path in recipes_folder().glob("*.toml")} <= set(NAMES)
    assert {path.stem for path in recipes_folder().rglob("*.toml")} >= set(NAMES)


def test_resolved_recipe_spells_out_every_default(wavegan):
    tables = tomllib.loads(wavegan.to_toml())
    assert tables["train"]["on_nan"] == "stop"
    assert tables["players"]["generator"]["optimizer"]["eps"] == 1e-8
    assert tables["game"]["penalties"][0]["target"] == 1.0


def test_by_path_by_name_by_tables(wavegan):
    file = recipes_folder() / "wavegan.toml"
    assert read(file) == read(str(file)) == read("audio/wavegan") == read("wavegan.toml") == wavegan
    tables = tomllib.loads(file.read_text())
    assert read(tables | {"name": "wavegan"}) == wavegan
    assert read(tables).name == "recipe"


def test_references_and_components(wavegan):
    references = wavegan.references()
    assert {"donahue2019adversarial", "gulrajani2017improved", "arjovsky2017wasserstein"} <= set(references)
    assert all(entry.startswith("@") and entry.endswith("}") for entry in references.values())
    addresses = [entry.address for entry in wavegan.components()]
    assert {"audio/drums", "audio/wavegan", "core/gan", "core/gradient-penalty", "core/adam", "core/kad"} <= set(
        addresses
    )
    assert list(wavegan.distributions()) == ["gansuite"]


def test_defaults_of_omitted_tables(write):
    text = 'plugin = "audio"\n[data]\nname = "drums"\n[players]\ngenerator = "wavegan"\ncritic = "wavegan"\n'
    recipe = read(write("small.toml", text))
    assert recipe.prior.entry.address == "core/uniform"
    assert recipe.game.entry.address == "core/gan"
    assert recipe.dynamics.moves == {"critic": 1, "generator": 1}
    assert recipe.train.steps > 0
    assert recipe.metrics == ()
    assert recipe.name == "small"


def test_without_a_plugin_names_need_their_prefix(write):
    told = refusal(write("a.toml", '[data]\nname = "drums"\n[players]\n'))
    assert told == "[data] name = \"drums\": no such dataset; did you mean 'audio/drums'?"
    text = '[data]\nname = "audio/drums"\n[players]\ngenerator = "audio/wavegan"\ncritic = "audio/wavegan"\n'
    recipe = read(write("b.toml", text))
    assert recipe.data.dataset.table["name"] == "audio/drums"
    assert read(write("c.toml", recipe.to_toml())).data == recipe.data


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (
            "game.objective=wassertein",
            "[game] objective = \"wassertein\": no such objective; did you mean 'wasserstein'?",
        ),
        ("players.generator.dimm=3", "[players.generator] has no option 'dimm'; did you mean 'dim'?"),
        ("players.generator.optimzer=3", "[players.generator] has no option 'optimzer'; did you mean 'optimizer'?"),
        (
            "players.generator.optimizer.lr=true",
            "[players.generator] optimizer.lr = true: Input should be a valid number",
        ),
        ("data.batch_siez=3", "[data] has no option 'batch_siez'; did you mean 'batch_size'?"),
        ("data.batch_size=0", "[data] batch_size = 0: Input should be greater than 0"),
        ("game.penalties[0].weight=-1", "[game] penalties[0].weight = -1: Input should be greater than or equal to 0"),
        ("train.steps=0", "[train] steps = 0: Input should be greater than 0"),
        ("train.ema={half=3}", "[train] ema has no option 'half'; did you mean 'half_life'?"),
        ("trian.steps=3", "the recipe has no table or key \"trian\"; did you mean 'train'?"),
        ("players.critc.dim=3", "[players] game 'core/gan' has no player \"critc\"; did you mean 'critic'?"),
        (
            "dynamics.moves={critic=5}",
            "[dynamics] moves lacks the turn 'generator' of game 'core/gan': add generator = 1",
        ),
        (
            "dynamics.moves={critic=5,generatr=1}",
            "[dynamics] moves: game 'core/gan' has no turn \"generatr\"; did you mean 'generator'?",
        ),
        ("metrics[0].n=1", "[metrics.0] n = 1: Input should be greater than or equal to 4"),
        ("seed=-1", "seed = -1: Input should be greater than or equal to 0"),
        ("name='a/b'", "name = \"a/b\": String should match pattern '^[A-Za-z0-9][A-Za-z0-9._-]*$'"),
        ("plugin=audoi", "plugin = \"audoi\": no such plugin; did you mean 'audio'?"),
    ],
)
def test_mistakes_are_told_with_place_and_remedy(setting, told):
    assert refusal("wavegan", [setting]) == told


def test_missing_tables():
    assert refusal({"data": {"name": "audio/drums"}}) == "the recipe has no table [players]: add one"
    players = {"generator": "audio/wavegan"}
    told = refusal({"data": {"name": "audio/drums"}, "players": players})
    assert told == "[players] lacks a table [players.critic], which game 'core/gan' needs"


def test_penalty_whose_tensors_the_game_does_not_provide(monkeypatch):
    from gansuite.penalties.r1 import R1

    monkeypatch.setattr(R1, "turn", "generator")
    told = refusal("wavegan", ['game.penalties=["r1"]'])
    assert told.startswith("[game] penalties[0]: penalty 'core/r1' needs real, which the turn 'generator'")
    monkeypatch.setattr(R1, "turn", "nowhere")
    assert "hangs on the turn 'nowhere'" in refusal("wavegan", ['game.penalties=["r1"]'])


def test_syntax_errors_have_file_line_and_column(write):
    told = refusal(write("bad.toml", 'plugin = "audio"\n[data\n'))
    assert "bad.toml: TOML syntax: " in told
    assert "at line 2, column 6" in told
    assert "at line 1, column 6" in refusal(write("bad2.toml", "a = 1.e-4"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seed = 2020-01-01", "Input should not be a date"),
        ("seed = 99999999999999999999999", "does not fit in 64 bits"),
        ("seed = inf", "should be a finite number"),
        ("seed = " + "[" * 30 + "]" * 30, "nested more than"),
        ("seed = " + "[" * 5000 + "]" * 5000, "TOML"),
        ("seed = " + "9" * 5000, "TOML"),
    ],
    ids=range(6),
)
def test_values_that_no_option_takes(write, text, told):
    assert told in refusal(write("odd.toml", text))


def test_tables_from_python_hold_what_toml_can():
    assert refusal({"seed": None, "data": {}}) == "recipe: seed = null: Input should not be a NoneType"
    assert "should not be an object" in refusal({"data": {"name": object()}})
    assert "should not be a date" in refusal("wavegan", ["seed=2020-01-01"])


def test_files_that_are_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refusal("recipes/absent.toml") == "recipes/absent.toml: there is no such recipe file"
    assert "did you mean 'wavegan', which is installed?" in refusal("recipes/wavegan.toml")
    assert refusal("wavegna") == "no such recipe \"wavegna\"; did you mean 'wavegan'?"
    (tmp_path / "folder.toml").mkdir()
    assert "a folder" in refusal("folder.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    assert "not a text in UTF-8 (byte 5)" in refusal("latin.toml")
    assert refusal("a" * 5000 + ".toml")
    assert refusal("nul\0.toml")
    assert refusal("")
    assert refusal(Path("."))


def test_tables_are_known():
    from dataclasses import fields

    assert {field.name for field in fields(Recipe)} == {"name", "plugin", "seed", *TABLES}
