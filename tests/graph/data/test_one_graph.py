"""One graph from files of every kind: names and edges as they were, what was changed counted, bad files refused."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_graph.csr import Csr
from gansuite_graph.data.one_graph import OneGraph, classic, matrix, of_networkx, read


def named(found: OneGraph) -> set[frozenset[str]]:
    names = found.names or tuple(map(str, range(found.csr.nodes)))
    return {frozenset((names[u], names[v])) for u, v in found.csr.edge_index().T.tolist()}


FLORENCE = nx.florentine_families_graph()
EDGES = {frozenset(edge) for edge in FLORENCE.edges}


def write_edge_list(path: Path) -> None:
    path.write_text("source\ttarget\n# families\n" + "".join(f"{u}\t{v}\n" for u, v in FLORENCE.edges))


WRITERS = {
    "a.graphml": lambda path: nx.write_graphml(FLORENCE, path),
    "a.gexf": lambda path: nx.write_gexf(FLORENCE, path),
    "a.gml": lambda path: nx.write_gml(FLORENCE, path),
    "a.edgelist": lambda path: nx.write_edgelist(FLORENCE, path),
    "a.csv": lambda path: path.write_text("".join(f"{u},{v}\n" for u, v in FLORENCE.edges)),
    "a.tsv": write_edge_list,
}


@pytest.mark.parametrize("name", WRITERS)
def test_names_and_edges_come_back(tmp_path, name):
    WRITERS[name](tmp_path / name)
    found = read(str(tmp_path / name))
    assert named(found) == EDGES and found.csr.nodes == 15 and found.csr.edges == 20


def test_arrays_and_other_formats(tmp_path):
    graph = nx.convert_node_labels_to_integers(FLORENCE)
    edges = np.array(list(graph.edges)).T
    names = np.array(list(FLORENCE.nodes))
    np.savez(tmp_path / "named.npz", edge_index=edges, num_nodes=17, names=[*names, "a", "b"])
    np.savez(tmp_path / "both.npz", edge_index=np.concatenate([edges, edges[::-1]], 1))
    np.savez(tmp_path / "adjacency.npz", adjacency=nx.to_numpy_array(graph, dtype=int))
    nx.write_graph6(graph, tmp_path / "a.g6", header=False)
    found = read(str(tmp_path / "named.npz"))
    assert named(found) == EDGES and found.csr.nodes == 17 and not found.changed
    for other in ("both.npz", "adjacency.npz", "a.g6"):
        found = read(str(tmp_path / other))
        assert not found.names and not found.changed
        assert found.csr.edge_index().T.tolist() == sorted(sorted(edge) for edge in graph.edges)


def test_numbers_keep_their_places(tmp_path):
    (tmp_path / "a.txt").write_text("3 1\n1 0\n")
    found = read(str(tmp_path / "a.txt"))
    assert not found.names and found.csr.nodes == 4 and found.csr.edge_index().tolist() == [[0, 1], [1, 3]]


def test_what_is_not_simple_is_counted(tmp_path):
    graph = nx.MultiDiGraph([("a", "b"), ("b", "a"), ("a", "a"), ("b", "c"), ("b", "c")])
    found = of_networkx(graph)
    assert named(found) == {frozenset("ab"), frozenset("bc")}
    assert found.changed == {"loops removed": 1, "directed edges merged": 2}
    assert classic("les-miserables").changed == {"weights dropped": 254}
    (tmp_path / "a.csv").write_text("a,b,2\nb,a,1\n")
    assert read(str(tmp_path / "a.csv")).changed == {"repeated edges merged": 1, "weights dropped": 2}


def test_the_largest_component():
    graph = nx.disjoint_union(nx.path_graph(3), nx.cycle_graph(5))
    graph.add_node("alone")
    found = of_networkx(nx.relabel_nodes(graph, lambda node: f"n{node}")).largest()
    assert found.names == tuple(f"n{i}" for i in range(3, 8))
    assert sorted(found.csr.degrees.tolist()) == [2] * 5 and found.csr.edges == 5
    assert found.changed == {"components left out": 2, "nodes left out": 4, "edges left out": 2}
    whole = classic("karate")
    assert whole.largest() is whole


def test_matrix():
    graph = Csr.of_edges(torch.tensor([[0, 1], [1, 3]]), 4)
    assert matrix(graph).toarray().tolist() == [[0, 1, 0, 0], [1, 0, 0, 1], [0, 0, 0, 0], [0, 1, 0, 0]]


BAD = {
    "none.npz": (None, "cannot be read"),
    "a.doc": ("x", "no reader for '.doc'"),
    "a.edgelist": ("a b\nc\n", "line 2: 'c' does not name two nodes"),
    "a.graphml": ("<graphml", "no graph can be read"),
    "b.npz": ({"edge_index": np.zeros((3, 2), int)}, "edge_index is to be"),
    "c.npz": ({"edge_index": np.array([[0], [5]]), "num_nodes": 3}, "num_nodes = 3"),
    "d.npz": ({"edge_index": np.array([[0], [1]]), "names": np.array(["a"])}, "1 names"),
    "two.g6": ("A_\nA_\n", "2 graphs, and a network is one"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_in_a_line(tmp_path, name):
    content, words = BAD[name]
    if isinstance(content, str):
        (tmp_path / name).write_text(content)
    elif content is not None:
        np.savez(tmp_path / name, **content)
    with pytest.raises(UserError) as caught:
        read(str(tmp_path / name))
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_unknown_classics():
    with pytest.raises(UserError, match="les-miserables, karate"):
        classic("facebook")
