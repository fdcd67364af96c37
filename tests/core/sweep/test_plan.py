"""What can be asked of a sweep, and every mistake in one line before anything runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gansuite.errors import UserError
from gansuite.sweep.plan import Asked, Plan, make_plan, read_asked
from gansuite.sweep.space import Parameter, Range, parse_over, value_at

MakePlan = Callable[..., Plan]


def one(plan: MakePlan, ring: str, **space: Range) -> Parameter:
    return plan([ring], space).arms[0].parameters[0]


def test_a_plan_survives_its_file(plan: MakePlan) -> None:
    made = plan()
    assert Plan.of_dict(made.as_dict()) == made
    assert Plan.of_dict(made.as_dict()).identity == made.identity


def test_its_identity_is_all_but_what_may_grow(plan: MakePlan) -> None:
    base = plan().identity
    assert plan(trials=9, final_seeds=0).identity == base
    others = [plan(seed=1), plan(search="tpe"), plan(defaults_first=False), plan(set=["train.steps=2"])]
    others.append(plan(space={"width": Range(of=["players.generator.width"], low=2, high=8)}))
    assert len({base, *(each.identity for each in others)}) == 6


def test_a_star_is_every_table_at_its_place(plan: MakePlan, ring: str) -> None:
    rate = one(plan, ring, lr=Range(of=["players.*.optimizer.lr"], low=0.1, high=0.2))
    assert rate.of == ("players.generator.optimizer.lr", "players.critic.optimizer.lr")


def test_a_choice_may_be_a_table(plan: MakePlan, ring: str) -> None:
    choices = ["hinge", {"name": "f-divergence", "divergence": "kl"}]
    arm = plan([ring], {"objective": Range(of=["game.objective"], choices=choices)}).arms[0]
    assert arm.recipe({"objective": choices[1]}, 0, None).as_dict()["game"]["objective"]["divergence"] == "kl"
    assert Parameter.of_dict(arm.parameters[0].as_dict()) == arm.parameters[0]
    assert [arm.has(arm.parameters[0], choice) for choice in choices] == [True, False]


def test_whole_ends_of_a_real_option_are_real(plan: MakePlan, ring: str) -> None:
    rate = one(plan, ring, lr=Range(of=["players.*.optimizer.lr"], low=1, high=2))
    width = one(plan, ring, width=Range(of=["players.generator.width"], low=2, high=9))
    assert (rate.whole, width.whole) == (False, True)
    assert isinstance(rate.low, float)


def test_values_reach_every_option_and_the_recipe_stays_otherwise(plan: MakePlan) -> None:
    arm = plan().arms[0]
    recipe = arm.recipe({"lr": 0.03, "width": 7, "objective": "minimax"}, 5, "valid").as_dict()
    assert [recipe["players"][who]["optimizer"]["lr"] for who in ("generator", "critic")] == [0.03, 0.03]
    assert recipe["players"]["generator"]["width"] == 7
    assert recipe["game"]["objective"]["name"] == "core/minimax" or recipe["game"]["objective"]["name"] == "minimax"
    assert (recipe["seed"], recipe["evaluation"]["split"]) == (5, "valid")
    plain = arm.recipe({}, 5, None).as_dict()
    assert plain | {"seed": 0, "name": ""} == {**arm.tables, "seed": 0, "name": ""}


def test_trials_are_judged_on_the_validation_part_where_there_is_one(plan: MakePlan, ring: str) -> None:
    assert (plan().arms[0].selection, plan().arms[0].report) == ("valid", "test")
    small = plan([ring], set=["data.count=12"]).arms[0]  # three items each are too few to compare
    assert (small.selection, small.report) == (None, None)


def test_a_file_is_read_with_the_recipes_beside_it(ring: str, wide: str, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    shutil.copy(wide, tmp_path / "sub/wide.toml")
    (tmp_path / "sub/sweep.toml").write_text(
        'recipes = ["wide.toml"]\nmetric = "kad"\nset = ["train.steps=2"]\n'
        '[space]\n"data.batch_size" = { choices = [2, 4] }\n'
        '[recipe."wide.toml".space]\nlr = { of = ["players.*.optimizer.lr"], low = 1e-3, high = 1e-2, log = true }\n'
    )
    made = make_plan(read_asked(tmp_path / "sub/sweep.toml"))
    assert [each.name for each in made.arms[0].parameters] == ["data.batch_size", "lr"]
    assert (made.trials, made.final_seeds, made.search) == (20, 5, "random")
    assert made.arms[0].tables["train"]["steps"] == 2


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("a.b=1..5", "a.b", {"of": ["a.b"], "low": 1, "high": 5, "log": False}),
        ("a.b=1e-5..1e-2:log", "a.b", {"of": ["a.b"], "low": 1e-5, "high": 1e-2, "log": True}),
        ("a.b,c.d = -1..0.5", "a.b", {"of": ["a.b", "c.d"], "low": -1, "high": 0.5}),
        ("a.b=32,64", "a.b", {"choices": [32, 64]}),
        ("a.b=adam,rmsprop", "a.b", {"choices": ["adam", "rmsprop"]}),
        ("a.b=[],[{name='r1'}]", "a.b", {"choices": [[], [{"name": "r1"}]]}),
        ("a.b=true,false", "a.b", {"choices": [True, False]}),
    ],
)
def test_what_is_typed(text: str, name: str, expected: dict[str, Any]) -> None:
    key, found = parse_over(text)
    assert key == name
    assert {key: value for key, value in found.model_dump().items() if key in expected} == expected


@pytest.mark.parametrize(
    "text", ["a.b", "a.b=", "=1..2", "a.b=1..", "a.b=1..x", "a.b=1..2:lin", "a.b=1,,2", "a=1..inf"]
)
def test_what_is_typed_wrongly(text: str) -> None:
    with pytest.raises(UserError, match=r"--over .*OPTION=LOW\.\.HIGH"):
        parse_over(text)


@pytest.mark.parametrize(
    ("space", "words"),
    [
        (
            {"players.generator.widht": Range(low=1, high=2)},
            ["[space] players.generator.widht", "did you mean 'width'?"],
        ),
        ({"players.*.optimizer.rate": Range(low=0.1, high=0.2)}, ["has no option 'rate'"]),
        ({"player.*.width": Range(low=1, high=2)}, ["no option of the recipe is called"]),
        ({"w": Range(of=["players.generator.width"], low=5, high=5)}, ["[space] w", "5 to 5 is empty"]),
        ({"w": Range(of=["players.generator.width"], low=5, high=4)}, ["5 to 4 is empty"]),
        ({"lr": Range(of=["players.*.optimizer.lr"], low=0, high=1, log=True)}, ["begins above 0, not at 0"]),
        ({"w": Range(of=["players.generator.width"], choices=[])}, ["nothing to choose from"]),
        ({"w": Range(of=["players.generator.width"], choices=[4, "many"])}, ["[space] w", '"many"', "integer"]),
        ({"w": Range(of=["players.generator.width"], choices=[4, 4])}, ["the choice 4 is there twice"]),
        ({"w": Range(of=["players.generator.width"], choices=[4], low=1)}, ["not both"]),
        ({"w": Range(of=["players.generator.width"], low=1)}, ["needs low and high, or choices"]),
        ({"b": Range(of=["data.batch_size"], low=-3, high=9)}, ["[space] b", "-3", "greater than"]),
        ({"seed": Range(low=1, high=9)}, ["chooses the seeds"]),
        ({"s": Range(of=["evaluation.split"], choices=["test"])}, ["chooses the seeds"]),
        ({"trial": Range(of=["players.generator.width"], low=2, high=3)}, ["the sweep's own words"]),
        (
            {
                "a": Range(of=["players.generator.width"], low=2, high=3),
                "b": Range(of=["players.*.width"], low=2, high=3),
            },
            ["[space] b", "players.generator.width is drawn by a already"],
        ),
        ({}, ["varies nothing"]),
    ],
)
def test_a_space_that_is_wrong(plan: MakePlan, ring: str, space: dict[str, Range], words: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        plan([ring], space)
    line = str(caught.value)
    assert "\n" not in line and all(word in line for word in words), line


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"metric": "kadd"}, ['metric "kadd"', "does not measure it; did you mean 'kad'?"]),
        ({"metric": "modes/f1"}, ["does not measure it", "kad"]),
        ({"metric": "kad/part"}, ['"kad/part" is no number of kad']),
        ({"set": ["seed=3"]}, ["seed=3", "chooses the seeds"]),
        ({"set": ["train.stepz=3"]}, ["stepz", "did you mean 'steps'?"]),
        ({"recipes": ["no-such-recipe"]}, ["no-such-recipe"]),
    ],
)
def test_what_else_can_be_wrong(plan: MakePlan, more: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        plan(**more)
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_metric_without_direction(plan: MakePlan, ring: str) -> None:
    with pytest.raises(UserError, match='metric "c2st" has no direction'):
        plan([ring], set=["metrics=[{name='c2st', n=32}]"], metric="c2st")


def test_ranges_of_a_recipe_that_is_not_there(plan: MakePlan, twins: list[str]) -> None:
    asked = {"recipes": twins, "metric": "kad", "recipe": {"wide": {"space": {}}}}
    with pytest.raises(UserError, match=r"\[recipe.*wide.*no such recipe"):
        make_plan(Asked.model_validate(asked))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("trials = 0", "trials = 0: Input should be greater than 0"),
        ('search = "grid"', "search"),
        ("trails = 3", "no option 'trails'; did you mean 'trials'?"),
        ("seed = -1", "seed = -1"),
    ],
)
def test_a_file_that_is_wrong(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(f'recipes = ["x"]\nmetric = "kad"\n{line}\n')
    with pytest.raises(UserError, match=r"sweep\.toml") as caught:
        read_asked(path)
    assert words in str(caught.value)


def test_a_place_in_tables() -> None:
    tables = {"a": {"b": [{"c": 1}, {"c": 2}]}, "d": 3}
    assert [value_at(tables, path) for path in ("a.b[1].c", "a.b.0.c", "d", "d.e", "a.x", "a.b[5].c")] == [
        2, 1, 3, None, None, None,
    ]  # fmt: skip
