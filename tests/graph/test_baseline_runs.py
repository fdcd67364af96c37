"""Baselines as runs: one round, a checkpoint that samples without the data, and a report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

import gansuite
from gansuite.recipes import read

TABLES = {
    "plugin": "graph",
    "data": {"name": "atlas"},
    "prior": "none",
    "game": "fitted",
    "evaluation": {"n": 16},
    "train": {"samples": 4},
}
WALKS = {"name": "network", "graph": "karate", "length": 2, "walks": 64}


@pytest.mark.parametrize("name", ["erdos-renyi", "sbm", "memorizer", "configuration"])
def test_a_baseline_is_fitted_saved_and_drawn_from_without_its_data(name: str, tmp_path: Path):
    tables = TABLES | {"players": {"generator": name}} | ({"data": WALKS} if name == "configuration" else {})
    going = gansuite.run(read(tables), out=tmp_path / "run", device="cpu")
    assert (going.step, going.steps) == (1, 1)
    drawn = going.sample(30, 7)
    model = gansuite.load(tmp_path / "run", "cpu")
    assert torch.equal(model.sample(30, 7), drawn)
    assert (tmp_path / "run" / "report.html").exists()
    known = json.loads((tmp_path / "run" / "run.json").read_text())
    assert known["status"] == "finished" and known["parameters"]["generator"] > 0
    if name == "memorizer":
        train = going.dataset.batch("train", torch.arange(going.dataset.count("train")), None)["data"]
        assert (drawn.unsqueeze(1) == train).all(2).any(1).all()
