"""Sweeps of the tiny ring, in an empty folder, and workers that do not train."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gansuite.sweep.plan import Asked, Plan, make_plan
from gansuite.sweep.space import Range

from ..studies.conftest import RING, ring

__all__ = ["ring"]

SPACE = {
    "lr": Range(of=["players.*.optimizer.lr"], low=1e-4, high=1e-1, log=True),
    "width": Range(of=["players.generator.width"], low=2, high=9),
    "objective": Range(of=["game.objective"], choices=["hinge", "minimax"]),
}


@pytest.fixture(scope="session")
def wide(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The ring with a wider critic."""
    path = tmp_path_factory.mktemp("recipes") / "wide.toml"
    path.write_text(f'extends = "{RING}"\n[players.critic]\nwidth = 8\n')
    return str(path)


@pytest.fixture
def twins(ring: str, wide: str) -> list[str]:
    """Two recipes that differ in their width."""
    return [ring, wide]


MakePlan = Callable[..., Plan]
MADE: dict[str, Plan] = {}


@pytest.fixture
def plan(twins: list[str]) -> MakePlan:
    """``plan(trials=5)``: of both recipes over three options. A plan is plain values: equal ones are made once."""

    def make(recipes: list[str] | None = None, space: Mapping[str, Any] = SPACE, **more: Any) -> Plan:
        given = {"metric": "kad", "trials": 4, "final_seeds": 2} | more
        asked = Asked(recipes=recipes or twins, space=dict(space), **given)
        known = asked.model_dump_json()
        if known not in MADE:
            MADE[known] = make_plan(asked)
        return MADE[known]

    return make
