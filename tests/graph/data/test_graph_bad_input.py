"""What a person got wrong is told in one line, with its place and a remedy."""

from __future__ import annotations

import pickle

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_graph.data.atlas import Atlas, Classics
from gansuite_graph.data.file import GraphFile
from gansuite_graph.data.synthetic import Synthetic

from .test_graph_files import tu_folder

ALL = {"train": 1.0}


def told(match: str, make=GraphFile, **options) -> None:
    with pytest.raises(UserError, match=match) as caught:
        make(**options)
    assert "\n" not in str(caught.value)


TEXTS = {
    "no such path": (None, "", {}, r"path = '.*': no such file or folder"),
    "empty file": ("g.g6", "", {}, r"no graph can be used \(there is none\)"),
    "nothing but an empty graph": ("g.g6", "?\n?\n", {}, r"no graph can be used \(2 empty\)"),
    "one graph": ("g.edgelist", "0 1\n", {}, r"one graph, of 2 nodes, and a set is learnt from many; .*\"network\""),
    "a single node": ("g.edgelist", "0\n", {}, r"one graph, of 1 node, and a set is learnt from many"),
    "no format": ("g.doc", "x", {}, r"g\.doc: no reader for '\.doc'; expected \.graphml"),
    "no graph6": ("g.g6", "A_\nB~~~~\n", {}, r"g\.g6 line 2: 'B~~~~' is no graph6"),
    "no xml": ("g.graphml", "<graphml", {}, r"g\.graphml: no graph can be read from it"),
    "no utf-8": ("g.edgelist", b"0 1\n\xff\xfe\n", {}, r"g\.edgelist: byte 0xff at 4 is no UTF-8"),
    "half an edge": ("g.csv", "0,1\n1,\n", {}, r"g\.csv line 2: '1,' lacks a node"),
    "words": ("g.txt", "CCO\nCC\n", {}, r"g\.txt: no line names two nodes; .*\.smi"),
    "some typed": ("g.txt", "a b single\nb c\n", {}, r"g\.txt: 1 of 2 edges have a type"),
    "no smiles": ("g.smi", "C1CC\nxyz\n", {}, r"no graph can be used \(2 unreadable; g\.smi line 1: 'C1CC'"),
    "no json": ("g.json", "{\n]", {}, r"g\.json line 2: no JSON"),
    "no graphs in json": ("g.json", "{}", {}, r"g\.json: no list of graphs; write"),
    "json beyond": (
        "g.json",
        '{"graphs": [{"nodes": ["a"], "edges": [[0, 1]]}]}',
        {},
        r"graph 1: an edge beyond its 1",
    ),
    "no such label": (
        "g.json",
        '{"graphs": [{"nodes": ["a"], "edges": []}]}',
        {"label": "y"},
        r"graph 1: no field 'y'",
    ),
    "no label in graph6": ("g.g6", "A_\n", {"label": "y"}, r"graph6 has no field 'y'; leave label out"),
    "one class": ("g.g6", "A_\nA?\n", {"label": "size", "split": ALL}, r"every graph has the label '2'"),
    "twice": ("g.g6", "A_\nA?\n", {"node_types": ["C", "C"]}, r"node_types: a type stands there twice"),
    "nothing to train on": (
        "g.g6",
        "A_\nA?\n",
        {"split": {"train": 1e-9, "test": 1 - 1e-9}},
        r"no graph falls into the",
    ),
    "too large": ("g.g6", "E???\nA_\n", {"nodes": 4}, r"g\.g6 line 1: 6 nodes, more than nodes = 4 .*netgan, cell"),
    "all too large": ("g.g6", "E???\nD??\n", {"nodes": 4, "too_large": "skip"}, r"\(2 too large\); raise nodes"),
}


@pytest.mark.parametrize(("name", "content", "options", "match"), TEXTS.values(), ids=TEXTS.keys())
def test_files(tmp_path, name, content, options, match):
    path = tmp_path / (name or "nowhere")
    if name:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    told(match, path=str(path), **options)


def test_a_folder_without_graphs(tmp_path):
    (tmp_path / "README.txt").write_text("nothing")
    told(r"no graphs found in the folder; expected \.graphml .*TU data set", path=str(tmp_path))


def test_a_graph_above_the_dense_limit_names_the_system_to_use(tmp_path):
    for n in (257, 3, 4):
        nx.write_edgelist(nx.path_graph(n), tmp_path / f"{n}.edgelist")
    told(
        r"257\.edgelist: 257 nodes, more than nodes = 256 .*raise nodes.*\"network\" \(netgan, cell\)",
        path=str(tmp_path),
    )
    kept = GraphFile(path=str(tmp_path), too_large="skip", split=ALL)
    assert kept.count("train") == 2 and kept.summary["skipped"]["reasons"] == {"too large": 1}
    assert GraphFile(path=str(tmp_path), nodes=300, split=ALL).spec.nodes == 300
    assert GraphFile(path=str(tmp_path), nodes=257, split=ALL).count("train") == 3  # exactly the room


STRICT = {
    "directed": (nx.DiGraph([(0, 1)]), "1 directed graphs made undirected"),
    "weighted": (nx.Graph([(0, 1, {"weight": 0.5})]), "1 graphs whose weights are dropped"),
    "repeated": (nx.MultiGraph([(0, 1), (0, 1)]), "1 repeated edges merged"),
    "loop": (nx.Graph([(0, 1), (1, 1)]), "1 loops removed"),
}


@pytest.mark.parametrize(("graph", "match"), STRICT.values(), ids=STRICT.keys())
def test_strict_refuses_what_is_not_simple(tmp_path, graph, match):
    nx.write_graphml(graph, tmp_path / "a.graphml")
    nx.write_graphml(nx.path_graph(3), tmp_path / "b.graphml")
    told(
        rf"a\.graphml: it would have to be changed \({match}\); mend it, or leave strict out",
        path=str(tmp_path),
        strict=True,
    )
    data = GraphFile(path=str(tmp_path), split=ALL)
    assert data.summary["changed"][match[2:]] == 1


def test_unknown_atoms_and_bonds(tmp_path):
    (tmp_path / "a.smi").write_text("CCO\nC#N\nC=S\n")
    path = str(tmp_path / "a.smi")
    told(
        r"a\.smi line 3: node type 'S' is not among node_types \(C, N, O\); add it",
        path=path,
        node_types=["C", "N", "O"],
    )
    told(r"a\.smi line 2: edge type 'triple' is not among edge_types", path=path, edge_types=["single", "double"])
    data = GraphFile(path=path, node_types=["C", "N", "O"], unknown="skip", split=ALL)
    assert data.count("train") == 2 and data.summary["skipped"]["reasons"] == {"unknown type": 1}


def test_some_graphs_typed_and_some_not(tmp_path):
    graph = nx.path_graph(3)
    nx.write_graphml(graph, tmp_path / "a.graphml")
    nx.set_node_attributes(graph, "C", "kind")
    nx.write_graphml(graph, tmp_path / "b.graphml")
    told(r"a\.graphml: its nodes have no type, and those of other graphs have", path=str(tmp_path))
    told(r"a\.graphml: node 0 has no 'atom'; nodes have none", path=str(tmp_path), node_type="atom")
    told(r"a\.graphml: the graph has no attribute 'y', there are ", path=str(tmp_path), label="y")


class Evil:
    def __reduce__(self):
        return (exec, ("raise SystemExit('run')",))


def test_pickles_are_refused_and_run_nothing(tmp_path):
    torch.save([Evil()], tmp_path / "a.pt")
    told(
        r"a\.pt: it holds more than tensors and graphs .*would run its code; save a list of",
        path=str(tmp_path / "a.pt"),
    )
    (tmp_path / "b.pt").write_bytes(pickle.dumps(nx.path_graph(3)))
    told(r"b\.pt: ", path=str(tmp_path / "b.pt"))
    np.save(tmp_path / "c.npy", np.array([nx.path_graph(3)], object), allow_pickle=True)
    told(r"c\.npy: no graph can be read from it", path=str(tmp_path / "c.npy"))
    torch.save(3, tmp_path / "d.pt")
    told(r"d\.pt: a int, and no list of graphs", path=str(tmp_path / "d.pt"))


ARRAYS = {
    "no known array": ({"x": np.eye(2)}, r"arrays x, and no graphs in them; expected adjacency"),
    "not square": ({"adjacency": np.ones((2, 3))}, r"a matrix 2x3; an adjacency matrix is square"),
    "floats": ({"edge_index": np.ones((2, 3))}, r"edge_index is to be \[2, m\] of whole numbers, not float64 \[2, 3\]"),
    "beyond": ({"edge_index": np.array([[0], [5]]), "num_nodes": 3}, r"0 to 5"),
    "sum": (
        {"train_num_nodes": [2], "train_num_edges": [2], "train_edge_index": np.array([[0], [1]])},
        r"train_num_edges do not sum to the 1 edges",
    ),
    "half a split": ({"train_num_nodes": [2]}, r"train_num_nodes, but no train_num_edges"),
    "nodes": ({"adjacency": np.ones((2, 3, 3)), "nodes": np.ones((2, 2))}, r"nodes \[2, 2\] do not fit adjacency"),
}


@pytest.mark.parametrize(("arrays", "match"), ARRAYS.values(), ids=ARRAYS.keys())
def test_arrays_that_do_not_fit(tmp_path, arrays, match):
    np.savez(tmp_path / "g.npz", **arrays)
    told(match, path=str(tmp_path / "g.npz"))


TU = {
    "between two graphs": ({"arcs": "1,2\n3,4\n"}, r"T_A\.txt line 2: an edge between two graphs"),
    "beyond": ({"arcs": "1,2\n1,9\n"}, r"T_A\.txt line 2: .*_graph_indicator\.txt"),
    "no numbers": ({"arcs": "1,2\n1,x\n"}, r"T_A\.txt line 2: '1,x' is not .*mend it"),
    "too short": ({"node_labels": "1\n"}, r"T_node_labels\.txt: 1 lines, and there are 6"),
}


@pytest.mark.parametrize(("files", "match"), TU.values(), ids=TU.keys())
def test_tu_folders_that_do_not_fit(tmp_path, files, match):
    told(match, path=tu_folder(tmp_path / "T", **files))


def test_tu_labels(tmp_path):
    path = tu_folder(tmp_path / "T")
    told(r"the classes of a TU data set are its 'graph_labels'", path=path, label="y")
    told(r"no T_graph_labels\.txt beside it; leave label out", path=path, label="graph_labels")


SETS = {
    "few grids": ({"kind": "grid"}, r"kind = 'grid' with sizes = \[9, 100\]: there are 143 different graphs"),
    "few trees": (
        {"kind": "tree", "sizes": [4, 5], "count": 30, "valid": 0, "test": 0},
        r"in [0-9]+ draws there were 5 different graphs, and count \+ valid \+ test = 30; ask for fewer",
    ),
    "order": ({"kind": "er", "sizes": [5, 4]}, r"sizes = \[5, 4\]: the fewest nodes come first"),
    "too large": ({"kind": "er", "sizes": [5, 500]}, r"more than 256 nodes are too large .*netgan"),
    "no such parameter": ({"kind": "er", "parameters": {"q": 1}}, r"parameters: er has no 'q'; there are p"),
    "no probability": ({"kind": "er", "parameters": {"p": 1.5}}, r"p = 1\.5 is no probability"),
    "no number": ({"kind": "ba", "parameters": {"m": 0.5}}, r"m = 0\.5; take a whole number from 1"),
    "blocks": ({"kind": "sbm", "parameters": {"p_out": 0.5}}, r"blocks want 0 < p_out < p_in"),
    "impossible": ({"kind": "sbm", "sizes": [5, 6], "count": 3}, r"no graph of 5 to 6 nodes in 1000 draws"),
}


@pytest.mark.parametrize(("options", "match"), SETS.values(), ids=SETS.keys())
def test_synthetic_sets(options, match):
    told(match, Synthetic, **options)


def test_known_graphs():
    told(r"min_nodes = 5 is above max_nodes = 4", Atlas, min_nodes=5, max_nodes=4)
    told(r"graphs: 'peterson' is no graph with a name; there are bull", Classics, graphs=["peterson", "bull"])
