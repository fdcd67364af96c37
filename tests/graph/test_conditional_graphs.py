"""A conditional run of graphs: as many nodes as asked for, from the checkpoint alone."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
import torch

import gansuite
from gansuite.errors import UserError
from gansuite.recipes import read

ROOT = Path(__file__).parents[2] / "recipes" / "graph"
TINY = [
    "data.count=48", "data.valid=0", "data.test=16", "data.batch_size=8", "train.steps=2", "train.checkpoint_every=2",
    "train.sample_every=2", "train.samples=4", "train.log_every=1", "evaluation.n=16", "metrics=[]",
]  # fmt: skip


def test_graphs_of_exactly_as_many_nodes_as_asked_for(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))
    going = gansuite.run(read(ROOT / "conditional.toml", TINY), out=tmp_path / "run", device="cpu")
    assert going.dataset.spec.labels == tuple(str(k) for k in going.dataset.spec.label_sizes)
    model = gansuite.load(tmp_path / "run", "cpu")
    rooms = going.dataset.spec.nodes
    for label in going.dataset.spec.labels:
        x = model.sample(20, 3, condition=label)
        assert set((x[:, :rooms] != 0).sum(1).tolist()) == {int(label)}
    mixed = model.sample(400, 3)  # without a label: as often as in training
    assert len(set((mixed[:, :rooms] != 0).sum(1).tolist())) > 4
    with pytest.raises(UserError, match="there is no label '99'"):
        model.sample(4, 3, condition="99")
    assert torch.equal(model.sample(4, 3, condition="15"), going.sample(4, 3, condition="15"))
    files = gansuite.sample(tmp_path / "run", 8, out=tmp_path / "drawn", condition="15")
    graphs = [graph for file in files if file.suffix == ".g6" for graph in nx.read_graph6(file)]
    assert [len(graph) for graph in graphs] == [15] * 8
