"""What a person is told of a component."""

from __future__ import annotations

import json

import pytest

from gansuite.errors import UserError
from gansuite.plugins.describe import describe
from gansuite.plugins.registry import registry


def test_one_name_of_several_kinds():
    found = describe("wavegan")
    assert {each["kind"] for each in found} == {"generator", "critic", "recipe"}
    assert [each["kind"] for each in describe("audio/wavegan", "critic")] == ["critic"]
    recipe = describe("wavegan", "recipe")[0]
    assert recipe["file"].endswith("wavegan.toml")


def test_options_have_types_bounds_defaults_and_words():
    (adam,) = describe("adam")
    options = {option["name"]: option for option in adam["options"]}
    assert options["lr"]["type"] == "number > 0"
    assert options["betas"]["type"] == "[number >= 0 and < 1, number >= 0 and < 1]"
    assert options["betas"]["default"] == [0.5, 0.9]
    assert options["eps"]["documentation"] == "added to the root of the second moment."
    assert adam["given"] == ["parameters"]
    assert adam["bibtex"].startswith("@inproceedings{kingma2015adam,")
    (gan,) = describe("gan")
    assert {option["name"]: option["type"] for option in gan["options"]} == {
        "objective": "objective",
        "penalties": "list of penalty",
        "inputs": "list of input",
        "conditioning": "conditioning",
        "growth": "growth",
    }
    (folder,) = describe("audio/folder")
    root = next(option for option in folder["options"] if option["name"] == "root")
    assert root["required"]


def test_unknown_names():
    with pytest.raises(UserError, match="there is no component \"hinje\"; did you mean 'hinge'"):
        describe("hinje")
    with pytest.raises(UserError, match='there is no penalty "hinge"'):
        describe("hinge", "penalty")
    with pytest.raises(UserError, match="there is no kind"):
        describe("hinge", "penalti")


@pytest.mark.parametrize("entry", registry().entries(), ids=lambda entry: f"{entry.component.kind} {entry.address}")
def test_everything_can_be_described(entry):
    told = describe(entry.address, entry.component.kind)
    assert len(told) == 1
    json.dumps(told, allow_nan=False)
    if entry.component.reference:
        assert told[0]["bibtex"], "the reference stands in no references.bib"
