"""Every format is read back by somebody else's reader as the graphs that were written."""

from __future__ import annotations

import json

import networkx as nx
import numpy as np
import pytest
import torch
from networkx.generators.atlas import graph_atlas_g
from torch import Tensor

from gansuite.errors import UserError
from gansuite_graph.spec import GraphSpec, pairs_of
from gansuite_graph.writers.graphs import GraphsWriter, usual

PLAIN = GraphSpec(9)
TYPED = GraphSpec(6, ("C", "a <b>"), ("single", "double & more"))


def some(spec: GraphSpec, n: int = 40, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    nodes = torch.randint(0, len(spec.node_types) + 1, (n, spec.nodes), generator=generator)
    bonds = torch.randint(0, len(spec.edge_types) + 1, (n, spec.pairs), generator=generator)
    return spec.tidied(torch.cat([nodes, bonds], 1))


def graph_of(spec: GraphSpec, row: Tensor) -> nx.Graph:
    """The graph by hand: nodes numbered anew, types by name."""
    there = [i for i in range(spec.nodes) if row[i]]
    graph = nx.Graph()
    graph.add_nodes_from((k, {"kind": spec.node_types[row[i] - 1]}) for k, i in enumerate(there))
    for kind, i, j in zip(row[spec.nodes :].tolist(), *(each.tolist() for each in pairs_of(spec.nodes)), strict=True):
        if kind:
            graph.add_edge(there.index(i), there.index(j), kind=spec.edge_types[kind - 1])
    return graph


def same(ours: nx.Graph, theirs: nx.Graph, kinds: bool = True) -> bool:
    if not kinds:
        return set(ours) == set(theirs) and {frozenset(e) for e in ours.edges} == {frozenset(e) for e in theirs.edges}
    edges = nx.utils.edges_equal(ours.edges(data=True), theirs.edges(data=True))
    return edges and dict(ours.nodes(data=True)) == dict(theirs.nodes(data=True))


def test_graph6_is_networkxs(tmp_path):
    x = some(PLAIN)
    (path,) = GraphsWriter(PLAIN).write(x, tmp_path / "new", "step-")
    assert path.name == "step-samples.g6"
    graphs = nx.read_graph6(path)
    assert len(graphs) == 40 and all(same(graph_of(PLAIN, r), g, kinds=False) for r, g in zip(x, graphs, strict=True))
    theirs = [nx.to_graph6_bytes(graph_of(PLAIN, row), header=False).decode() for row in x]
    assert path.read_text() == "".join(theirs)


def test_graph6_of_all_sizes(tmp_path):
    spec = GraphSpec(70)
    graphs = [*graph_atlas_g()[:60], nx.gnp_random_graph(62, 0.2, seed=0), nx.gnp_random_graph(63, 0.1, seed=0)]
    graphs += [nx.gnp_random_graph(70, 0.1, seed=1)]
    x = torch.zeros(len(graphs), *spec.shape, dtype=torch.int64)
    i, j = pairs_of(70)
    for row, graph in zip(x, graphs, strict=True):
        row[: len(graph)] = 1
        bonds = torch.zeros(70, 70, dtype=torch.int64)
        for u, v in graph.edges:
            bonds[u, v] = bonds[v, u] = 1
        row[70:] = bonds[i, j]
    (path,) = GraphsWriter(spec).write(x, tmp_path)
    assert path.read_text() == "".join(nx.to_graph6_bytes(graph, header=False).decode() for graph in graphs)


def test_graphml_has_the_names_of_types(tmp_path):
    x = some(TYPED)
    paths = GraphsWriter(TYPED, format="graphml").write(x, tmp_path, "a-")
    assert [path.name for path in paths[:2]] == ["a-samples-000.graphml", "a-samples-001.graphml"]
    for row, path in zip(x, paths, strict=True):
        assert same(graph_of(TYPED, row), nx.read_graphml(path, node_type=int))


def test_edge_lists_keep_lonely_nodes(tmp_path):
    for spec in (TYPED, PLAIN):
        x = some(spec, 20)
        x[0, spec.nodes :] = 0
        for row, path in zip(
            x, GraphsWriter(spec, format="edgelist").write(x, tmp_path / spec.edge_types[0]), strict=True
        ):
            found = nx.Graph()
            for line in path.read_text().splitlines():
                u, *rest = line.split(" ", 2)
                found.add_node(int(u))
                if rest:
                    found.add_edge(int(u), int(rest[0]), kind=rest[1] if len(rest) > 1 else "edge")
            ours = graph_of(spec, row)
            assert set(found) == set(ours) and nx.utils.edges_equal(found.edges(data=True), ours.edges(data=True))
    plain = nx.read_edgelist(GraphsWriter(PLAIN, format="edgelist").write(some(PLAIN, 1), tmp_path)[0], nodetype=int)
    assert {frozenset(e) for e in plain.edges} == {frozenset(e) for e in graph_of(PLAIN, some(PLAIN, 1)[0]).edges}


def test_json(tmp_path):
    x = some(TYPED)
    (path,) = GraphsWriter(TYPED).write(x, tmp_path)
    table = json.loads(path.read_text("utf-8"))
    assert table["node_types"] == ["C", "a <b>"] and path.name == "samples.json"
    for row, each in zip(x, table["graphs"], strict=True):
        found = nx.Graph()
        found.add_nodes_from((i, {"kind": kind}) for i, kind in enumerate(each["nodes"]))
        found.add_edges_from((u, v, {"kind": kind}) for u, v, kind in each["edges"])
        assert same(graph_of(TYPED, row), found)


def test_arrays(tmp_path):
    x = some(TYPED)
    (path,) = GraphsWriter(TYPED, format="npz").write(x, tmp_path)
    found = np.load(path)
    i, j = pairs_of(6)
    adjacency = torch.from_numpy(found["adjacency"]).long()
    assert torch.equal(adjacency, adjacency.transpose(1, 2)) and not adjacency.diagonal(dim1=1, dim2=2).any()
    assert torch.equal(torch.cat([torch.from_numpy(found["nodes"]).long(), adjacency[:, i, j]], 1), x)


def test_relaxed_graphs_are_written_as_their_likeliest(tmp_path):
    x = some(PLAIN)
    relaxed = (PLAIN.space.relaxed(x) * 0.6 + 0.01).requires_grad_()
    for each, folder in ((x, "a"), (relaxed, "b")):
        GraphsWriter(PLAIN).write(each, tmp_path / folder)
    assert (tmp_path / "a/samples.g6").read_text() == (tmp_path / "b/samples.g6").read_text()


def test_the_usual_format():
    molecules = GraphSpec(9, ("C", "N"), ("single", "double"), molecular=True)
    assert [usual(spec) for spec in (PLAIN, TYPED, molecules)] == ["graph6", "json", "smiles"]


def test_smiles_and_sdf_are_of_molecules(tmp_path):
    with pytest.raises(UserError, match="'sdf' is for molecules, and these graphs are none: graph6, graphml"):
        GraphsWriter(TYPED, format="sdf")
    pytest.importorskip("gansuite_graph.molecules.notation", reason="molecules are not there yet")
    chem = pytest.importorskip("rdkit.Chem", reason="needs gansuite[molecules]")
    spec = GraphSpec(4, ("C", "N", "O"), ("single", "double", "triple"), molecular=True)
    x = torch.tensor([[1, 1, 3, 0, 1, 0, 0, 1, 0, 0], [1, 2, 0, 0, 3, 0, 0, 0, 0, 0]])  # ethanol, hydrogen cyanide
    (path,) = GraphsWriter(spec).write(x, tmp_path)
    assert path.name == "samples.smi"
    truth = [chem.CanonSmiles("CCO"), chem.CanonSmiles("C#N")]
    assert [chem.CanonSmiles(line) for line in path.read_text().splitlines()] == truth
    (path,) = GraphsWriter(spec, format="sdf").write(x, tmp_path)
    assert [chem.MolToSmiles(mol) for mol in chem.SDMolSupplier(str(path))] == truth


def test_what_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match=r"cannot write .*samples\.g6 \(.*\); choose another folder"):
        GraphsWriter(PLAIN).write(some(PLAIN), tmp_path / "file")
