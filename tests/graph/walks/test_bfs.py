"""Breadth-first trees against networkx, and what becomes of them when the graph changes."""

from __future__ import annotations

import copy

import networkx as nx
import pytest
import torch

from gansuite_graph.csr import Csr
from gansuite_graph.walks import bfs
from gansuite_graph.walks.trees import Trees

GRAPHS = {
    "karate": nx.karate_club_graph(),
    "path": nx.path_graph(9),
    "tree": nx.random_labeled_tree(25, seed=3),
    "circle": nx.cycle_graph(8),
    "two": nx.disjoint_union(nx.path_graph(4), nx.cycle_graph(3)),
}


def csr(graph: nx.Graph) -> Csr:
    return Csr.of_edges(torch.tensor(list(graph.edges)).T, len(graph))


@pytest.mark.parametrize("name", GRAPHS)
def test_a_parent_is_the_least_neighbour_that_is_one_step_nearer(name: str):
    graph = GRAPHS[name]
    parents = bfs.breadth_first(csr(graph), torch.arange(len(graph)))
    for root in graph:
        depth = nx.single_source_shortest_path_length(graph, root)
        for node in graph:
            nearer = [u for u in graph[node] if node in depth and depth[u] == depth[node] - 1]
            assert parents[root, node].item() == (min(nearer) if nearer else root)


def test_a_few_roots_at_a_time_give_the_same(monkeypatch: pytest.MonkeyPatch):
    graph, roots = csr(GRAPHS["karate"]), torch.tensor([5, 0, 5, 33])
    whole = bfs.breadth_first(graph, roots)
    monkeypatch.setattr(bfs, "CELLS", 1)
    assert torch.equal(bfs.breadth_first(graph, roots), whole)


def test_trees_are_those_of_the_graph_that_was_given_last_or_loaded():
    first, second, roots = csr(nx.path_graph(5)), csr(nx.star_graph(4)), torch.arange(5)
    kept = Trees(5, 4)
    assert torch.equal(kept.parents(roots), roots.unsqueeze(1).expand(5, 5))  # no graph yet: stars
    kept.keep(first)
    assert torch.equal(kept.parents(roots), bfs.breadth_first(first, roots))
    twin = copy.deepcopy(kept)
    kept.keep(second)
    assert torch.equal(kept.parents(roots), bfs.breadth_first(second, roots))
    assert torch.equal(twin.parents(roots), bfs.breadth_first(first, roots))
    twin.load_state_dict(kept.state_dict())
    assert torch.equal(twin.parents(roots), bfs.breadth_first(second, roots))


def test_trees_that_are_not_kept_are_the_same(monkeypatch: pytest.MonkeyPatch):
    kept, roots = Trees(34, 78), torch.tensor([3, 30])
    kept.keep(csr(GRAPHS["karate"]))
    before = kept.parents(roots)
    monkeypatch.setattr("gansuite_graph.walks.trees.HELD", 1)
    assert kept.prepared() is None
    assert torch.equal(kept.parents(roots), before)
