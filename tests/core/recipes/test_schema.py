"""The JSON Schema of a recipe, against the reader that decides."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gansuite.errors import UserError
from gansuite.plugins.component import KINDS
from gansuite.plugins.registry import registry
from gansuite.plugins.resources import recipes_folder
from gansuite.recipes import read
from gansuite.recipes.schema import schema
from gansuite.recipes.toml import read_toml

FILES = sorted(recipes_folder().glob("*.toml"))


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return schema()


def fits(value: Any, rule: Any, whole: dict[str, Any]) -> bool:
    """Draft 7, as far as these schemas use it; an unknown key fails."""
    if isinstance(rule, bool):
        return rule
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
    checks = {
        "$ref": lambda ref: fits(value, whole["$defs"][ref.removeprefix("#/$defs/")], whole),
        "anyOf": lambda rules: any(fits(value, each, whole) for each in rules),
        "not": lambda inner: not fits(value, inner, whole),
        "enum": lambda values: value in values,
        "const": lambda other: value == other,
        "type": lambda kind: (
            kind != "null" and isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))
        ),
        "minimum": lambda bound: value >= bound,
        "maximum": lambda bound: value <= bound,
        "exclusiveMinimum": lambda bound: value > bound,
        "exclusiveMaximum": lambda bound: value < bound,
        "minLength": lambda bound: len(value) >= bound,
        "maxLength": lambda bound: len(value) <= bound,
        "pattern": lambda pattern: re.search(pattern, value) is not None,
        "minItems": lambda bound: len(value) >= bound,
        "maxItems": lambda bound: len(value) <= bound,
        "items": lambda item: all(
            fits(each, rule_of, whole)
            for each, rule_of in zip(value, item if isinstance(item, list) else [item] * len(value), strict=False)
        ),
        "additionalItems": lambda more: more or len(value) <= len(rule["items"]),
        "required": lambda names: isinstance(value, dict) and all(name in value for name in names),
        "properties": lambda named: all(fits(value[key], named[key], whole) for key in named if key in value),
        "additionalProperties": lambda more: all(
            fits(value[key], more, whole) for key in value if key not in rule.get("properties", {})
        ),
        **dict.fromkeys(("$schema", "$defs", "title", "description", "default", "format"), lambda _: True),
    }
    if "type" in rule and not checks["type"](rule["type"]):
        return False
    return all(checks[key](part) for key, part in rule.items())


def test_draft_and_references(whole):
    text = json.dumps(whole)
    assert whole["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', text)) <= set(whole["$defs"])
    assert "x-gansuite-kind" not in text
    assert "prefixItems" not in text
    assert set(KINDS) - {"recipe"} <= set(whole["$defs"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_our_recipes_fit_and_so_do_their_resolved_forms(path, whole):
    assert fits(read_toml(path), whole, whole)
    if path.stem != "wavegan-digits":
        assert fits(read(path).as_dict(), whole, whole)


@pytest.mark.parametrize(
    "tables",
    [
        {"trian": {"steps": 1}},
        {"train": {"steps": 0}},
        {"train": {"steps": True}},
        {"train": {"step": 1}},
        {"seed": -1},
        {"name": "a/b"},
        {"prior": {"name": "uniform", "sise": 3}},
        {"prior": "unifrm"},
        {"game": {"name": "gan", "objective": "wassertein"}},
        {"game": {"name": "gan", "penalties": [{"name": "r1", "weight": -1}]}},
        {"data": {"name": "audio/folder"}},
        {"data": {"name": "audio/drums", "batch_size": 0}},
        {"dynamics": {"name": "alternating", "moves": {"critic": 0}}},
        {"metrics": [{"name": "kad", "n": 1}]},
        {"players": {"critic": {"name": "audio/wavegan", "optimizer": {"name": "adam", "betas": [0.5]}}}},
    ],
    ids=range(15),
)
def test_what_the_reader_refuses_does_not_fit(tables, whole):
    assert not fits(tables, whole, whole)
    base = read("wavegan").as_dict()
    with pytest.raises(UserError):
        read(base | tables)


def test_every_component_is_in_it(whole):
    names = json.dumps(whole)
    for entry in registry().entries():
        if entry.component.kind != "recipe":
            assert f'"{entry.address}"' in names
