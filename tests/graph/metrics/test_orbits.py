"""Orbit counts against the enumeration of all subgraphs, and cliques against closed forms and networkx."""

from __future__ import annotations

from itertools import combinations
from math import comb

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite_graph.metrics import orbits
from gansuite_graph.metrics.orbits import ORBITS, clique_counts, orbit_counts

PLACES = {  # by the degrees in a connected subgraph: the orbit of a node of each degree
    (1, 1): {1: 0},
    (1, 1, 2): {1: 1, 2: 2},
    (2, 2, 2): {2: 3},
    (1, 1, 2, 2): {1: 4, 2: 5},
    (1, 1, 1, 3): {1: 6, 3: 7},
    (2, 2, 2, 2): {2: 8},
    (1, 2, 2, 3): {1: 9, 2: 10, 3: 11},
    (2, 2, 3, 3): {2: 12, 3: 13},
    (3, 3, 3, 3): {3: 14},
}


def enumerated(a: np.ndarray) -> np.ndarray:
    """Every set of 2 to 4 nodes, by the degrees within it; those of the nine above are connected, and no others."""
    found = np.zeros((len(a), len(ORBITS)))
    for size in (2, 3, 4):
        for nodes in combinations(range(len(a)), size):
            degrees = a[np.ix_(nodes, nodes)].sum(1)
            for node, degree in zip(nodes, degrees, strict=True):
                place = PLACES.get(tuple(sorted(degrees)))
                if place:
                    found[node, place[degree]] += 1
    return found


def padded(matrices: list[np.ndarray]) -> torch.Tensor:
    room = max(map(len, matrices))
    found = torch.zeros(len(matrices), room, room, dtype=torch.bool)
    for own, a in zip(found, matrices, strict=True):
        own[: len(a), : len(a)] = torch.from_numpy(a > 0)
    return found


def random(n: int, nodes: int, rate: float, seed: int = 0) -> torch.Tensor:
    a = (torch.rand(n, nodes, nodes, generator=torch.Generator().manual_seed(seed)) < rate).triu(1)
    return a | a.transpose(1, 2)


def test_all_graphs_of_up_to_seven_nodes():
    matrices = [nx.to_numpy_array(graph, dtype=int) for graph in nx.graph_atlas_g()[1:]]
    found = orbit_counts(padded(matrices))
    for own, a in zip(found.numpy(), matrices, strict=True):
        assert np.array_equal(own[: len(a)], enumerated(a))
        assert not own[len(a) :].any()


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_larger_graphs(rate: float):
    a = random(3, 13, rate)
    assert np.array_equal(orbit_counts(a).numpy(), np.stack([enumerated(each.numpy().astype(int)) for each in a]))


def test_order_and_room_change_nothing():
    a = random(6, 20, 0.4)
    order = torch.randperm(20, generator=torch.Generator().manual_seed(1))
    assert torch.equal(orbit_counts(a[:, order][:, :, order]), orbit_counts(a)[:, order])
    roomy = torch.zeros(6, 31, 31, dtype=torch.bool)
    roomy[:, 5:25, 5:25] = a
    assert torch.equal(orbit_counts(roomy)[:, 5:25], orbit_counts(a))


def test_cliques_of_sparse_and_dense_graphs(monkeypatch: pytest.MonkeyPatch):
    full = ~torch.eye(90, dtype=torch.bool).unsqueeze(0)
    assert (clique_counts(full) == comb(89, 3)).all()
    sparse, dense = random(2, 64, 0.1), random(2, 64, 0.5)
    both = torch.cat([sparse, dense])
    for graph, counts in zip(both, clique_counts(both), strict=True):
        fours = [each for each in nx.enumerate_all_cliques(nx.from_numpy_array(graph.numpy())) if len(each) == 4]
        assert np.array_equal(counts.numpy(), np.bincount(np.ravel(fours).astype(int), minlength=64))
    whole = clique_counts(both)
    monkeypatch.setattr(orbits, "BUDGET", 700)  # a few nodes at a time
    assert torch.equal(clique_counts(both), whole)


def test_graphs_without_edges_or_cliques():
    assert not orbit_counts(torch.zeros(2, 5, 5, dtype=torch.bool)).any()
    assert not clique_counts(padded([nx.to_numpy_array(nx.path_graph(1))])).any()
