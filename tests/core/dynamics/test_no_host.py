"""No rule makes the host wait for the device: whole rounds on the meta device. The gate alone reads one number."""

from __future__ import annotations

import pytest

from gansuite.plugins.builtin.dynamics import COMPONENTS
from gansuite.recipes import read
from gansuite.testing.device import play_on_meta

OPTIONS = {"unrolled": {"steps": 2}, "snapshots": {"every": 1}, "averaged": {"rule": "optimistic"}}
CASES = [(component.name, "adam") for component in COMPONENTS]
CASES += [("unrolled", optimiser) for optimiser in ("adamw", "sgd", "rmsprop")]


@pytest.mark.parametrize(("name", "optimiser"), CASES)
def test_a_round_needs_no_host(name: str, optimiser: str) -> None:
    player = {"name": "mlp", "width": 8, "optimizer": optimiser}
    recipe = read(
        {
            "plugin": "toy",
            "data": {"name": "ring", "batch_size": 8, "count": 200},
            "players": {"generator": player, "critic": player},
            "dynamics": {"name": name, "moves": {"critic": 2, "generator": 1}, **OPTIONS.get(name, {})},
        }
    )
    if name == "gated":
        with pytest.raises(RuntimeError):
            play_on_meta(recipe, rounds=2)
    else:
        play_on_meta(recipe, rounds=2)
