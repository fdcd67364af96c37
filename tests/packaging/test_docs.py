"""The documentation against the code: hooks with their arguments, every component, every command, no gap left open."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from gansuite.cli.program import COMMANDS
from gansuite.plugins import KINDS, hookspecs
from gansuite.plugins.registry import registry

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
HOOKS = {name: function for name, function in vars(hookspecs).items() if name.startswith("gansuite_")}


@pytest.fixture(scope="module")
def generated() -> ModuleType:
    """The extension that makes the reference pages."""
    pytest.importorskip("sphinx", reason="needs sphinx: pip install 'gansuite[docs]'")
    spec = importlib.util.spec_from_file_location("gansuite_docs", DOCS / "ext" / "gansuite_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["gansuite_docs"] = module
    spec.loader.exec_module(module)
    return module


def test_hooks_are_documented_with_their_exact_arguments():
    told = dict(re.findall(r"^`(gansuite_\w+)\(([^)]*)\)`$", (DOCS / "plugins.md").read_text(), re.M))
    assert told == {name: ", ".join(inspect.signature(hook).parameters) for name, hook in HOOKS.items()}


def test_every_component_is_in_the_reference(generated: ModuleType):
    page = generated.components_markdown()
    sections = dict(re.findall(r"^## ([\w-]+)\n(.*?)(?=^## |\Z)", page, re.M | re.S))
    entries = [entry for entry in registry().entries() if entry.distribution == "gansuite"]
    assert {entry.component.kind for entry in entries} == set(sections) <= set(KINDS)
    for entry in entries:
        name = entry.component.name if entry.plugin == "core" else entry.address
        assert f"### `{name}`" in sections[entry.component.kind], entry
    assert "`phase_shuffle`" in sections["critic"]
    assert "non-saturating" in sections["game"]


def test_every_setting_of_a_recipe_is_in_the_reference(generated: ModuleType):
    from gansuite.recipes import tables

    page = generated.tables_markdown()
    models = [model for model, _ in generated.TABLES.values()]
    own = {model for model in vars(tables).values() if isinstance(model, type) and issubclass(model, tables.Table)}
    assert own - {tables.Table} == set(models)
    for model in models:
        for name, field in model.model_fields.items():
            assert f"| `{name}` |" in page
            assert field.description, f"{model.__name__}.{name} has no docstring"


HEADINGS = (
    "Formula",
    "Settings",
    "Use it",
    "Checked against",
    "Measured",
    "When to use it, and when not",
    "Reference",
)


def test_every_method_has_its_page_in_the_fixed_form(generated: ModuleType):
    found = {
        entry.component.name
        for kind in generated.METHODS
        for entry in registry().entries(kind)
        if entry.plugin == "core"
    }
    assert found == {path.stem for path in (DOCS / "methods").glob("*.md")} - {"index"}
    for name in sorted(found):
        page = (DOCS / "methods" / f"{name}.md").read_text()
        assert page.startswith(f"# `{name}`"), f"{name}.md: the title begins with the name"
        assert tuple(re.findall(r"^## (.+)$", page, re.M)) == HEADINGS, f"{name}.md is not in the fixed form"
        recipe = re.search(r"^## Use it\n.*?```toml\n(.+?)```", page, re.M | re.S)
        assert recipe or "layer" in page, f"{name}.md shows no recipe"


METRIC_HEADINGS = (
    "Formula",
    "Settings",
    "Use it",
    "Sees, and misses",
    "Held against",
    "Cost",
    "Reference",
)


def test_every_metric_has_its_page_in_the_fixed_form():
    found = {entry.component.name for entry in registry().entries("metric") if entry.distribution == "gansuite"}
    pages = {path.stem for path in (DOCS / "metrics").glob("*.md")} - {"index", "corruptions"}
    assert found == pages
    index = (DOCS / "metrics" / "index.md").read_text()
    for name in sorted(found):
        page = (DOCS / "metrics" / f"{name}.md").read_text()
        assert page.startswith(f"# `{name}`"), f"{name}.md: the title begins with the name"
        assert tuple(re.findall(r"^## (.+)$", page, re.M)) == METRIC_HEADINGS, f"{name}.md is not in the fixed form"
        assert re.search(r"^## Use it\n.*?```toml\n(.+?)```", page, re.M | re.S), f"{name}.md shows no recipe"
        assert f"({name}.md)" in index, f"index.md does not lead to {name}.md"


def test_every_metric_says_what_it_means_in_one_sentence():
    for entry in registry().entries("metric"):
        meaning = entry.load().meaning
        assert meaning.endswith(".") and "\n" not in meaning and len(meaning) < 200, entry


def test_every_command_is_in_the_reference(generated: ModuleType):
    page = generated.commands_markdown()
    for name in COMMANDS:
        assert f"## `gansuite {name}`" in page
    assert "--resume RUN" in page


def test_the_api_is_in_the_reference(generated: ModuleType):
    import gansuite

    page = generated.api_markdown()
    for name in set(gansuite.__all__) - {"__version__"}:
        assert f"gansuite.{name}(" in page


def test_every_recipe_has_its_place_on_the_page_of_a_system():
    pages = "\n".join(path.read_text() for path in (DOCS / "systems").rglob("*.md"))
    for path in (ROOT / "recipes").glob("*.toml"):
        assert re.search(rf"gansuite run {re.escape(path.stem)}\b(?!-)", pages), path.name


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)]


def test_links_between_files_lead_somewhere():
    for page in pages():
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_no_figure_is_left_to_be_filled_in():
    for page in pages():
        waiting = re.findall(r"FILL\(|^[A-Z]{4,}$", page.read_text(), flags=re.MULTILINE)
        assert not waiting, f"{page.relative_to(ROOT)} has a place that waits for a figure: {waiting[0]}"
