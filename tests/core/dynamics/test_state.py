"""What dynamics remember is saved: a run goes on bit for bit, through the file that a checkpoint is."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

import gansuite
from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.averaged import Averaged
from gansuite.dynamics.consensus import Consensus
from gansuite.dynamics.extragradient import Extragradient
from gansuite.dynamics.gated import Gated
from gansuite.dynamics.generator_first import GeneratorFirst
from gansuite.dynamics.optimistic import Optimistic
from gansuite.dynamics.simultaneous import Simultaneous
from gansuite.dynamics.snapshots import Snapshots
from gansuite.dynamics.stale import Stale
from gansuite.dynamics.unrolled import Unrolled
from gansuite.engine.optimizers import adam
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.recipes import read

RULES = {
    "alternating": Alternating,
    "simultaneous": Simultaneous,
    "generator-first": GeneratorFirst,
    "unrolled": lambda: Unrolled(steps=3),
    "consensus": Consensus,
    "extragradient": lambda: Extragradient(draws="fresh"),
    "optimistic": Optimistic,
    "stale": lambda: Stale(delay=3, order="alternating"),
    "snapshots": lambda: Snapshots(queue=3, every=2),
    "snapshots drawn": lambda: Snapshots(queue=3, every=2, opponents="drawn"),
    "gated": lambda: Gated(low=0.45, high=0.55),
    "averaged": lambda: Averaged(rule=Optimistic()),
}


def through_a_file(state: Any) -> Any:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_resumes_bit_for_bit(gan, name: str) -> None:
    def fresh():
        return RULES[name](), *gan(NonSaturating(), moves={"critic": 2, "generator": 1}, optimizer=lambda p: adam(p))

    rule, engine, turns = fresh()
    for _ in range(7):
        rule.round(engine, turns)
    saved = through_a_file(
        [rule.state_dict(), engine.state_dict(), engine.game.state_dict()]
        + [player.state_dict() for player in engine.players.values()]
    )
    for _ in range(7):
        rule.round(engine, turns)
    again, other, turns = fresh()
    again.load_state_dict(saved[0])
    other.load_state_dict(saved[1])
    other.game.load_state_dict(saved[2])
    for player, state in zip(other.players.values(), saved[3:], strict=True):
        player.load_state_dict(state)
    for _ in range(7):
        again.round(other, turns)
    assert same(other.game.state_dict(), engine.game.state_dict())
    assert same(again.state_dict(), rule.state_dict())


def same(a: Any, b: Any) -> bool:
    if isinstance(a, Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return all(same(x, y) for x, y in zip(a, b, strict=True)) if isinstance(a, list) else a == b


@pytest.mark.parametrize(
    "rule",
    [
        {"name": "stale", "delay": 3},
        {"name": "snapshots", "queue": 2, "every": 2},
        {"name": "averaged", "rule": {"name": "optimistic"}, "start": 3},
    ],
    ids=lambda rule: rule["name"],
)
def test_a_run_resumes_from_the_checkpoint_before(rule: dict[str, Any], tmp_path: Path) -> None:
    small = {"name": "mlp", "width": 8}
    recipe = {
        "plugin": "toy",
        "data": {"name": "ring", "batch_size": 8},
        "prior": {"name": "normal", "size": 4},
        "players": {"generator": dict(small), "critic": dict(small)},
        "dynamics": rule,
        "train": {"steps": 10, "checkpoint_every": 5, "log_every": 5, "sample_every": 10, "samples": 4},
    }
    gansuite.run(read(recipe), out=tmp_path / "run", device="cpu")
    last = tmp_path / "run" / "checkpoints" / "000010"
    whole = load_file(last / "weights.safetensors")
    shutil.rmtree(last)
    gansuite.resume(tmp_path / "run", device="cpu")
    again = load_file(last / "weights.safetensors")
    assert same(again, whole)
    assert any(name.startswith("average.") for name in again) == (rule["name"] == "averaged")
