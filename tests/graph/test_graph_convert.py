"""Conversions there and back, types and isolated nodes included, and what they refuse."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_graph import convert
from gansuite_graph.convert.geometric import geometric
from gansuite_graph.edge_list import EdgeList, undirected
from gansuite_graph.spec import GraphSpec

from .sample_graphs import PLAIN, TYPED, graphs_in_front

pyg = geometric()
Batch, Data = pyg.data.Batch, pyg.data.Data

WAYS = {
    "networkx": (convert.to_networkx, convert.from_networkx),
    "pyg": (convert.to_pyg, convert.from_pyg),
    "pyg batch": (convert.to_pyg_batch, convert.from_pyg),
    "scipy": (convert.to_scipy, convert.from_scipy),
    "graphml": (convert.to_graphml, convert.from_graphml),
    "edge list": (convert.to_edgelist, convert.from_edgelist),
    "graph6": (convert.to_graph6, convert.from_graph6),
}
TYPES_LOST = ("edge list", "graph6")


@pytest.mark.parametrize("way", WAYS)
def test_plain_graphs_come_back(way):
    to, back = WAYS[way]
    x = graphs_in_front(PLAIN)
    spec, y = back(to(PLAIN, x))
    assert spec == PLAIN and torch.equal(x, y)
    assert torch.equal(x, back(to(PLAIN, x), PLAIN)[1])


@pytest.mark.parametrize("way", [way for way in WAYS if way not in TYPES_LOST])
def test_types_come_back(way):
    to, back = WAYS[way]
    x = graphs_in_front(TYPED)
    spec, y = back(to(TYPED, x), TYPED)
    assert spec == TYPED and torch.equal(x, y)


@pytest.mark.parametrize("way", ["networkx", "graphml"])
def test_names_of_types_are_found(way):
    to, back = WAYS[way]
    x = graphs_in_front(TYPED)
    spec, y = back(to(TYPED, x))
    assert (spec.node_types, spec.edge_types) == (TYPED.node_types, TYPED.edge_types) and torch.equal(x, y)


def test_edge_lists_keep_types_of_edges():
    spec = GraphSpec(6, edge_types=("double", "single"))
    x = graphs_in_front(spec)
    assert torch.equal(convert.from_edgelist(convert.to_edgelist(spec, x), spec)[1], x)


def test_missing_nodes_in_between_move_behind():
    #                  nodes          01 02 03 12 13 23
    x = torch.tensor([[1, 0, 2, 3, 0, 1, 2, 0, 0, 1]])
    spec = GraphSpec(4, ("C", "N", "O"), ("double", "single"))
    _, y = convert.from_networkx(convert.to_networkx(spec, x), spec)
    assert y.tolist() == [[1, 2, 3, 0, 1, 2, 0, 1, 0, 0]]


def test_relaxed_graphs_go_by_the_likeliest():
    x = graphs_in_front(TYPED)
    y = TYPED.space.relaxed(x)
    for one, other in zip(convert.to_networkx(TYPED, y), convert.to_networkx(TYPED, x), strict=True):
        assert one.adj == other.adj and one.nodes == other.nodes


def test_torch_geometric_says_the_same_as_its_own_conversion():
    x = graphs_in_front(PLAIN)
    for graph, ours in zip(convert.to_networkx(PLAIN, x), convert.to_pyg(PLAIN, x), strict=True):
        theirs = pyg.utils.from_networkx(graph)
        assert ours.num_nodes == theirs.num_nodes and torch.equal(ours.edge_index, theirs.edge_index)
        assert ours.is_undirected() and not ours.has_self_loops() and ours.is_coalesced()


def test_matrices_are_those_of_networkx():
    x = graphs_in_front(PLAIN)
    for graph, ours in zip(convert.to_networkx(PLAIN, x), convert.to_scipy(PLAIN, x), strict=True):
        assert np.array_equal(ours.adjacency.toarray(), nx.to_numpy_array(graph))


def test_smiles_come_back():
    smiles = ["CCO", "C1CC1", "N#CC=O", "c1ccccc1", "C"]
    spec, x = convert.from_smiles(smiles)
    assert spec.molecular and spec.node_types == ("C", "N", "O") and x.shape[0] == 5
    again = convert.from_smiles([text for text in convert.to_smiles(spec, x) if text], spec)[1]
    for one, other in zip(convert.to_networkx(spec, x), convert.to_networkx(spec, again), strict=True):
        same = nx.is_isomorphic(one, other, lambda a, b: a == b, lambda a, b: a == b)
        assert same
    with pytest.raises(UserError, match=r"SMILES 1, 'C1CC'"):
        convert.from_smiles(["CC", "C1CC"])


def test_numbers_of_torch_geometric_are_types():
    edges = torch.tensor([[0, 1], [1, 0]])
    graph = Data(edge_index=edges, x=torch.tensor([3, 10]), edge_attr=torch.tensor([[0.0, 1], [0, 1]]))
    spec, x = convert.from_pyg(
        [graph, Data(edge_index=edges, x=torch.tensor([[3], [10]]), edge_attr=torch.eye(2)[[1, 1]])]
    )
    assert spec.node_types == ("3", "10") and spec.edge_types == ("1",)
    assert x.tolist() == [[1, 2, 1], [1, 2, 1]]
    features = Data(edge_index=edges, x=torch.randn(2, 3, generator=torch.Generator().manual_seed(0)))
    assert convert.from_pyg(Batch.from_data_list([features]))[0].node_types == ("node",)


REFUSED = {
    "directed": (nx.DiGraph([(0, 1), (1, 2)]), "1 directed graphs made undirected", [1, 1, 1, 1, 0, 1]),
    "weighted": (nx.Graph([(0, 1, {"weight": 2.5}), (1, 2)]), "1 graphs whose weights are dropped", [1, 1, 1, 1, 0, 1]),
    "loops": (nx.Graph([(0, 0), (0, 1), (1, 2)]), "1 loops removed", [1, 1, 1, 1, 0, 1]),
    "repeated": (nx.MultiGraph([(0, 1), (1, 0), (0, 1), (1, 2)]), "2 repeated edges merged", [1, 1, 1, 1, 0, 1]),
    "both ways": (nx.DiGraph([(0, 1), (1, 0), (1, 2)]), "1 repeated edges merged", [1, 1, 1, 1, 0, 1]),
}


@pytest.mark.parametrize(("graph", "told", "row"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_simple_is_refused_or_made_simple(graph, told, row):
    with pytest.raises(UserError, match=told) as caught:
        convert.from_networkx([graph])
    assert "\n" not in str(caught.value) and str(caught.value).startswith("graph 0: ")
    assert convert.from_networkx([graph], strict=False)[1].tolist() == [row]


def test_edges_in_one_direction_alone_are_directed():
    graph = Data(edge_index=torch.tensor([[0, 1], [1, 2]]), num_nodes=3)
    with pytest.raises(UserError, match="directed"):
        convert.from_pyg([graph])
    assert convert.from_pyg([graph], strict=False)[1].tolist() == [[1, 1, 1, 1, 0, 1]]
    with pytest.raises(UserError, match="directed"):
        convert.from_scipy([np.array([[0, 1], [0, 0]])])
    with pytest.raises(UserError, match="weights"):
        convert.from_scipy([np.array([[0, 0.5], [0.5, 0]])])


def test_an_edge_of_one_type_forth_and_of_another_back_is_directed():
    arcs = np.array([[0, 1], [1, 0]])
    assert undirected(arcs, ["a", "b"])[2] and not undirected(arcs, ["a", "a"])[2]
    simple, counts = EdgeList(2, arcs, edge_types=["a", "b"], directed=True).simple()
    assert simple.edge_types == ["a"] and counts["of them with another type"] == 1


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: convert.from_networkx([]), "no graph that has a node: give"),
        (lambda: convert.from_networkx([nx.empty_graph(0)]), "no graph that has a node"),
        (lambda: convert.from_networkx([nx.path_graph(4)], GraphSpec(3)), "graph 0: 4 nodes, and there is room for 3"),
        (
            lambda: convert.from_networkx([nx.path_graph(2)], TYPED),
            "graph 0: its nodes have no type; give each one of C",
        ),
        (
            lambda: convert.from_networkx(convert.to_networkx(TYPED, graphs_in_front(TYPED)), GraphSpec(6, ("C", "N"))),
            "graph [0-9]+: unknown type of node 'O'; known are C, N",
        ),
        (
            lambda: convert.from_networkx([nx.path_graph(2)], node_type="atom"),
            "graph 0: node 0 has no 'atom'; nodes have none",
        ),
        (lambda: convert.from_pyg([Data(x=torch.ones(2, 1))]), "no edge_index"),
        (
            lambda: convert.from_pyg([Data(edge_index=torch.tensor([[0], [5]]), num_nodes=2)]),
            "an edge to node 5, and num_nodes is 2",
        ),
        (lambda: convert.from_scipy([np.zeros((2, 3))]), "a matrix 2x3; an adjacency matrix is square"),
        (lambda: convert.from_scipy([(np.array([[0, 3], [3, 0]]), [1, 1])], TYPED), "edge type 3 is none of 1 ... 2"),
        (lambda: convert.from_graph6(["A_", "~~"]), "graph 1: '~~' is no graph6"),
        (lambda: convert.from_graphml(["<graphml"]), "graph 0: no GraphML"),
        (lambda: convert.from_edgelist(["0,1\n,2"]), "graph 0 line 2: ',2' lacks a node"),
    ],
)
def test_refusals_are_one_line(call, told):
    with pytest.raises(UserError, match=told) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_edge_lists_in_many_styles():
    texts = [
        "0 1\n1 2\n",
        "# a remark\nsource,target\na,b\nb,c\n",
        "0\t1\t0.5\n1\t2\t1\n",
        "0 1 {}\n1 2 {'weight': 3}\n",
    ]
    _, x = convert.from_edgelist(texts, strict=False)
    assert x.tolist() == [[1, 1, 1, 1, 0, 1]] * 4
    _, x = convert.from_edgelist(["10 9\n2 9\n3\n"])  # in the order of the numbers: 2, 3, 9, 10
    assert x.tolist() == [[1, 1, 1, 1, 0, 1, 0, 0, 0, 1]]
