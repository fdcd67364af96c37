"""``mmd`` of lists of graphs: the published values, whatever form the graphs come in, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_graph.dense import Dense
from gansuite_graph.metrics import mmd
from gansuite_graph.metrics.discrepancy import EstimatorName
from gansuite_graph.metrics.graph_mmd import choose
from gansuite_graph.metrics.graph_sets import Graphs, graphs_of
from gansuite_graph.metrics.kernels import KernelName, StatisticName

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "data" / "graphs"
GEOMETRIC = pytest.mark.filterwarnings("ignore:`torch.jit")  # what torch-geometric 2.8 calls when it is imported
STATISTICS = ("degree", "clustering", "orbit", "spectrum")
OFFICIAL = {
    "planar": (".0002", ".0310", ".0005", ".0038"),
    "sbm": (".0008", ".0332", ".0255", ".0027"),
}


def gnp(n: int, nodes: int, rate: float, seed: int) -> list[Any]:
    return [nx.gnp_random_graph(nodes, rate, seed=1000 * seed + k) for k in range(n)]


def published(name: str, split: str) -> list[Any]:
    path, found, begin = PUBLISHED / f"{name}_200.npz", [], 0
    if not path.exists():
        pytest.skip(f"the official graphs are not at {path}")
    with np.load(path) as held:
        for nodes, edges in zip(held[f"{split}_num_nodes"], held[f"{split}_num_edges"], strict=True):
            graph = nx.empty_graph(int(nodes))
            graph.add_edges_from(held[f"{split}_edge_index"][:, begin : begin + edges].T.tolist())
            found.append(graph)
            begin += edges
    return found


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_official_splits(name: str):
    """Training against test graphs, Gaussian-TV, V-statistic: the row ``training set`` of SPECTRE's tables."""
    train, test = published(name, "train"), published(name, "test")
    for statistic, printed in zip(STATISTICS, OFFICIAL[name], strict=True):
        found = mmd(train, test, statistic, "gaussian-tv", "v-statistic")
        assert f"{found.value:.4f}".lstrip("0") == printed, statistic
        assert (found.n_real, found.n_fake) == (128, 40)
        unbiased = mmd(train, test, statistic)  # of one law: all its size is bias
        assert unbiased.value < found.value and unbiased.low < 0 < unbiased.high


def forms(graphs: list[Any]) -> dict[str, Any]:
    """One set in every form; in ``dense`` missing nodes stand anywhere, and edges have types."""
    from torch_geometric.data import Batch
    from torch_geometric.utils import from_networkx

    data = [from_networkx(graph) for graph in graphs]
    read = graphs_of(graphs, "graphs")
    assert isinstance(read, Graphs)
    dense = read.dense(np.arange(len(graphs)), max(map(len, graphs)) + 3)
    typed = torch.cat([torch.zeros_like(dense.edges), dense.edges], 1)
    generator = torch.Generator().manual_seed(0)
    order = torch.rand(dense.mask.shape, generator=generator).argsort(1)
    return {
        "generator": iter(graphs),
        "torch-geometric": data,
        "batch": Batch.from_data_list(data),
        "dense": Dense(dense.nodes, typed, dense.mask).permuted(order),
        "named nodes": [nx.relabel_nodes(graph, lambda k: f"node {k}") for graph in graphs],
        "decorated": [decorated(graph) for graph in graphs],
    }


def decorated(graph: Any) -> Any:
    """With a loop, weights, and an edge twice."""
    found = nx.MultiGraph(graph)
    nx.set_edge_attributes(found, 0.3, "weight")
    u, v = next(iter(graph.edges()))
    found.add_edge(u, v)
    found.add_edge(u, u)
    return found


@GEOMETRIC
def test_takes_graphs_in_any_form():
    real, fake = gnp(9, 14, 0.3, 0) + gnp(4, 8, 0.5, 1), gnp(5, 11, 0.3, 2)
    told = {"loops": 13, "weights": 13, "parallel edges": 13}
    for statistic in STATISTICS:
        expected = mmd(real, fake, statistic)
        assert "left out" not in expected.extras
        for name, given in forms(real).items():
            found = mmd(given, fake, statistic)
            assert found.value == pytest.approx(expected.value, abs=1e-12), name
            assert found.low == pytest.approx(expected.low, abs=1e-12), name
            assert found.extras.get("left out") == ({"real": told} if name == "decorated" else None), name


def test_names_what_it_was_made_with():
    real, fake = gnp(5, 9, 0.4, 0), gnp(6, 9, 0.4, 1)
    found = mmd(real, fake, "clustering", bins=50)
    assert found.name == "graph-mmd/clustering" and found.method.startswith("MMD², gaussian-tv kernel, u-statistic")
    assert (found.n_real, found.n_fake, found.direction) == (5, 6, "min")
    told = {name: found.extras[name] for name in ("statistic", "kernel", "estimator", "sigma", "bins")}
    assert told == dict(statistic="clustering", kernel="gaussian-tv", estimator="u-statistic", sigma=0.1, bins=50)
    assert not found.extras["positive_definite"] and "not positive definite" in found.extras["note"]
    rbf = mmd(real, fake, "degree", "rbf")
    assert rbf.extras["positive_definite"] and len(rbf.extras["sigma"]) == 10 and "note" not in rbf.extras
    assert mmd(real, fake, "orbit", "gaussian-emd").extras["kernel"].startswith("gaussian (orbits")
    assert mmd(real, fake, "degree", sigma=3.0).extras["sigma"] == 3.0


def test_floor_untrained_and_normalised():
    sets = [gnp(60, 10, rate, seed) for seed, rate in enumerate((0.4, 0.5, 0.4, 0.9))]
    found = mmd(sets[0], sets[1], floor=sets[2], untrained=sets[3])
    assert found.floor == pytest.approx(mmd(sets[0], sets[2]).value)
    assert found.untrained == pytest.approx(mmd(sets[0], sets[3]).value)
    assert found.normalised is not None and 0 < found.normalised.value < 0.5
    assert mmd(sets[0], sets[1], seed=3).value == pytest.approx(found.value, abs=1e-12)


def test_intervals_cover_the_truth():
    """Of 100 draws of 40 and 30 graphs of two laws; the truth is the mean over the draws, for U is unbiased."""
    found = [mmd(gnp(40, 8, 0.4, 2 * draw), gnp(30, 8, 0.55, 2 * draw + 1)) for draw in range(100)]
    values = np.array([each.value for each in found])
    assert 0.87 <= np.mean([each.low <= values.mean() <= each.high for each in found]) <= 0.995
    width = np.mean([each.high - each.low for each in found]) / 2 / 2.262  # Student's t, 9 degrees of freedom
    assert 0.8 <= width / values.std(ddof=1) <= 1.3


def test_sees_what_each_statistic_is_of():
    """Graphs of the same degrees, with triangles and without: degrees see no difference, all others do."""
    ring = [nx.watts_strogatz_graph(24, 4, 0.0) for _ in range(20)]
    free = [nx.random_regular_graph(4, 24, seed=k) for k in range(20)]
    assert mmd(ring, free, "degree").value == pytest.approx(0, abs=1e-12)
    for statistic, least in (("clustering", 0.5), ("orbit", 1e-3), ("spectrum", 0.01)):
        assert mmd(ring, free, statistic).low > least


def geometric(**given: Any) -> Any:
    from torch_geometric.data import Data

    return Data(**{"edge_index": torch.tensor([[0, 1], [1, 0]]), "num_nodes": 3, **given})


GOOD = [nx.path_graph(5)] * 5

REFUSED = {
    "empty list": ([], "real has 0 graphs, which are too few to compare: give at least 4"),
    "few": (GOOD[:3], "real has 3 graphs"),
    "single": (GOOD[0], "real is a single Graph: give a list of graphs"),
    "single of torch-geometric": (lambda: geometric(), "real is a single Data"),
    "number": (3, "real is a single int"),
    "directed": ([*GOOD, nx.DiGraph(GOOD[0])], r"real\[5\] is directed.*to_undirected"),
    "one direction": (lambda: [geometric(edge_index=torch.tensor([[0], [1]]))] * 4, r"real\[0\].*ToUndirected"),
    "node out of range": (lambda: [geometric(num_nodes=1)] * 4, r"real\[0\] has edges to node 1, and 1 nodes"),
    "no graph": ([*GOOD, "text"], r"real\[5\] is a str, no networkx or torch-geometric graph"),
    "large": ([*GOOD, nx.empty_graph(5000)], r"real\[5\] has 5000 nodes.*up to 4096"),
}


@GEOMETRIC
@pytest.mark.parametrize("case", REFUSED)
def test_bad_graphs_are_refused_in_a_line(case: str):
    given, message = REFUSED[case]
    with pytest.raises(UserError, match=message) as caught:
        graphs_of(given() if callable(given) else given, "real")
    assert "\n" not in str(caught.value)
    if isinstance(given, list):
        with pytest.raises(UserError, match=message.replace("real", "generated")):
            mmd(GOOD, given)


def test_bad_options_are_refused_in_a_line():
    """Names are looked at before all else; here by themselves, for the suite checks the types of arguments."""
    for name, names, told in (
        ("statistic", StatisticName, "degree, clustering, orbit, spectrum"),
        ("kernel", KernelName, "gaussian-tv, gaussian-emd, rbf, linear"),
        ("estimator", EstimatorName, "u-statistic, v-statistic"),
    ):
        with pytest.raises(UserError, match=f"mmd: {name} 'diameter' is unknown: take one of {told}"):
            choose(**{name: ("diameter", names)})
    for options in ({"sigma": 0.0}, {"sigma": float("nan")}, {"bins": 0}):
        with pytest.raises(UserError, match="give positive numbers"):
            mmd(GOOD, GOOD, **options)


def test_empty_graphs_count_as_one_node_and_are_told():
    nothing, one = [*GOOD, nx.empty_graph(0)], [*GOOD, nx.empty_graph(1)]
    for statistic in STATISTICS:
        found = mmd(GOOD, nothing, statistic)
        assert found.value == pytest.approx(mmd(GOOD, one, statistic).value)
        assert found.extras["left out"] == {"generated": {"empty graphs, as one node": 1}}
    assert np.isfinite(mmd([nx.empty_graph(0)] * 4, [nx.empty_graph(0)] * 4, "spectrum", "rbf").value)


def test_the_package_imports_no_torch():
    program = "import sys, gansuite_graph.metrics as m; dir(m); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
