"""The data set of walks: a function of the stream, no step over what is held out, and the held-out edges themselves."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng
from gansuite.engine.source import DataSource
from gansuite.errors import UserError
from gansuite_graph.csr import Csr
from gansuite_graph.data.hold_out import absent_pairs, first_of_each, hold_out, spanning_tree
from gansuite_graph.data.network import Network
from gansuite_graph.data.one_graph import classic
from gansuite_graph.spec import WalkSpec

CORA = Path(__file__).parents[3].parent / "shared" / "data" / "graphs" / "cora_ml_lcc.npz"


def pairs(edges: torch.Tensor) -> set[tuple[int, int]]:
    return {(min(u, v), max(u, v)) for u, v in edges.T.tolist()}


def steps(walks: torch.Tensor) -> set[tuple[int, int]]:
    return pairs(torch.stack([walks[:, :-1].flatten(), walks[:, 1:].flatten()]))


@pytest.fixture(scope="module")
def data() -> Network:
    return Network(graph="les-miserables", walks=500, seed=3)


def test_it_is_a_data_set(data):
    assert isinstance(data, Dataset)
    assert data.spec == WalkSpec(77, 16, 216, tuple(nx.les_miserables_graph().nodes))
    assert data.read_spec(data.spec.as_dict()) == data.spec
    assert [data.count(split) for split in ("train", "valid", "test")] == [500] * 3
    assert data.summary["edges held out"] == {"valid": 25, "test": 13}
    first = data.batch("train", torch.tensor([0]), None)["data"][0, 0]
    assert data.names("train")[0] == f"train walk 0 from {data.spec.names[int(first)]}"


def test_what_is_held_out(data):
    whole, train = pairs(data.full.edge_index()), pairs(data.graph.edge_index())
    sets = {split: data.held_out(split) for split in ("valid", "test")}
    held = [pairs(edges) for edges, _ in sets.values()]
    none = [pairs(others) for _, others in sets.values()]
    assert [len(each) for each in (*held, *none)] == [25, 13, 25, 13]
    assert train | held[0] | held[1] == whole and len(train) + 38 == len(whole)
    assert not (none[0] | none[1]) & whole and not none[0] & none[1]
    assert all(u != v for u, v in none[0] | none[1])
    assert nx.is_connected(nx.Graph(list(train)))
    assert data.held_out("train")[0].shape == (2, 0)


def test_walks_stay_on_the_training_graph(data):
    train = pairs(data.graph.edge_index())
    for split in ("train", "valid", "test"):
        assert steps(data.batch(split, torch.arange(500), None)["data"]) <= train
    assert steps(data.batch("train", torch.arange(64), Rng(0, "a"))["data"]) <= train


def test_without_random_numbers_a_walk_is_its_index(data):
    every = data.batch("valid", torch.arange(500), None)["data"]
    some = torch.tensor([3, 499, 3])
    assert torch.equal(data.batch("valid", some, None)["data"], every[some])
    again = Network(graph="les-miserables", walks=500, seed=3)
    assert torch.equal(again.batch("valid", some, None)["data"], every[some])
    assert again.fingerprint == data.fingerprint
    assert not torch.equal(data.batch("test", some, None)["data"], every[some])


@pytest.mark.parametrize("pool", [1, 64, 2048])
def test_fresh_walks_are_a_function_of_the_stream(pool):
    """Whatever was drawn before, and for any number of processes; every batch another."""
    data = Network(graph="karate", length=5, pool=pool)
    source = DataSource(data, 16, 7, torch.device("cpu"))
    batches = [source.draw("critic", i, (0, 1))["data"] for i in range(9)]
    assert len({tuple(batch.flatten().tolist()) for batch in batches}) == 9
    assert not torch.equal(source.draw("generator", 0, (0, 1))["data"], batches[0])
    other = DataSource(Network(graph="karate", length=5, pool=pool), 16, 7, torch.device("cpu"))
    assert torch.equal(other.draw("critic", 6, (0, 1))["data"], batches[6])
    assert torch.equal(source.draw("critic", 2, (0, 1))["data"], batches[2])
    halves = [other.draw("critic", 4, (rank, 2))["data"] for rank in (0, 1)]
    assert torch.equal(torch.cat(halves), batches[4])


def test_pools_hold_walks_of_the_same_law():
    data = Network(graph="davis", length=2, held_out={})
    x = torch.cat([data.batch("train", torch.arange(100), Rng(0, "a", index=i))["data"] for i in range(200)])
    counts = np.bincount(x[:, 0], minlength=32)
    assert ((counts - 625) ** 2 / 625).sum() < 70  # chi-square with 31 degrees: 1e-4 beyond 67


def test_pairs_of_neighbours_and_node2vec():
    data = Network(graph="karate", length=2, held_out={"test": 0.1})
    x = data.batch("train", torch.arange(50), None)["data"]
    assert x.shape == (50, 2) and steps(x) <= pairs(data.graph.edge_index())
    assert data.held_out("valid")[0].shape == (2, 0) and data.held_out("test")[0].shape == (2, 8)
    back = [
        Network(graph="karate", p=p, walks=3000).batch("train", torch.arange(3000), None)["data"] for p in (0.01, 9.0)
    ]
    returns = [float((x[:, 2:] == x[:, :-2]).double().mean()) for x in back]
    assert returns[0] > 0.8 and returns[1] < 0.2


def test_bad_input(tmp_path):
    (tmp_path / "loop.txt").write_text("a a\n")
    (tmp_path / "tree.txt").write_text("a b\nb c\nc d\nd e\ne f\nf g\n")
    (tmp_path / "parts.txt").write_text("a b\nb c\nc a\nd e\n")
    np.savez(tmp_path / "empty.npz", edge_index=np.zeros((2, 0), int))
    for options, words in (
        ({}, "name one graph"),
        ({"graph": "karate", "path": "a.npz"}, "name one graph"),
        ({"path": str(tmp_path / "loop.txt")}, "without an edge"),
        ({"path": str(tmp_path / "empty.npz")}, "without an edge"),
        ({"path": str(tmp_path / "tree.txt")}, "held_out: 1 edges"),
        ({"graph": "karate", "held_out": {"train": 0.5}}, "not for 'train'"),
        ({"graph": "karate", "held_out": {"valid": 0.9}}, "outside a spanning tree"),
        ({"path": str(tmp_path / "parts.txt"), "strict": True, "held_out": {}}, "1 components left out"),
    ):
        with pytest.raises(UserError) as caught:
            Network(**options)
        assert words in str(caught.value) and "\n" not in str(caught.value)
    data = Network(path=str(tmp_path / "parts.txt"), held_out={})
    assert data.spec.names == ("a", "b", "c") and data.summary["changed"]["nodes left out"] == 2
    tree = Network(path=str(tmp_path / "tree.txt"), held_out={})
    assert tree.graph.edges == 6


def test_spanning_tree_spans_and_is_drawn():
    graph = classic("les-miserables").csr
    trees = [spanning_tree(graph, Rng(seed, "tree")) for seed in range(5)]
    for tree in trees:
        kept = nx.Graph(graph.edge_index()[:, tree].T.tolist())
        assert len(tree) == 76 and nx.is_tree(kept) and len(kept) == 77
    assert len({tuple(tree.tolist()) for tree in trees}) == 5


def test_pairs_without_an_edge_are_drawn_alike():
    """By both ways: all pairs laid out, or drawn until there are enough."""
    graph = Csr.of_edges(torch.tensor([[0, 1, 2, 3], [1, 2, 3, 4]]), 5)
    wanted = {(0, 2), (0, 3), (0, 4), (1, 3), (1, 4), (2, 4)}
    for limit in (1 << 22, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("gansuite_graph.data.hold_out.ENUMERATED", limit)
            assert pairs(absent_pairs(graph, 6, Rng(0))) == wanted
            first = [tuple(absent_pairs(graph, 2, Rng(i, "pairs"))[:, 0].tolist()) for i in range(600)]
            assert all(abs(first.count(pair) - 100) < 40 for pair in wanted)
    assert first_of_each(torch.tensor([5, 3, 5, 9, 3])).tolist() == [5, 3, 9]


def test_shares_are_of_all_edges():
    graph = classic("les-miserables").csr
    found = hold_out(graph, {"valid": 0.2, "test": 0.0}, 0)
    assert found.edges["valid"].shape == (2, 51) and found.edges["test"].shape == (2, 0)
    assert hold_out(graph, {}, 0).train is graph


@pytest.mark.skipif(not CORA.is_file(), reason="Cora-ML is not on this machine")
def test_cora_ml_is_split_as_published():
    """The training graph of the authors' notebook, but for its largest degree (240 of 246), a chance of their tree."""
    from gansuite_graph.metrics.graph_numbers import graph_numbers

    found = [graph_numbers(Network(path=str(CORA), seed=seed).graph) for seed in range(3)]
    for name, published, within in (
        ("triangles", 2814, 0.05),
        ("power-law", 1.856, 0.005),
        ("gini", 0.482, 0.02),
        ("assortativity", -0.0754, 0.15),
    ):
        assert np.mean([each[name] for each in found]) == pytest.approx(published, rel=within), name
    assert {each["largest-component"] for each in found} == {2810.0}
