"""Judges against networkx, and against laws that they must tell apart."""

from __future__ import annotations

from functools import cache

import networkx as nx
import numpy as np
import pytest
import torch
from scipy.stats import chi2

from gansuite_graph.convert import from_networkx
from gansuite_graph.judges.blocks import Blocks, moved
from gansuite_graph.judges.connected import connected
from gansuite_graph.judges.grid import Grid, shapes
from gansuite_graph.judges.planar import Planar
from gansuite_graph.judges.trees import Lobster, Tree
from gansuite_graph.spec import GraphSpec

from ..metrics.drawn_graphs import rows_of, shuffled

SPEC = GraphSpec(9)


@cache
def atlas():
    graphs = nx.graph_atlas_g()[1:]
    return graphs, shuffled(SPEC, rows_of(SPEC, graphs))


def is_lobster(graph):
    if not nx.is_tree(graph):
        return False
    for _ in range(2):
        graph = graph.subgraph([node for node, degree in graph.degree if degree > 1])
    return all(degree <= 2 for _, degree in graph.degree)


def test_connected_planar_trees_and_lobsters_of_the_whole_atlas():
    graphs, x = atlas()
    pieces = [nx.is_connected(graph) for graph in graphs]
    assert connected(SPEC.dense(x)).tolist() == pieces
    planar = [whole and nx.check_planarity(graph)[0] for whole, graph in zip(pieces, graphs, strict=True)]
    assert Planar(SPEC).valid(x).tolist() == planar and 0 < sum(planar) < sum(pieces)
    trees = [nx.is_tree(graph) for graph in graphs]
    assert Tree(SPEC).valid(x).tolist() == trees and sum(trees) == 1 + 1 + 1 + 2 + 3 + 6 + 11  # Cayley's numbers
    assert Lobster(SPEC).valid(x).tolist() == [is_lobster(graph) for graph in graphs]


def test_a_tree_that_is_no_lobster():
    """Three arms of length 3 have no path within two steps of all nodes; the smallest such tree has ten nodes."""
    arms = nx.Graph([(0, k) for k in (1, 2, 3)] + [(k, k + 3) for k in (1, 2, 3)] + [(k + 3, k + 6) for k in (1, 2, 3)])
    spec, x = from_networkx([arms, nx.path_graph(10), nx.star_graph(9), nx.full_rary_tree(3, 10)])
    assert Lobster(spec).valid(x).tolist() == [False, True, True, True] and Tree(spec).valid(x).all()


def test_an_empty_graph_is_nothing():
    x = torch.zeros(1, *SPEC.shape, dtype=torch.int64)
    for judge in (Planar(SPEC), Tree(SPEC), Lobster(SPEC), Grid(SPEC), Blocks.sbm(SPEC), Blocks.community(SPEC)):
        assert judge.valid(x).tolist() == [False]


def test_grids_and_what_nearly_is_one():
    spec = GraphSpec(20)
    sides = shapes(4, 20)
    assert sides == sorted({(a, b) for a in range(2, 20) for b in range(a, 20) if a * b <= 20})
    graphs = [nx.grid_2d_graph(a, b) for a, b in sides]
    x = shuffled(spec, rows_of(spec, graphs))
    assert Grid(spec).valid(x).all()
    wrong = [nx.path_graph(6), nx.cycle_graph(6), nx.grid_2d_graph(3, 3, periodic=True), nx.grid_graph((2, 2, 2))]
    swapped = nx.grid_2d_graph(4, 4)
    nx.double_edge_swap(swapped, 1, seed=0)  # the same degrees
    missing = nx.grid_2d_graph(4, 4)
    missing.remove_edge((0, 0), (0, 1))
    assert not Grid(spec).valid(rows_of(spec, [*wrong, swapped, missing])).any()


def test_types_do_not_matter():
    spec = GraphSpec(6, ("C", "N"), ("single", "double"))
    graph = nx.grid_2d_graph(2, 3)
    nx.set_node_attributes(graph, {node: 1 + (i % 2) for i, node in enumerate(graph)}, "kind")
    nx.set_edge_attributes(graph, 2, "kind")
    assert Grid(spec).valid(rows_of(spec, [graph])).all() and Planar(spec).valid(rows_of(spec, [graph])).all()


def drawn(blocks, within, between, draw):
    owner = np.repeat(np.arange(len(blocks)), blocks)
    chance = np.where(owner[:, None] == owner, within, between)
    upper = np.triu(draw.random(chance.shape) < chance, 1)
    return (upper | upper.T).astype(float), owner


def test_the_statistic_of_blocks_by_hand():
    """Two blocks of 2 and 3 nodes: m = (1, 2) of n = (1, 3) pairs within, 1 of 6 between."""
    matrix = np.zeros((5, 5))
    for u, v in ((0, 1), (2, 3), (3, 4), (1, 2)):
        matrix[u, v] = matrix[v, u] = 1
    member = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]], float)
    p, q = 0.6, 0.1
    expected = 2 * (
        np.log(1 / p)
        + 2 * np.log(2 / 3 / p)
        + np.log(1 / 3 / (1 - p))
        + np.log(1 / 6 / q)
        + 5 * np.log(5 / 6 / (1 - q))
    )
    value, freedom = Blocks(GraphSpec(5), p, q, (2, 2), (2, 3)).deviance(matrix, member)
    assert value == pytest.approx(expected, rel=1e-12) and freedom == 3


def test_nodes_move_within_the_bounds_on_sizes():
    """Node 1 of a block of two gains in the other block of two, node 0 stays."""
    gain = np.array([[0, -1, -1, -1], [-1, 0, 2, 2], [-1, 2, 0, 2], [-1, 2, 2, 0]], float)
    member = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], float)
    for sizes, expected in (((1, 3), [1, 3]), ((2, 3), [2, 2]), ((1, 2), [2, 2])):
        assert moved(gain, member, sizes).sum(0).tolist() == expected


def test_graphs_of_the_law_pass_as_often_as_the_level_says_and_their_blocks_are_found():
    judge, draw = Blocks.sbm(GraphSpec(200)), np.random.default_rng(0)
    n, passed, found, statistics = 150, 0, 0, []
    for _ in range(n):
        matrix, owner = drawn(draw.integers(20, 41, draw.integers(2, 6)), 0.3, 0.005, draw)
        order = draw.permutation(len(owner))
        matrix, owner = matrix[order][:, order], owner[order]
        member = judge.partition(matrix)
        found += np.array_equal(member @ member.T > 0, owner[:, None] == owner)
        statistics.append(chi2.sf(*judge.deviance(matrix, member)))
        passed += judge.passes(matrix)
    assert found >= 0.98 * n and passed >= 0.95 * n  # 0.99 expected: four standard errors are 0.03
    assert np.mean(statistics) == pytest.approx(0.5, abs=0.1)  # p-values of the law are uniform


def test_other_laws_do_not_pass():
    judge, draw = Blocks.sbm(GraphSpec(200)), np.random.default_rng(1)
    others = {
        "no blocks": [drawn([100], 0.09, 0, draw)[0] for _ in range(20)],
        "one block": [drawn([40], 0.3, 0, draw)[0] for _ in range(20)],
        "small blocks": [drawn([12, 12, 12], 0.3, 0.005, draw)[0] for _ in range(20)],
        "six blocks": [drawn([25] * 6, 0.3, 0.005, draw)[0] for _ in range(20)],
        "dense blocks": [drawn([30, 30, 30], 0.5, 0.005, draw)[0] for _ in range(20)],
        "mixed blocks": [drawn([30, 30, 30], 0.3, 0.03, draw)[0] for _ in range(20)],
    }
    for name, graphs in others.items():
        assert sum(map(judge.passes, graphs)) <= 1, name


def test_communities_are_connected_and_two():
    two = nx.disjoint_union(nx.complete_graph(8), nx.complete_graph(8))
    linked = two.copy()
    linked.add_edge(0, 8)
    one = nx.complete_graph(16)
    spec = GraphSpec(20)
    usual = nx.stochastic_block_model([8, 8], [[0.7, 0.05], [0.05, 0.7]], seed=3)
    x = rows_of(spec, [two, linked, one, usual])
    judge = Blocks.community(spec)
    assert nx.is_connected(usual) and judge.valid(x).tolist() == [False, False, False, True]
    assert Blocks.community(spec, p_in=0.97).valid(x)[:2].tolist() == [False, True]


def test_the_order_of_the_nodes_does_not_matter():
    spec = GraphSpec(20)
    graphs = [nx.stochastic_block_model([8, 8], [[p, 0.05], [0.05, p]], seed=k) for k in range(40) for p in (0.4, 0.7)]
    x = rows_of(spec, graphs)
    judge = Blocks.community(spec)
    assert torch.equal(judge.valid(x), judge.valid(shuffled(spec, x))) and 5 < int(judge.valid(x).sum()) < 75
