"""The statistics of one graph against networkx, and by hand where it has none."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite_graph.csr import Csr
from gansuite_graph.metrics.graph_numbers import cliques, graph_numbers, path_length

CORA = Path(__file__).parents[3].parent / "shared" / "data" / "graphs" / "cora_ml_lcc.npz"


def of_networkx(graph: nx.Graph) -> Csr:
    graph = nx.convert_node_labels_to_integers(graph)
    return Csr.of_edges(torch.tensor(list(graph.edges), dtype=torch.int64).reshape(-1, 2).T, len(graph))


def by_networkx(graph: nx.Graph) -> dict[str, float]:
    """The same numbers, each in the plainest way."""
    d = np.array([degree for _, degree in graph.degree], float)
    n, m = len(graph), graph.number_of_edges()
    parts = list(nx.connected_components(graph))
    triangles = sum(nx.triangles(graph).values()) / 3
    some = d[d > 0]
    spread = sum(math.log(x / some.min()) for x in some)
    distances = [x for _, row in nx.all_pairs_shortest_path_length(graph) for x in row.values() if x]
    apart = sum(abs(a - b) for a in d for b in d) / (2 * n * d.sum()) if n < 200 else None
    wedges = sum(math.comb(int(x), 2) for x in d)
    claws = sum(math.comb(int(x), 3) for x in d)
    found = {
        "largest-degree": d.max(),
        "smallest-degree": d.min(),
        "mean-degree": 2 * m / n,
        "largest-component": max(map(len, parts)),
        "components": len(parts),
        "wedges": wedges,
        "claws": claws,
        "triangles": triangles,
        "cliques-4": sum(len(clique) == 4 for clique in nx.enumerate_all_cliques(graph)),
        "power-law": 1 + len(some) / spread,
        "edge-entropy": -sum(x / (2 * m) * math.log(x / (2 * m)) for x in some) / math.log(n),
        "assortativity": nx.degree_assortativity_coefficient(graph),
        "transitivity": nx.transitivity(graph),
        "triangles-claws": 3 * triangles / claws,
        "path-length": np.mean(distances),
    }
    return found if apart is None else found | {"gini": apart}


GRAPHS = {
    "les misérables": nx.les_miserables_graph(),
    "karate": nx.karate_club_graph(),
    "parts": nx.gnm_random_graph(150, 160, seed=1),
    "dense": nx.gnp_random_graph(40, 0.4, seed=2),
    "hubs": nx.barabasi_albert_graph(130, 3, seed=4),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_against_networkx(name):
    found = graph_numbers(of_networkx(GRAPHS[name]))
    assert set(found) == {*by_networkx(GRAPHS[name])}
    for what, value in by_networkx(GRAPHS[name]).items():
        assert found[what] == pytest.approx(value, rel=1e-9, abs=1e-12), what


def test_nodes_in_another_order_are_the_same_graph():
    graph = nx.les_miserables_graph()
    order = np.random.default_rng(0).permutation(77)
    other = nx.relabel_nodes(nx.convert_node_labels_to_integers(graph), dict(enumerate(order.tolist())))
    again = Csr.of_edges(torch.tensor(list(other.edges)).T, 77)
    for name, value in graph_numbers(of_networkx(graph)).items():
        assert graph_numbers(again)[name] == pytest.approx(value, rel=1e-12), name


def test_graphs_without_anything():
    lonely = graph_numbers(Csr.of_edges(torch.empty(2, 0, dtype=torch.int64), 3))
    assert lonely["components"] == 3 and lonely["largest-component"] == 1 and lonely["path-length"] == 0
    assert all(math.isfinite(value) for value in lonely.values())
    ring = graph_numbers(of_networkx(nx.cycle_graph(6)))
    assert ring["assortativity"] == 0 and ring["gini"] == pytest.approx(0) and ring["power-law"] == 0
    assert ring["edge-entropy"] == pytest.approx(1) and ring["path-length"] == pytest.approx(9 / 5)
    assert cliques(of_networkx(nx.complete_graph(7))) == (35, 35)


def test_cliques_by_trying_all():
    graph = nx.gnp_random_graph(18, 0.6, seed=5)
    of = [
        sum(all(graph.has_edge(*pair) for pair in combinations(some, 2)) for some in combinations(range(18), k))
        for k in (3, 4)
    ]
    assert cliques(of_networkx(graph)) == tuple(of)


def test_distances_from_more_nodes_than_a_block(monkeypatch):
    monkeypatch.setattr("gansuite_graph.metrics.graph_numbers.WORDS", 1)
    graph = nx.gnm_random_graph(150, 200, seed=1)
    distances = [x for _, row in nx.all_pairs_shortest_path_length(graph) for x in row.values() if x]
    assert path_length(of_networkx(graph)) == pytest.approx(np.mean(distances))


@pytest.mark.skipif(not CORA.is_file(), reason="Cora-ML is not on this machine")
def test_cora_ml():
    arrays = np.load(CORA)
    edges = arrays["edge_index"]
    arrays.close()
    found = graph_numbers(Csr.of_edges(torch.from_numpy(edges).long(), 2810))
    graph = nx.Graph(edges.T.tolist())
    expected = {
        "largest-degree": max(dict(graph.degree).values()),
        "largest-component": 2810,
        "triangles": sum(nx.triangles(graph).values()) / 3,
        "assortativity": nx.degree_assortativity_coefficient(graph),
        "transitivity": nx.transitivity(graph),
        "cliques-4": sum(len(clique) == 4 for clique in nx.enumerate_all_cliques(graph)),
        "path-length": 5.271417621802822,  # networkx, in three seconds
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9), name
