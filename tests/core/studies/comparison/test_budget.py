"""Equal budgets: what is asked, what holds the runs to it, and what it could not hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import gansuite
from gansuite.errors import UserError
from gansuite.recipes import read
from gansuite.studies.comparison.budget import Budget, parameters_of
from gansuite.studies.comparison.study import Comparison

from .made_comparison import row, run


def test_steps_and_seconds_are_settings_of_every_run(ring: str):
    vary, settings = ["game.objective=hinge,minimax"], ["train.log_every=7"]
    asked = Comparison([ring], 2, vary, settings, budgets=["steps=9", "seconds=2.5"])
    trained = [cell.arguments["recipe"]["train"] for cell in asked.cells()]
    assert len(trained) == 4
    assert {(each["steps"], each["seconds"], each["log_every"]) for each in trained} == {(9, 2.5, 7)}
    assert asked.budget.words == "9 steps, 2.5 CPU-seconds of training on one thread"
    assert asked.folder != Comparison([ring], 2, vary, settings).folder


@pytest.mark.parametrize(
    ("budget", "told"),
    [
        ("step=3", "--budget step=3: there is no budget of \"step\"; did you mean 'steps'?"),
        ("steps", "--budget steps: write it as AXIS=NUMBER, such as --budget steps=2000; axes: steps, seconds, param"),
        ("steps=many", "--budget steps=many: write it as AXIS=NUMBER"),
        ("seconds=0", "--budget seconds=0: write it as AXIS=NUMBER"),
        ("seconds=nan", "--budget seconds=nan: write it as AXIS=NUMBER"),
        ("parameters=-4", "--budget parameters=-4: write it as AXIS=NUMBER"),
        ("steps=2.5", "--budget steps=2.5: give a whole number"),
    ],
)
def test_what_is_no_budget(budget: str, told: str):
    with pytest.raises(UserError) as error:
        Budget.parse([budget])
    assert str(error.value).startswith(told)


def test_a_budget_and_a_setting_that_say_different_things_are_refused(ring: str):
    for how in ({"settings": ["train.steps=5"]}, {"vary": ["train.steps=5,6"]}):
        with pytest.raises(UserError, match=r"train\.steps=5.*: --budget steps=9 sets it for all runs; leave one"):
            Comparison([ring], 2, budgets=["steps=9"], **how)


def test_networks_of_another_size_are_refused_with_their_sizes(ring: str):
    recipe = read(ring, ["players.generator.width=4", "players.critic.width=4"])
    total = sum(parameters_of(recipe, recipe.data.dataset.make().spec).values())
    asked = Comparison([ring], 1, ["players.generator.width=4,40"], budgets=[f"parameters={total}"])
    wide = read(ring, ["players.generator.width=40"])
    other = sum(parameters_of(wide, recipe.data.dataset.make().spec).values())
    with pytest.raises(UserError) as error:
        asked.cells()
    assert str(error.value) == (
        f"--budget parameters={total}: not within 5%: width=40 {other:,}; change the networks' widths"
    )
    assert Comparison([ring], 1, budgets=[f"parameters={round(total * 1.04)}"]).cells()
    with pytest.raises(UserError, match="not within 5%: ring"):
        Comparison([ring], 1, budgets=[f"parameters={round(total * 1.07)}"]).cells()


def test_parameters_are_those_that_a_run_counts(ring: str):
    gansuite.run(ring, out="r")
    recipe = read(ring)
    assert json.loads(Path("r/run.json").read_text())["parameters"] == parameters_of(
        recipe, recipe.data.dataset.make().spec
    )


def test_a_run_that_steps_ended_before_its_seconds_is_said():
    used = row("t", "a", [0.1, 0.2])
    used = replace(used, runs=[run(0, 0.1, trained_seconds=10.2), run(1, 0.1, trained_seconds=9.7)])
    short = replace(used, runs=[run(0, 0.1, trained_seconds=10.0), run(1, 0.1, trained_seconds=4.0)])
    assert list(Budget({"seconds": 10.0}).broken([used])) == []
    assert list(Budget({"steps": 10.0}).broken([short])) == []
    (line,) = Budget({"seconds": 10.0}).broken([used, short])
    assert line == (
        "Budget not used up: 1 of 2 runs of t a ended by [train] steps after 4 of 10 CPU-seconds; raise --set"
        " train.steps=N."
    )
