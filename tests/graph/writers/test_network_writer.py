"""The assembled graph as files, read back by the data set's reader and by networkx."""

from __future__ import annotations

import networkx as nx
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_graph.data.network import Network
from gansuite_graph.data.one_graph import read
from gansuite_graph.spec import WalkSpec
from gansuite_graph.walks.assembly import Transitions, assembled
from gansuite_graph.writers.network import NetworkWriter, edge_list, graphml, write_graph

NAMES = ("Ann & Bo", "<b>", 'say "c"', "d", "é")
EDGES = torch.tensor([[0, 1, 2], [1, 2, 3]])


def named(names, edges) -> set[frozenset[str]]:
    return {frozenset((names[u], names[v])) for u, v in edges.T.tolist()}


@pytest.mark.parametrize("format", ["graphml", "edgelist", "npz"])
def test_a_graph_comes_back(tmp_path, format):
    data = Network(graph="les-miserables", length=8)
    walks = data.batch("train", torch.arange(400), None)["data"]
    paths = NetworkWriter(data.spec, format=format).write(walks, tmp_path / "new", "a-")
    assert [path.name for path in paths] == [f"a-network.{format}", "a-walks.txt"]
    edges = assembled(Transitions.of(walks, 77), data.spec.edges, Rng(0, "network", "writer"))
    found = read(str(paths[0]))
    assert named(found.names, found.csr.edge_index()) == named(data.spec.names, edges)
    assert found.csr.edges == data.spec.edges and not found.changed
    if format != "edgelist":
        assert found.names == data.spec.names
    lines = paths[1].read_text("utf-8").splitlines()
    assert len(lines) == 400 and lines[0].split("\t") == [data.spec.names[node] for node in walks[0].tolist()]


def test_relaxed_walks_and_nodes_without_names(tmp_path):
    spec = WalkSpec(4, 3, 2)
    walks = torch.tensor([[0, 1, 2], [2, 1, 0]])
    hard = NetworkWriter(spec).write(walks, tmp_path, "hard-")
    soft = NetworkWriter(spec).write(torch.nn.functional.one_hot(walks, 4).float(), tmp_path, "soft-")
    assert [a.read_text() for a in hard] == [b.read_text() for b in soft]
    assert hard[1].read_text() == "0\t1\t2\n2\t1\t0\n"
    found = read(str(hard[0]))
    assert not found.names and found.csr.nodes == 4 and found.csr.edge_index().T.tolist() == [[0, 1], [1, 2]]


def test_awkward_names(tmp_path):
    path = tmp_path / "a.graphml"
    path.write_text(graphml(EDGES, NAMES), "utf-8")
    graph = nx.read_graphml(path)
    assert [graph.nodes[node]["label"] for node in graph] == list(NAMES)
    assert {tuple(sorted(edge)) for edge in graph.edges} == {("n0", "n1"), ("n1", "n2"), ("n2", "n3")}
    write_graph(tmp_path / "a.npz", EDGES, NAMES)
    assert read(str(tmp_path / "a.npz")).names == NAMES
    with pytest.raises(UserError, match="has no place for the node 'say"):
        edge_list(EDGES, NAMES)
    for bad in ("a\tb", " a", "a#b", ""):
        with pytest.raises(UserError, match="write format = graphml"):
            edge_list(EDGES, (bad, "b", "c", "d"))
    with pytest.raises(UserError, match="write format = npz"):
        graphml(EDGES, ("a\x00", "b", "c", "d"))
    assert edge_list(EDGES, ("a b", "b, c", "c", "d")) == "a b\tb, c\nb, c\tc\nc\td\n"
    (tmp_path / "a.tsv").write_text("a b\tb, c\nb, c\tc\nc\td\n")
    assert read(str(tmp_path / "a.tsv")).names == ("a b", "b, c", "c", "d")


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="choose another folder"):
        NetworkWriter(WalkSpec(3, 2, 1)).write(torch.tensor([[0, 1]]), tmp_path / "file")
