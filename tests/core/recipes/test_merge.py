"""Recipes laid over recipes, and settings laid over both."""

from __future__ import annotations

import pytest

from gansuite.errors import UserError
from gansuite.recipes import read
from gansuite.recipes.merge import merge, override


def test_tables_merge_and_arrays_are_replaced():
    base = {"a": {"b": 1, "c": 2}, "d": [1, 2], "e": 3}
    assert merge(base, {"a": {"c": 5}, "d": [9]}) == {"a": {"b": 1, "c": 5}, "d": [9], "e": 3}
    assert base == {"a": {"b": 1, "c": 2}, "d": [1, 2], "e": 3}


def test_another_component_drops_the_options_of_the_former_one():
    base = {"name": "base", "data": {"name": "drums", "rate": 8000, "batch_size": 8}}
    assert merge(base, {"name": "over", "data": {"name": "folder", "root": "x"}}) == {
        "name": "over",
        "data": {"name": "folder", "root": "x", "batch_size": 8},
    }
    assert merge(base, {"data": {"name": "drums", "length": 4}})["data"]["rate"] == 8000
    assert merge({"game": {"objective": "hinge"}}, {"game": {"objective": {"margin": 2}}})["game"]["objective"] == {
        "name": "hinge",
        "margin": 2,
    }


def test_extends_beside_the_file_and_by_name(write):
    write("deep/base.toml", 'extends = "wavegan"\n[train]\nsteps = 7\n')
    write("deep/middle.toml", 'extends = "base.toml"\n[train]\nsamples = 3\n')
    recipe = read(write("top.toml", 'extends = "deep/middle.toml"\nseed = 5\n'))
    assert (recipe.name, recipe.seed, recipe.train.steps, recipe.train.samples) == ("top", 5, 7, 3)
    assert recipe.data == read("wavegan").data


@pytest.mark.parametrize("value", ["3", '""', '"absent.toml"', '["a"]', '"wavegna"', '"../../absent/x.toml"'])
def test_extends_of_nothing(write, value):
    with pytest.raises(UserError) as caught:
        read(write("a.toml", f"extends = {value}"))
    assert "\n" not in str(caught.value)


def test_circles_are_refused(write):
    write("b.toml", 'extends = "c.toml"')
    write("c.toml", 'extends = "a.toml"')
    with pytest.raises(UserError, match=r"in a circle: a\.toml -> b\.toml -> c\.toml -> a\.toml"):
        read(write("a.toml", 'extends = "b.toml"'))
    with pytest.raises(UserError, match="in a circle"):
        read(write("self.toml", 'extends = "self.toml"'))


def test_settings_are_toml_values_and_words():
    tables = {"a": {"b": 1, "name": "x"}, "list": [{"n": 1}, {"n": 2}], "game": {"objective": "hinge"}}
    settings = ["a.b=2.5", "list[0].n=7", "list.1.n=8", "new.deep.key=[1, 2]", "word=some-word", "a.c='quoted'"]
    assert override(tables, settings) == {
        "a": {"b": 2.5, "name": "x", "c": "quoted"},
        "list": [{"n": 7}, {"n": 8}],
        "game": {"objective": "hinge"},
        "new": {"deep": {"key": [1, 2]}},
        "word": "some-word",
    }
    assert tables["list"][0]["n"] == 1
    assert override(tables, ["game.objective.margin=2"])["game"]["objective"] == {"name": "hinge", "margin": 2}
    assert override({}, ["data.root=/some/where/ä b"]) == {"data": {"root": "/some/where/ä b"}}


def test_a_name_is_set_before_the_options_that_belong_to_it():
    tables = {"data": {"name": "drums", "rate": 1, "batch_size": 8}}
    expected = {"data": {"name": "folder", "root": "x", "batch_size": 8}}
    assert override(tables, ["data.root=x", "data.name=folder"]) == expected
    assert override(tables, ["data.name=folder", "data.root=x"]) == expected


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("train.steps", "write it as table.option=VALUE"),
        ("=3", "write it as table.option=VALUE"),
        ("a..b=3", "write it as table.option=VALUE"),
        ("a=[1", "the value is no TOML"),
        ('a="x', "the value is no TOML"),
        ("a=", "the value is no TOML"),
        ("a=1\nb=2", "one value for one option"),
        ("metrics[4].n=3", '"4" is none of its 1 entries, which count from 0'),
        ("metrics.x.n=3", '"x" is none of its 1 entries'),
        ("seed.x=3", '"x" stands in no table'),
        ("seed=inf", "should be a finite number"),
        ("seed=2020-01-01", "should not be a date"),
    ],
)
def test_settings_that_are_refused(setting, told):
    with pytest.raises(UserError) as caught:
        override({"seed": 1, "metrics": [{"n": 1}]}, [setting])
    assert told in str(caught.value)
    assert "--set " in str(caught.value)
    assert "\n" not in str(caught.value)
