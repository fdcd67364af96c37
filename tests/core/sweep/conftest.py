"""Sweeps of the tiny ring, in an empty folder, and workers that do not train."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gansuite.plugins import registry
from gansuite.sweep.plan import Asked, Plan, make_plan
from gansuite.sweep.space import Range

CLI = Path(__file__).parents[1] / "cli"
RING = str(CLI / "ring.toml")
SPACE = {
    "lr": Range(of=["players.*.optimizer.lr"], low=1e-4, high=1e-1, log=True),
    "width": Range(of=["players.generator.width"], low=2, high=9),
    "objective": Range(of=["game.objective"], choices=["hinge", "minimax"]),
}


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The recipe of the ring, with its plugin in use."""
    former = registry._current
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / ".cache"))
    monkeypatch.setenv("GANSUITE_PLUGINS", "")
    sys.modules.pop("toyring", None)
    registry.configure(files=[CLI / "toyring.py"])
    yield RING
    sys.modules.pop("toyring", None)
    registry._current = former


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
