"""Whom a recipe's curve is drawn beside: its own generator by likelihood, and its own game without a critic's word."""

from __future__ import annotations

from typing import Any

import pytest

from gansuite.curves.rivals import control, twin
from gansuite.recipes import Recipe, read
from gansuite_text.spec import TextSpec

SPEC = TextSpec(40, 8)


def recipe(name: str, **changes: Any) -> Recipe:
    return read(f"text/{name}", [f"{key.replace('__', '.')}={value}" for key, value in changes.items()])


@pytest.mark.parametrize("name", ["oracle-seqgan", "relgan", "transformer", "maskgan"])
def test_the_twin_is_the_recipes_own_generator(name: str) -> None:
    own, beside = recipe(name), read(twin(recipe(name), SPEC))
    assert beside.players["generator"].network.entry is own.players["generator"].network.entry
    assert beside.players["generator"].network.as_table() == own.players["generator"].network.as_table()
    assert beside.players["generator"].optimizer.as_table() == own.players["generator"].optimizer.as_table()
    assert beside.prior.entry.component.name == "none" and list(beside.players) == ["generator"]


@pytest.mark.parametrize("name", ["leakgan", "textgan", "wgan-gp-text", "arae"])
def test_the_usual_one_stands_in_where_there_is_no_likelihood(name: str) -> None:
    network = read(twin(recipe(name), SPEC)).players["generator"].network
    assert network.entry.component.name == "recurrent"
    assert {key: network.options[key] for key in ("embedding", "hidden")} == {"embedding": 64, "hidden": 128}


def test_the_twin_makes_as_many_moves_as_the_generator() -> None:
    changes = {"train__steps": 100, "game__pretraining": "{likelihood=30, critic=10}"}
    moves = "{likelihood=2, critic=5, generator=3}"
    assert twin(recipe("oracle-seqgan", **changes, dynamics__moves=moves), SPEC)["train"]["steps"] == 2 * 30 + 3 * 60


def test_the_control_pays_every_choice_alike() -> None:
    for name, credit in (
        ("oracle-seqgan", {"name": "whole"}),
        ("seqgan-rollouts", {"name": "rollouts", "n": 1, "baseline": "none"}),
        ("scratchgan", {"name": "per-choice", "discount": 0.0}),
        ("maskgan", {"name": "per-choice", "discount": 0.0}),
    ):
        tables = control(recipe(name))
        assert tables is not None
        game = read(tables).game
        assert game.options["reward"].entry.component.name == "constant"
        assert game.options["credit"].as_table() == credit
    assert control(recipe("gumbel")) is None and control(recipe("cot")) is None
