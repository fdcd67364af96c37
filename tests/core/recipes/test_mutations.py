"""Recipes that went wrong in every way: a reader of them never sees a traceback."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gansuite.errors import UserError
from gansuite.plugins.resources import recipes_folder
from gansuite.recipes import Recipe, read
from gansuite.recipes.toml import read_toml

TEXT = (recipes_folder() / "wavegan.toml").read_text(encoding="utf-8")
TABLES = read_toml(recipes_folder() / "wavegan.toml") | {
    "evaluation": {"split": "valid", "n": 64},
    "writer": {"name": "wav", "bits": 24},
    "observers": [{"name": "tensorboard"}],
}
CASES = 400
relaxed = settings(max_examples=CASES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

junk = st.recursive(
    st.booleans()
    | st.sampled_from([0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**400, -3])
    | st.floats()
    | st.sampled_from([float("nan"), float("inf"), -0.0, 1e308, 5e-324])
    | st.text(max_size=12)
    | st.sampled_from(
        ["wavegan", "audio/wavegan", "core/gan", "hinge", "r1", "a/b/c", "/", "", "name", "\n", "\0", "é" * 99]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.just("name"), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(tree: Any, path: tuple = ()) -> list[tuple]:
    """Every path into a tree."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [place for key, value in inner for place in [(*path, key), *places(value, (*path, key))]]


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    """The recipe after one to three accidents."""
    tables = copy.deepcopy(TABLES)
    for _ in range(draw(st.integers(1, 3))):
        known = places(tables)
        if not known:
            break
        *path, key = draw(st.sampled_from(known))
        parent = tables
        for part in path:
            parent = parent[part]
        accident = draw(st.sampled_from(["replace", "replace", "remove", "rename", "add", "nest"]))
        if accident == "replace":
            parent[key] = draw(junk)
        elif accident == "remove":
            del parent[key]
        elif accident == "rename" and isinstance(parent, dict):
            old = str(key)
            at = draw(st.integers(0, len(old)))
            parent[old[:at] + draw(st.text(max_size=2)) + old[at + 1 :]] = parent.pop(key)
        elif accident == "add" and isinstance(parent, dict):
            parent[draw(st.text(max_size=6))] = draw(junk)
        else:
            parent[key] = [parent[key]] if draw(st.booleans()) else {"name": parent[key]}
    return tables


def outcome(*arguments: Any) -> None:
    """Reading gives a Recipe that reads back, or one line."""
    try:
        recipe = read(*arguments)
    except UserError as error:
        line = str(error)
        assert line.strip()
        assert line.isprintable() or not any(char in line for char in "\n\r\x0b\x0c\x1b\x85\u2028\u2029")
        assert len(line) < 2000
        line.encode("utf-8")
        return
    assert isinstance(recipe, Recipe)
    assert read(recipe.as_dict()) == recipe


@relaxed
@given(mutants())
def test_mutated_tables(tables):
    outcome(tables)


@settings(relaxed, max_examples=80)
@given(st.integers(0, len(TEXT)), st.text(max_size=3), st.integers(0, 9))
def test_mutated_text(tmp_path_factory, at, insert, cut):
    path = tmp_path_factory.getbasetemp() / "mutant.toml"
    path.write_bytes((TEXT[:at] + insert + TEXT[at + cut :]).encode("utf-8", "surrogatepass"))
    outcome(path)


@settings(relaxed, max_examples=60)
@given(st.integers(0, len(TEXT)))
def test_truncated_text(tmp_path_factory, at):
    path = tmp_path_factory.getbasetemp() / "truncated.toml"
    path.write_text(TEXT[:at], encoding="utf-8")
    outcome(path)


@settings(relaxed, max_examples=150)
@given(
    st.lists(
        st.tuples(st.sampled_from([".".join(map(str, p)) for p in places(TABLES)]), st.text(max_size=8)), max_size=3
    )
)
def test_settings_of_any_text(pairs):
    outcome(TABLES, [f"{path}={value}" for path, value in pairs])


@settings(relaxed, max_examples=60)
@given(st.text(max_size=20))
def test_sources_and_settings_that_are_any_text(text):
    outcome("wavegan", [text])
    outcome(text)
