"""Isomorphism classes against the atlas, brute force and networkx; hashes that depend on nothing but the graph."""

from __future__ import annotations

from itertools import permutations, product

import networkx as nx
import pytest
import torch
from networkx.generators.atlas import graph_atlas_g
from torch import Tensor

from gansuite_graph.listing import Listing, listings
from gansuite_graph.metrics import isomorphism
from gansuite_graph.metrics.isomorphism import among, classes, isomorphic, with_colours
from gansuite_graph.metrics.refinement import coloured, forms, hashes, refined, sharper, singled_out, untwinned
from gansuite_graph.spec import GraphSpec, pairs_of

from .drawn_graphs import any_graphs, rows_of, shuffled

TYPED = GraphSpec(5, ("a", "b"), ("s", "d"))


def rook() -> nx.Graph:
    """The 4 x 4 rook's graph."""
    return nx.line_graph(nx.complete_bipartite_graph(4, 4))


def shrikhande() -> nx.Graph:
    """Strongly regular with the parameters of the rook's graph, and another one."""
    steps = ((0, 1), (1, 0), (1, 1))
    cells = product(range(4), range(4), steps)
    return nx.Graph(((a, b), ((a + da) % 4, (b + db) % 4)) for a, b, (da, db) in cells)


def test_the_atlas_has_1253_classes_however_often_and_in_whatever_order():
    spec = GraphSpec(8)
    x = rows_of(spec, graph_atlas_g())
    found = classes(spec, torch.cat([x, shuffled(spec, x, 1), shuffled(spec, x, 2)]))
    numbers = found.numbers.view(3, -1)
    assert found.count == len(numbers[0].unique()) == 1253 and not found.undecided
    assert torch.equal(numbers[0], numbers[1]) and torch.equal(numbers[0], numbers[2])
    assert found.first().tolist() == [True] * 1253 + [False] * 2506


def smallest(spec: GraphSpec, x: Tensor) -> list[tuple[int, ...]]:
    """The canonical form by brute force: the least row over all orders of the nodes."""
    dense, rows = spec.dense(x), []
    for order in permutations(range(spec.nodes)):
        rows.append(spec.rows(dense.permuted(torch.tensor(order).expand(len(x), -1))))
    return [min(map(tuple, each)) for each in zip(*(row.tolist() for row in rows), strict=True)]


def test_all_typed_graphs_of_three_nodes_and_many_of_five_by_brute_force():
    small = GraphSpec(3, ("a", "b"), ("s", "d"))
    every = torch.tensor(list(product(range(3), repeat=6)))
    x = torch.cat([any_graphs(TYPED, 300, density=0.7), any_graphs(TYPED, 100, 1, density=0.2)])
    for spec, rows in ((small, small.tidied(every)), (TYPED, torch.cat([x, shuffled(TYPED, x)]))):
        truth = smallest(spec, rows)
        number = {form: k for k, form in enumerate(dict.fromkeys(truth))}
        found = classes(spec, rows)
        assert found.count == len(number)
        pairs = set(zip(found.numbers.tolist(), (number[form] for form in truth), strict=True))
        assert len(pairs) == len(number)  # one to one


def test_hashes_are_of_the_graph_alone():
    x = any_graphs(TYPED, 60)
    wide = GraphSpec(9, TYPED.node_types, TYPED.edge_types)
    i, j = pairs_of(5)
    roomy = torch.zeros(60, *wide.shape, dtype=torch.int64)
    roomy[:, :5] = x[:, :5]
    place = {pair: k for k, pair in enumerate(zip(*(each.tolist() for each in pairs_of(9)), strict=True))}
    for k, pair in enumerate(zip(i.tolist(), j.tolist(), strict=True)):
        roomy[:, 9 + place[pair]] = x[:, 5 + k]
    for each in (hashes, sharper):
        assert torch.equal(each(TYPED, x), each(TYPED, shuffled(TYPED, x)))
        assert torch.equal(each(TYPED, x), each(wide, roomy))
        assert torch.equal(each(TYPED, x)[:7], each(TYPED, x[:7]))  # nor on those beside it
    assert len(sharper(TYPED, x).unique()) == classes(TYPED, x).count


def test_refinement_is_that_of_networkx():
    spec = GraphSpec(7)
    graphs = graph_atlas_g()[1:]
    for graph in graphs:
        nx.set_node_attributes(graph, 1, "kind")
    theirs = [nx.weisfeiler_lehman_graph_hash(graph, node_attr="kind", iterations=7) for graph in graphs]
    pairs = set(zip(theirs, hashes(spec, rows_of(spec, graphs)).tolist(), strict=True))
    assert len(pairs) == len(set(theirs)) == len({ours for _, ours in pairs})


def test_forms_are_the_graphs_in_another_order():
    x = any_graphs(TYPED, 50)
    assert smallest(TYPED, forms(TYPED, x)) == smallest(TYPED, x)
    trees = GraphSpec(30)
    y = rows_of(trees, [nx.random_labeled_tree(30, seed=i) for i in range(40)])
    assert torch.equal(forms(trees, y), forms(trees, shuffled(trees, y)))


def test_what_refinement_cannot_tell_is_told_without_a_search(monkeypatch):
    monkeypatch.setattr(isomorphism, "isomorphic", None)
    spec = GraphSpec(6)
    x = rows_of(spec, [nx.cycle_graph(6), nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3))])
    assert len(hashes(spec, x).unique()) == 1 and len(sharper(spec, x).unique()) == 2
    assert classes(spec, torch.cat([x, shuffled(spec, x)])).numbers.tolist() in ([0, 1, 0, 1], [1, 0, 1, 0])


def test_strongly_regular_graphs_are_left_to_the_search():
    spec = GraphSpec(16)
    x = rows_of(spec, [rook(), shrikhande()])
    x = torch.cat([x, shuffled(spec, x, 1), shuffled(spec, x, 2)])
    assert len(sharper(spec, x).unique()) == 1
    found = classes(spec, x)
    assert found.count == 2 and not found.undecided and len(found.numbers[::2].unique()) == 1
    hasty = classes(spec, x, effort=3)
    assert hasty.undecided and hasty.count >= 2  # what is not decided counts as different


def test_the_search_heeds_colours_and_types_of_edges():
    def ring(*kinds: int) -> Listing:
        a, b, c, d = kinds
        return Listing([1] * 4, [(0, 1, a), (1, 2, b), (2, 3, c), (0, 3, d)])

    plain = [0] * 4
    assert isomorphic(ring(1, 1, 2, 2), plain, ring(2, 1, 1, 2), plain)
    assert not isomorphic(ring(1, 1, 2, 2), plain, ring(1, 2, 1, 2), plain)
    assert isomorphic(ring(1, 1, 1, 1), [1, 1, 0, 0], ring(1, 1, 1, 1), [0, 1, 1, 0])
    assert not isomorphic(ring(1, 1, 1, 1), [1, 1, 0, 0], ring(1, 1, 1, 1), [0, 1, 0, 1])


def test_the_search_itself():
    spec = GraphSpec(5, ("a", "b"), ("s", "d"))
    x = any_graphs(spec, 12, density=0.6)
    for one, other in product(with_colours(spec, x), with_colours(spec, shuffled(spec, x))):
        graphs = one[0].networkx(), other[0].networkx()
        kinds = nx.algorithms.isomorphism.categorical_node_match("kind", 0)
        bonds = nx.algorithms.isomorphism.categorical_edge_match("kind", 0)
        assert isomorphic(*one, *other) == nx.is_isomorphic(*graphs, node_match=kinds, edge_match=bonds)


@pytest.mark.parametrize("graph", [nx.empty_graph(9), nx.complete_graph(9), nx.star_graph(8), nx.grid_2d_graph(3, 3)])
def test_nodes_that_are_alike_are_told_apart_without_a_choice(graph: nx.Graph):
    spec = GraphSpec(12)
    x = rows_of(spec, [graph] * 5)
    assert len(forms(spec, torch.cat([shuffled(spec, x, s) for s in range(4)])).unique(dim=0)) == 1
    colours = singled_out(refined(untwinned(refined(coloured(spec, x))))).colours[:, :9]
    assert all(len(row.unique()) == 9 for row in colours)


def test_twins_of_different_types_are_no_twins():
    star = nx.star_graph(6)
    for leaf in range(1, 4):
        star.nodes[leaf]["kind"] = 2
    spec = GraphSpec(7, ("a", "b"))
    x = rows_of(spec, [star])
    assert len(forms(spec, torch.cat([shuffled(spec, x, s) for s in range(20)])).unique(dim=0)) == 1


def test_twins_with_an_edge_of_another_type():
    spec = GraphSpec(4, ("a",), ("s", "d"))
    graph = nx.Graph()
    graph.add_edges_from([(0, 1, {"kind": 2}), (0, 2, {"kind": 1}), (1, 2, {"kind": 1}), (2, 3, {"kind": 1})])
    left = untwinned(refined(coloured(spec, rows_of(spec, [graph])))).colours[0]
    assert len(left.unique()) == 4  # 0 and 1 are twins by their edge of type 2, and all others differ already


def test_among_known_graphs():
    x, y = any_graphs(TYPED, 80), any_graphs(TYPED, 80, 3)
    found, own = among(TYPED, x, torch.cat([shuffled(TYPED, x[:20]), y]))
    truth = set(smallest(TYPED, x))
    assert found[:20].all() and not own.undecided
    assert own.count == len(set(smallest(TYPED, torch.cat([x[:20], y]))))
    assert found[20:].tolist() == [form in truth for form in smallest(TYPED, y)]
    assert torch.equal(found, among(TYPED, x, torch.cat([shuffled(TYPED, x[:20]), y]), hashes(TYPED, x))[0])


def test_nothing():
    x = torch.zeros(0, *TYPED.shape, dtype=torch.int64)
    assert classes(TYPED, x).count == 0 and len(hashes(TYPED, torch.zeros(2, *TYPED.shape, dtype=torch.int64))) == 2


def test_listings_leave_out_what_is_not_there():
    #                 nodes       01 02 03 12 13 23
    x = torch.tensor([[0, 2, 0, 1, 2, 2, 2, 2, 1, 2]])
    (graph,) = listings(GraphSpec(4, ("a", "b"), ("s", "d")), x)
    assert graph.nodes == [2, 1] and graph.edges == [(0, 1, 1)]
    assert graph.networkx().edges[0, 1]["kind"] == 1
