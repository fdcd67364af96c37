"""Runs of NetGAN and CELL from the command line: resume bit for bit, sampling from a beginning, what is measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import gansuite
from gansuite.cli import main
from gansuite.engine import checkpoint
from gansuite.errors import UserError
from gansuite.recipes import read

pytest.importorskip("networkx", reason="needs networkx: pip install 'gansuite[graph]'")

NETGAN: dict[str, Any] = {
    "plugin": "graph",
    "data": {"name": "network", "graph": "karate", "length": 4, "batch_size": 16, "walks": 200},
    "prior": {"name": "normal", "size": 4},
    "players": {
        "generator": {"name": "netgan", "hidden": 8, "embedding": 6, "optimizer": {"name": "adam", "lr": 1e-2}},
        "critic": {"name": "netgan", "hidden": 8, "embedding": 6, "optimizer": {"name": "adam", "weight_decay": 5e-5}},
    },
    "game": {"name": "netgan", "estimator": {"name": "straight-through-gumbel", "temperature": 5.0, "final": 0.5}},
    "dynamics": {"name": "generator-first", "moves": {"generator": 1, "critic": 3, "likelihood": 1}},
    "train": {"steps": 16, "checkpoint_every": 8, "sample_every": 8, "log_every": 4, "samples": 32},
    "evaluation": {"n": 60},
    "metrics": [],
}
CELL: dict[str, Any] = NETGAN | {
    "data": NETGAN["data"] | {"length": 2, "batch_size": 64},
    "prior": {"name": "none"},
    "players": {"generator": {"name": "cell", "rank": 4, "optimizer": {"name": "adam", "lr": 0.1}}},
    "game": {"name": "cell"},
    "dynamics": {"name": "alternating"},
    "metrics": [{"name": "link-prediction"}],
}
RECIPES = {"netgan": NETGAN, "cell": CELL}


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> None:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path_factory.mktemp("cache")))


def weights(folder: Path, step: int) -> dict[str, torch.Tensor]:
    return load_file(folder / "checkpoints" / checkpoint.name(step) / checkpoint.FILES[0])


def run(tables: dict[str, Any], folder: Path) -> Path:
    return gansuite.run(read(tables), out=folder, device="cpu").folder


@pytest.mark.parametrize("name", RECIPES)
def test_a_resumed_run_is_the_run_that_was_never_stopped(name: str, tmp_path: Path):
    tables = RECIPES[name] | {"metrics": []}
    whole, stopped = run(tables, tmp_path / "whole"), run(tables, tmp_path / "stopped")
    last = stopped / "checkpoints" / checkpoint.name(16)
    for file in last.iterdir():
        file.unlink()
    last.rmdir()
    gansuite.resume(stopped, device="cpu")
    first, second = weights(whole, 16), weights(stopped, 16)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert any(not torch.equal(first[key], weights(whole, 8)[key]) for key in first)


def test_cell_learns_and_its_links_are_scored_without_a_walk(tmp_path: Path):
    folder = run(CELL | {"train": CELL["train"] | {"steps": 80, "checkpoint_every": 80}}, tmp_path / "run")
    rows = {row["name"]: row for row in map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())}
    assert rows["generator/cost"]["value"] < 0.5 * (torch.tensor(34.0).log() * 2).item() - 0.3
    assert rows["link-prediction/auc"]["extras"]["scores"] == "of the model"


def test_samples_of_a_run_are_walks(tmp_path: Path, capsys):
    folder = run(NETGAN, tmp_path / "run")
    with pytest.raises(SystemExit) as ended:
        main(["sample", str(folder), "-n", "12", "--seed", "1", "--out", str(tmp_path / "out")])
    assert not ended.value.code, capsys.readouterr().err
    assert list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prior": {"name": "none"}}, "take the prior normal"),
        (
            {"players": {"generator": CELL["players"]["generator"], "critic": NETGAN["players"]["critic"]}},
            "take the prior none",
        ),
        ({"game": {"name": "netgan", "estimator": "rebar"}}, "makes one after the other"),
    ],
)
def test_what_cannot_be_played_is_refused_in_a_line(change: dict[str, Any], message: str, tmp_path: Path):
    with pytest.raises(UserError, match=message) as refused:
        run(NETGAN | change, tmp_path / "run")
    assert "\n" not in str(refused.value)
