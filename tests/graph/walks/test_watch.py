"""What a run of walks is watched by: shares by hand, both alarms, and the file that the report reads."""

from __future__ import annotations

import json
from types import SimpleNamespace

import networkx as nx
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.report import View
from gansuite_graph.csr import Csr
from gansuite_graph.data.network import Network
from gansuite_graph.panels.network import NetworkPanel
from gansuite_graph.spec import GraphSpec
from gansuite_graph.walks.assembly import Transitions
from gansuite_graph.walks.walker import Walker
from gansuite_graph.walks.watch import FILE, Watch, account, observers

DATA = Network(graph="karate", length=5)


class Going:
    """As much of a run as the watch looks at; ``stray`` walks on all pairs of nodes."""

    def __init__(self, folder, stray: bool = False, data: Network = DATA) -> None:
        self.dataset, self.folder, self.recipe, self.terms = data, folder, SimpleNamespace(seed=0), {}
        whole = nx.complete_graph(data.spec.nodes)
        graph = Csr.of_edges(torch.tensor(list(whole.edges)).T, len(whole)) if stray else data.graph
        self.walker = Walker(graph)

    def sample(self, n: int, seed: int, chunk: int = 64):
        assert chunk >= n
        return self.walker.walks(n, self.dataset.spec.length, Rng(seed))

    def write_terms(self, terms) -> None:
        self.terms |= terms


def watched(folder, **how):
    run = Going(folder, **how)
    (watch,) = observers(run)
    assert isinstance(watch, Watch)
    watch.sampled(run, 7, None, folder)
    return run, json.loads((folder / FILE).read_text())


def test_a_walker_of_the_graph_itself_has_learnt_it_by_heart(tmp_path):
    run, found = watched(tmp_path)
    assert found["on-edges"] == 1.0 and found["overlap"] > 0.95 and found["step"] == 7
    assert len(found["alarms"]) == 1 and "by heart" in found["alarms"][0]
    assert run.terms == {"walks/on-edges": 1.0, "walks/overlap": found["overlap"]}
    assert found["walks"] == 5000  # 20,000 steps
    assert len(found["drawn"]["generated"]) == found["edges"]["generated"] == DATA.graph.edges
    assert found["degrees"]["real"] == torch.bincount(DATA.graph.degrees).tolist()


def test_walks_of_no_edge(tmp_path):
    _, found = watched(tmp_path, stray=True)
    assert found["on-edges"] == pytest.approx(DATA.graph.edges / (34 * 33 / 2), rel=0.1)
    assert len(found["alarms"]) == 1 and "follow no edge" in found["alarms"][0]


def test_shares_by_hand():
    graph = Csr.of_edges(torch.tensor([[0, 1, 2], [1, 2, 3]]), 4)
    made = Csr.of_edges(torch.tensor([[0, 0, 1], [1, 3, 2]]), 4)
    steps = Transitions.of(torch.tensor([[0, 1, 2], [0, 3, 3], [2, 0, 1]]), 4)  # over an edge, of six: 3
    found = account(graph, steps, made)
    assert found["on-edges"] == 3 / 6 and found["overlap"] == pytest.approx(2 / 3) and not found["alarms"]
    assert found["statistics"]["generated"]["largest-degree"] == 2


def test_only_runs_of_walks_are_watched(tmp_path):
    assert observers(SimpleNamespace(dataset=SimpleNamespace(spec=GraphSpec(4)))) == []
    assert observers(SimpleNamespace(dataset=SimpleNamespace(spec=DATA.spec))) == []


def test_the_section(tmp_path):
    run = {"spec": DATA.spec.as_dict(), "step": 7}
    assert "No graph has been put together" in NetworkPanel()(View(tmp_path, run=run)).html
    watched(tmp_path, stray=True)
    section = NetworkPanel()(View(tmp_path, run=run))
    assert section.title == "Network" and section.html.count('<svg class="graph"') == 2
    assert 'class="figure"' in section.html and "largest component" in section.html
    assert "The graph learnt from: 34 nodes" in section.html and "follow no edge" in section.html
    noted = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps(noted | {"alarms": ["<b>x"]}))
    assert "&lt;b&gt;x" in NetworkPanel()(View(tmp_path, run=run)).html
    (tmp_path / FILE).write_text("{")
    assert "No graph has been put together" in NetworkPanel()(View(tmp_path, run=run)).html
    assert NetworkPanel()(View(tmp_path, run={"spec": GraphSpec(4).as_dict()})).title == ""


def test_large_graphs_are_not_drawn(tmp_path):
    edges = tmp_path / "a.txt"
    edges.write_text("".join(f"{u} {v}\n" for u, v in nx.barabasi_albert_graph(250, 2, seed=0).edges))
    data = Network(path=str(edges), length=5)
    _, found = watched(tmp_path, data=data)
    assert "drawn" not in found and found["nodes"] == 250
    html = NetworkPanel()(View(tmp_path, run={"spec": data.spec.as_dict()})).html
    assert '<svg class="graph"' not in html and 'class="figure"' in html
