"""What can be listed, described, checked and cited."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from gansuite.plugins.component import KINDS

HERE = Path(__file__).parent
RING = str(HERE / "ring.toml")


def test_list_as_json(cli) -> None:
    found = json.loads(cli("list", "--json").out)
    keys = {"kind", "name", "plugin", "summary", "reference"}
    assert all(keys <= component.keys() and component["kind"] in KINDS for component in found)
    assert ("objective", "hinge", "core") in {(each["kind"], each["name"], each["plugin"]) for each in found}
    assert {each["kind"] for each in json.loads(cli("list", "penalty", "--json").out)} == {"penalty"}
    assert json.loads(cli("list", "generator", "--json").out) == []  # the core has none


def test_list_for_a_person(toy) -> None:
    done = toy("list")
    assert "\n  toyring/ring " in done.out and "\n  hinge " in done.out
    assert "toyring/far" in done.out and "(needs no_such_package: pip install" in done.out
    assert "did you mean 'objective'?" in toy("list", "objectiv").line


def test_describe(toy) -> None:
    found = json.loads(toy("describe", "toyring/mlp", "--json").out)
    assert [each["kind"] for each in found] == ["critic", "generator"]
    assert [option["name"] for option in found[0]["options"]] == ["width"]
    text = toy("describe", "mlp", "--kind", "critic").out
    assert text.startswith("critic toyring/mlp") and "width" in text and "= 32" in text and "generator" not in text
    assert "lim2017geometric" in toy("describe", "hinge").out
    assert "did you mean 'hinge'?" in toy("describe", "hing").line


def test_describe_a_component_that_lacks_a_package(toy) -> None:
    done = toy("describe", "far")
    assert done.code == 0 and "needs no_such_package: pip install" in done.out


def test_check(toy) -> None:
    done = toy("check", RING)
    assert done.code == 0 and done.out.startswith("ok: ring: ") and not done.err
    done = toy("check", RING, "--set", "train.steps=7", "--json")
    told = json.loads(done.out)
    assert told["ok"] and told["recipe"]["train"]["steps"] == 7
    done = toy("check", RING, "--set", "train.stepz=7", "--json")
    told = json.loads(done.out)
    assert done.code == 2 and not told["ok"] and done.line == f"error: {told['error']}"
    assert "did you mean 'steps'" in told["error"]


def test_schema(toy, tmp_path: Path) -> None:
    schema = json.loads(toy("schema").out)
    assert schema["properties"]["train"] and "toyring/ring" in json.dumps(schema)
    assert toy("schema", "--out", "schema.json").out == "schema.json\n"
    assert json.loads((tmp_path / "schema.json").read_text()) == schema


def test_cite_a_recipe_and_a_run(toy, run: Path) -> None:
    text = toy("cite", RING).out
    assert re.findall(r"^@\w+\{([^,]+)", text, re.MULTILINE)[0] == "gansuite" and "lim2017geometric" in text
    assert text.count("{") == text.count("}")
    assert toy("cite", str(run)).out == text
    assert next(iter(json.loads(toy("cite", RING, "--json").out))) == "gansuite"
    ours = tomllib.loads((HERE.parents[2] / "pyproject.toml").read_text())["project"]
    assert ours["license"] in text


def install(folder: Path, name: str, plugin: str, requires: str = "", code: str = "") -> None:
    """A distribution as pip would leave it, with one plugin."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}")
    module = f"{name.replace('-', '_')}_plugin"
    (info / "entry_points.txt").write_text(f"[gansuite]\n{plugin} = {module}\n")
    (folder / f"{module}.py").write_text(code)


COMMAND = """
import click
from gansuite.plugins import Command, hookimpl

@hookimpl
def gansuite_commands():
    return [
        Command("greet", "good_plugin:greet", "Say hello."),
        Command("lost", "good_plugin:nothing", "Do what nobody wrote."),
        Command("run", "good_plugin:greet", "Take a name that is taken."),
    ]

@click.command("greet")
def greet():
    "Say hello."
    click.echo("hello")
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli) -> Path:
    """A folder of installed plugins: a good one, a broken one, an incompatible one, and two of one name."""
    site = tmp_path / "site"
    install(site, "good", "good", code=COMMAND)
    install(site, "bad", "bad", code="import nowhere_to_be_found")
    install(site, "old", "old", requires="Requires-Dist: gansuite<0.0.1\n")
    install(site, "twin-a", "twin")
    install(site, "twin-b", "twin")
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("GANSUITE_PLUGINS", "good,bad,old,twin")
    return site


def test_plugins_tells_why_one_is_broken(cli, site: Path) -> None:
    told = {(each["name"], each["distribution"]): each for each in json.loads(cli("plugins", "--json").out)}
    assert told["good", "good"]["status"] == "ok" and told["good", "good"]["notes"] == []
    assert told["bad", "bad"]["status"] == "broken" and "nowhere_to_be_found" in told["bad", "bad"]["reason"]
    assert told["old", "old"]["status"] == "incompatible" and "gansuite<0.0.1" in told["old", "old"]["reason"]
    for twin in ("twin-a", "twin-b"):
        assert "twin-a 1.0 and twin-b 1.0" in told["twin", twin]["reason"]
    text = cli("plugins", "--timings")
    assert "bad: ModuleNotFoundError: No module named 'nowhere_to_be_found'" in text.out and " ms" in text.out
    assert text.err.splitlines()[0].startswith("warning: plugin bad (bad 1.0) is broken")


def test_broken_plugins_harm_nothing_else(cli, site: Path) -> None:
    done = cli("check", RING, "--plugin", str(HERE / "toyring.py"))
    assert done.code == 0 and done.out.startswith("ok")
    assert "did you mean 'hinge'" in cli("describe", "hing").err


@pytest.mark.parametrize(
    ("plugin", "parts"),
    [
        ("old", ("incompatible", "gansuite<0.0.1", "pip install --upgrade old")),
        ("twin", ("two plugins are called 'twin'", "twin-a 1.0 and twin-b 1.0", "uninstall one")),
        ("bad", ("broken", "nowhere_to_be_found")),
    ],
)
def test_a_recipe_of_a_refused_plugin(plugin: str, parts: tuple[str, ...], cli, site: Path) -> None:
    (site / "recipe.toml").write_text(f'plugin = "{plugin}"\ndata = "x"\nplayers = {{}}\n')
    done = cli("run", str(site / "recipe.toml"))
    line = next(line for line in done.err.splitlines() if line.startswith("error: "))
    assert done.code == 2 and all(part in line for part in (f'plugin = "{plugin}"', *parts)), line


def test_commands_of_plugins(cli, site: Path) -> None:
    help_text = cli("--help").out
    assert "greet" in help_text and "Say hello." in help_text and help_text.count("\n  run ") == 1
    assert cli("greet").out == "hello\n"
    done = cli("lost")
    assert done.code == 2 and "command 'lost' (good_plugin:nothing) is broken" in done.err
