"""Drawn sets: their laws, no two graphs alike, the same each time; the atlas and the classics."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite.data.dataset import Dataset
from gansuite_graph.convert import from_networkx, to_networkx
from gansuite_graph.data import store
from gansuite_graph.data.atlas import NAMED, Atlas, Classics
from gansuite_graph.data.families import FAMILIES
from gansuite_graph.data.file import GraphFile
from gansuite_graph.data.synthetic import Synthetic, drawn
from gansuite_graph.metrics.isomorphism import classes

from .test_graph_files import SPLITS, rows

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "graphs"
SMALL = {"count": 30, "valid": 10, "test": 20}
NARROW = {"planar": [8, 20], "sbm": None, "tree": [8, 20], "lobster": [10, 40]}


@pytest.fixture(params=FAMILIES)
def make(request):
    return lambda **options: Synthetic(
        **({"kind": request.param, "sizes": NARROW.get(request.param)} | SMALL | options)
    )


def test_all_kinds(make):
    data = make()
    assert isinstance(data, Dataset) and [data.count(split) for split in SPLITS] == [30, 10, 20]
    x = torch.cat([rows(data, split) for split in SPLITS])
    assert x.dtype == torch.int64 and classes(data.spec, x).count == 60
    sizes = (x[:, : data.spec.nodes] != 0).sum(1)
    least, most = NARROW.get(data.name) or FAMILIES[data.name].sizes
    assert least <= int(sizes.min()) <= int(sizes.max()) == data.spec.nodes <= most
    assert torch.equal(x, data.spec.tidied(x)) and data.summary["copies"] == data.summary["in two splits"] == 0
    train = (rows(data)[:, : data.spec.nodes] != 0).sum(1)
    assert data.spec.sizes == pytest.approx((train.bincount(minlength=data.spec.nodes + 1)[1:] / 30).tolist())
    if hasattr(data, "judge"):
        assert int(data.judge.valid(x).sum()) >= (60 if data.name not in ("sbm", "community") else 57)
    assert data.names("valid")[3] == f"{data.name} valid 3"


def test_seeds_matter_and_it_is_drawn_once(make, monkeypatch):
    data, other = make(), make(seed=1)
    assert other.fingerprint != data.fingerprint and rows(other).tolist() != rows(data).tolist()
    monkeypatch.setattr(store, "write", lambda *_, **__: pytest.fail("drawn again"))
    again = make()
    assert all(torch.equal(rows(data, split), rows(again, split)) for split in SPLITS)


def test_every_graph_has_a_seed_of_its_own():
    """Of independent draws the first k are the same however many are drawn, and differ from each other."""
    family = FAMILIES["er"]
    few, many = (drawn("er", family, (10, 20), family.values, n, 0, False)[0] for n in (5, 50))
    assert all(np.array_equal(one.edges, other.edges) for one, other in zip(few, many, strict=False))
    assert len({graph.edges.tobytes() for graph in many}) == 50


def test_splits_are_parts_at_random():
    """The three trees of five nodes, common or rare, are in the training split in turn: not the common ones first."""
    stars = 0  # one draw in 25
    for seed in range(30):
        data = Synthetic(kind="tree", sizes=[5, 5], count=2, valid=0, test=1, seed=seed)
        stars += sum(max(dict(graph.degree).values()) == 4 for graph in to_networkx(data.spec, rows(data)))
    assert stars == pytest.approx(20, abs=4 * math.sqrt(30 * 2 / 9))


def test_independent_draws_may_repeat_and_are_counted():
    data = Synthetic(kind="tree", sizes=[4, 4], count=40, valid=10, test=10, deduplicate=False)
    kinds = [
        Counter(max(dict(graph.degree).values()) for graph in to_networkx(data.spec, rows(data, s))) for s in SPLITS
    ]
    assert [each.total() for each in kinds] == [40, 10, 10] and set(kinds[0]) == {2, 3}  # paths and stars
    assert data.summary["used"] == 60 and data.summary["copies"] == 60 - sum(map(len, kinds))
    shared = sum(n for k, n in kinds[0].items() if k in kinds[1] | kinds[2])
    assert data.summary["in two splits"] == shared + sum(n for k, n in kinds[1].items() if k in kinds[2])


LAWS = 400


def sample(kind, sizes, n=LAWS, **values):
    family = FAMILIES[kind]
    graphs, _ = drawn(kind, family, sizes, {**family.values, **values}, n, 0, False)
    spec, x = from_networkx([nx.Graph(graph.edges.tolist()) for graph in graphs if len(graph.edges)])
    return graphs, to_networkx(spec, x)


def test_labelled_trees_are_uniform():
    """16 labelled trees of four nodes: 4 stars, 12 paths."""
    graphs, _ = sample("tree", (4, 4), 1600)
    counts = Counter(frozenset(map(frozenset, graph.edges.tolist())) for graph in graphs)
    assert len(counts) == 16
    assert sum((count - 100) ** 2 / 100 for count in counts.values()) < 37.7  # chi-squared, 15 degrees, 0.001


def test_laws_of_densities():
    graphs, _ = sample("er", (20, 20), p=0.2)
    edges = sum(len(graph.edges) for graph in graphs)
    assert edges / (LAWS * 190) == pytest.approx(0.2, abs=4 * math.sqrt(0.16 / (LAWS * 190)))
    graphs, _ = sample("sbm", (40, 200), 50)
    judge = FAMILIES["sbm"].judge
    assert judge is not None and {20 * 2 <= graph.nodes <= 40 * 5 for graph in graphs} == {True}


def test_planar_graphs_are_triangulations():
    """Of Delaunay: m = 3 n - 3 - h edges with h on the hull, planar and connected."""
    _, graphs = sample("planar", (64, 64), 20)
    for graph in graphs:
        assert nx.check_planarity(graph)[0] and nx.is_connected(graph)
        assert 3 * 64 - 3 - 25 < graph.number_of_edges() < 3 * 64 - 3 - 2
    _, small = sample("planar", (3, 4), 20)
    assert {graph.number_of_edges() for graph in small} <= {3, 5, 6}


def test_growing_and_small_worlds():
    _, graphs = sample("ba", (20, 20), 20)
    assert {graph.number_of_edges() for graph in graphs} == {2 * 18}
    _, graphs = sample("small-world", (20, 20), 20)
    assert {graph.number_of_edges() for graph in graphs} == {40} and all(map(nx.is_connected, graphs))
    _, graphs = sample("ego", (8, 20), 20)
    assert all(max(dict(graph.degree).values()) == len(graph) - 1 for graph in graphs)  # the centre knows all


def test_classes_are_sizes():
    data = Synthetic(kind="er", sizes=[5, 7], label="size", **SMALL)
    batch = data.batch("train", torch.arange(30), None)
    assert data.spec.label_sizes == (5, 6, 7)
    sizes = (batch["data"][:, :7] != 0).sum(1)
    assert torch.equal(torch.tensor(data.spec.label_sizes)[batch["label"]], sizes)


def test_the_atlas():
    data = Atlas()
    x = torch.cat([rows(data, split) for split in SPLITS])
    assert len(x) == 996 == classes(data.spec, x).count and data.spec.nodes == 7
    assert all(map(nx.is_connected, to_networkx(data.spec, x)))
    sizes = (x[:, :7] != 0).sum(1).bincount().tolist()
    assert sizes == [0, 1, 1, 2, 6, 21, 112, 853]  # connected graphs: A001349
    every = Atlas(connected=False, min_nodes=3, max_nodes=5, split={"train": 1.0})
    assert every.count("train") == 4 + 11 + 34 and every.names("train")[0] == "G4"
    assert Atlas(max_nodes=5, label="size").spec.label_sizes == (1, 2, 3, 4, 5)


def test_the_classics():
    data = Classics()
    names = [name for split in SPLITS for name in data.names(split)]
    assert len(names) == 26 == len(set(names)) and {f"{name}_graph" for name in names} == set(NAMED)
    assert data.summary["changed"] == {"graphs whose weights are dropped": 2}
    some = Classics(graphs=["petersen", "les_miserables", "bull"], nodes=12, split={"train": 1.0})
    assert some.names("train") == ["petersen", "bull"] and some.summary["skipped"]["reasons"] == {"too large": 1}
    assert nx.is_isomorphic(to_networkx(some.spec, rows(some))[0], nx.petersen_graph())


@pytest.mark.skipif(not SHARED.is_dir(), reason="the official sets are not at ../shared/data/graphs")
@pytest.mark.parametrize(("name", "edges"), [("planar", 22_762), ("sbm", 65_601)])
def test_the_official_sets_keep_their_splits(name, edges):
    data = GraphFile(path=str(SHARED / f"{name}_200.npz"), judge=name)
    assert [data.count(split) for split in SPLITS] == [128, 32, 40]
    assert int(rows(data)[:, data.spec.nodes :].sum()) == edges and data.summary["changed"] == {}
    assert data.summary["copies"] == 0 and data.names("valid")[0] == f"{name}_200.npz val graph 1"
    assert float(data.judge.valid(rows(data, "test")).float().mean()) >= 0.94
