"""The watch over a run of graphs: shares by hand, alarms where they are no chance."""

from __future__ import annotations

import json
from types import SimpleNamespace

import networkx as nx
import torch

from gansuite_graph.metrics.refinement import hashes
from gansuite_graph.observers import Look, alarms, look, observers
from gansuite_graph.spec import GraphSpec, WalkSpec, pairs_of

SPEC = GraphSpec(8)


def rows_of(graphs) -> torch.Tensor:
    i, j = pairs_of(8)
    x = torch.zeros(len(graphs), *SPEC.shape, dtype=torch.int64)
    for row, graph in zip(x, graphs, strict=True):
        row[: len(graph)] = 1
        bonds = torch.zeros(8, 8, dtype=torch.int64)
        for u, v in graph.edges:
            bonds[u, v] = bonds[v, u] = 1
        row[8:] = bonds[i, j]
    return x


def law(n: int, seed: int) -> torch.Tensor:
    return rows_of([nx.gnp_random_graph(5 + k % 4, 0.5, seed=seed + k) for k in range(n)])


class Data:
    spec = SPEC

    def __init__(self, **splits):
        self.splits = splits

    def count(self, split):
        return len(self.splits.get(split, ()))

    def batch(self, split, index, rng):
        return {"data": self.splits[split][index]}


def run_of(folder, made, **splits):
    return SimpleNamespace(
        dataset=Data(**splits),
        folder=folder,
        sample=lambda n, seed: made[:n],
        recipe=SimpleNamespace(seed=0),
        engine=SimpleNamespace(device=torch.device("cpu")),
        write_terms=lambda terms: None,
    )


def watched(folder, made, **splits):
    run = run_of(folder, made, **splits)
    (watch,) = observers(run)
    watch.sampled(run, 10, None, folder)
    return json.loads((folder / "alarms.json").read_text())


def test_shares_by_hand():
    train = rows_of([nx.path_graph(3), nx.cycle_graph(4)])
    x = rows_of([nx.path_graph(3), nx.star_graph(2), nx.empty_graph(3), nx.cycle_graph(5)])
    found = look(SPEC, x, (train, hashes(SPEC, train)))
    assert found == Look(repeated=0.25, copies=0.5, empty=0.25, sizes=2, n=4)
    assert look(SPEC, x, None) == Look(0.25, None, 0.25, 2, 4)


def test_a_generator_of_the_real_law_raises_no_alarm(tmp_path):
    found = watched(tmp_path, law(300, 5000), train=law(300, 0), test=law(300, 2000))
    assert found["alarms"] == [] and found["generated"]["n"] == 300 and found["step"] == 10


def test_each_alarm(tmp_path):
    train, test = law(300, 0), law(300, 2000)
    collapsed = rows_of([nx.path_graph(5), nx.star_graph(5)] * 200)
    told = watched(tmp_path, collapsed, train=train, test=test)["alarms"]
    assert len(told) == 1 and "99% of 300 generated graphs repeat an earlier one" in told[0]
    told = watched(tmp_path, train, train=train, test=test)["alarms"]
    assert len(told) == 1 and "100% of 300 generated graphs stand in the training set" in told[0]
    told = watched(tmp_path, torch.cat([law(280, 9000), rows_of([nx.empty_graph(5)] * 20)]), train=train, test=test)
    assert [each for each in told["alarms"] if "have no edge" in each]
    same = rows_of([nx.gnp_random_graph(8, 0.5, seed=k) for k in range(300)])
    told = watched(tmp_path, same, train=train, test=test)["alarms"]
    assert told == ["All 300 generated graphs have one number of nodes; real ones have 4."]


def test_one_size_is_no_alarm_where_the_data_have_one():
    alike, several = Look(0.0, 0.0, 0.0, 1, 100), Look(0.0, 0.0, 0.0, 3, 100)
    assert alarms(alike, alike) == [] and len(alarms(alike, several)) == 1


def test_without_held_out_graphs_memory_is_not_judged(tmp_path):
    train = law(300, 0)
    found = watched(tmp_path, train, train=train)
    assert found["alarms"] == [] and found["real"]["copies"] is None


def test_only_sets_of_graphs_are_watched():
    assert observers(SimpleNamespace(dataset=SimpleNamespace(spec=WalkSpec(5, 4, 6)))) == []
