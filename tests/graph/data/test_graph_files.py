"""Files of graphs in every format, splits, classes, copies."""

from __future__ import annotations

import json

import networkx as nx
import numpy as np
import pytest
import scipy.sparse
import torch
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng
from gansuite_graph.convert import from_networkx, to_networkx, to_pyg
from gansuite_graph.convert.geometric import geometric
from gansuite_graph.data import store
from gansuite_graph.data.file import GraphFile
from gansuite_graph.metrics.isomorphism import classes
from gansuite_graph.spec import GraphSpec
from gansuite_graph.writers.graphs import GraphsWriter

from ..metrics.drawn_graphs import rows_of, shuffled
from ..sample_graphs import PLAIN, TYPED, graphs_in_front

SPLITS = ("train", "valid", "test")
ALL = {"train": 1.0}


def rows(data: Dataset, split: str = "train") -> Tensor:
    return data.batch(split, torch.arange(data.count(split)), None)["data"]


def written(x: Tensor) -> list[list[int]]:
    return sorted(x.tolist())


@pytest.mark.parametrize("format", ["graph6", "graphml", "edgelist", "json", "npz"])
def test_what_the_writer_writes_is_read(tmp_path, format):
    x = graphs_in_front(PLAIN)
    files = GraphsWriter(PLAIN, format=format).write(x, tmp_path / "graphs")
    data = GraphFile(path=str(files[0] if len(files) == 1 else tmp_path / "graphs"), split=ALL)
    assert isinstance(data, Dataset) and data.spec.nodes == 6 and written(rows(data)) == written(x)
    assert data.summary["used"] == 60 and data.summary["changed"] == {}
    assert GraphSpec.from_dict(data.spec.as_dict()) == data.spec == GraphFile.read_spec(data.spec.as_dict())


@pytest.mark.parametrize("format", ["graphml", "json"])
def test_types_by_name(tmp_path, format):
    x = graphs_in_front(TYPED)
    GraphsWriter(TYPED, format=format).write(x, tmp_path)
    data = GraphFile(path=str(tmp_path), split=ALL)
    assert (data.spec.node_types, data.spec.edge_types) == (TYPED.node_types, TYPED.edge_types)
    assert written(rows(data)) == written(x)
    turned = GraphFile(path=str(tmp_path), split=ALL, node_types=["O", "S", "N", "C"])
    kinds = torch.tensor([0, 4, 3, 1])
    assert turned.spec.node_types == ("O", "S", "N", "C")
    assert written(rows(turned)) == written(torch.cat([kinds[x[:, :6]], x[:, 6:]], 1))


def test_types_by_number(tmp_path):
    x = graphs_in_front(TYPED)
    GraphsWriter(TYPED, format="npz").write(x, tmp_path)
    data = GraphFile(path=str(tmp_path / "samples.npz"), split=ALL)
    assert data.spec.node_types == ("1", "2", "3") and data.spec.edge_types == ("1", "2")
    assert written(rows(data)) == written(x)


def test_gexf_and_gml(tmp_path):
    x = graphs_in_front(PLAIN)
    for i, graph in enumerate(to_networkx(PLAIN, x)):
        nx.write_gexf(graph, tmp_path / f"{i}.gexf") if i % 2 else nx.write_gml(graph, tmp_path / f"{i}.gml")
    data = GraphFile(path=str(tmp_path), split=ALL)
    assert data.summary["files"] == 60 and written(rows(data)) == written(x)


def test_sparse6_with_a_header(tmp_path):
    graphs = [nx.path_graph(3), nx.cycle_graph(5)]
    (tmp_path / "g.s6").write_bytes(b"".join(nx.to_sparse6_bytes(graph) for graph in graphs))
    data = GraphFile(path=str(tmp_path / "g.s6"), split=ALL)
    assert written(rows(data)) == written(from_networkx(graphs)[1])
    assert data.names("train") == ["g.s6 line 1", "g.s6 line 2"]


def test_arrays(tmp_path):
    square = np.array([[[0, 1, 0], [1, 0, 1], [0, 1, 0]], [[0, 1, 0], [1, 0, 0], [0, 0, 0]]])
    np.save(tmp_path / "a.npy", square[0])
    np.savez(tmp_path / "b.npz", adjacency=square, num_nodes=[3, 2])
    np.savez(tmp_path / "c.npz", edge_index=[[0, 1, 1], [1, 0, 0]], num_nodes=3)
    scipy.sparse.save_npz(tmp_path / "d.npz", scipy.sparse.csr_array(square[0]))
    data = GraphFile(path=str(tmp_path), split=ALL)
    path, pair, loose = [1, 1, 1, 1, 0, 1], [1, 1, 0, 1, 0, 0], [1, 1, 1, 1, 0, 0]
    found = dict(zip(data.names("train"), rows(data).tolist(), strict=True))
    assert found == {"a.npy": path, "b.npz graph 1": path, "b.npz graph 2": pair, "c.npz": loose, "d.npz": path}
    assert data.summary["changed"] == {"repeated edges merged": 2}


def test_arrays_of_splits(tmp_path):
    """The layout of the official sets: the edges of all graphs of a split, one graph behind the other."""
    path, triangle = [[0, 1], [1, 2]], [[0, 1], [0, 2], [1, 2]]
    arrays = {}
    for word, graphs in (("train", [path, triangle, path[:1]]), ("val", [triangle]), ("test", [path])):
        arrays[f"{word}_num_nodes"] = [3] * len(graphs)
        arrays[f"{word}_num_edges"] = [len(edges) for edges in graphs]
        arrays[f"{word}_edge_index"] = np.concatenate(graphs).T
    np.savez(tmp_path / "g.npz", **arrays)
    data = GraphFile(path=str(tmp_path / "g.npz"))
    assert rows(data).tolist() == [[1, 1, 1, 1, 0, 1], [1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]]
    assert rows(data, "valid").tolist() == [[1, 1, 1, 1, 1, 1]] and rows(data, "test").tolist() == [[1, 1, 1, 1, 0, 1]]
    assert data.names("valid") == ["g.npz val graph 1"] and data.summary["in two splits"] == 2


def test_torch_geometric(tmp_path):
    x, pyg = graphs_in_front(TYPED), geometric()
    graphs = to_pyg(TYPED, x)
    for i, graph in enumerate(graphs):
        graph.y = torch.tensor([i % 2])
    torch.save(graphs, tmp_path / "list.pt")
    torch.save([graph.to_dict() for graph in graphs], tmp_path / "dicts.pt")
    whole, slices = pyg.data.InMemoryDataset.collate(graphs)
    torch.save((whole.to_dict(), slices, pyg.data.Data), tmp_path / "dataset.pt")
    for name in ("list.pt", "dicts.pt", "dataset.pt"):
        data = GraphFile(path=str(tmp_path / name), split=ALL, label="y")
        assert written(rows(data)) == written(x) and data.spec.node_types == ("0", "1", "2"), name
        assert data.spec.labels == ("0", "1") and data.summary["labels"] == {"0": 30, "1": 30}
    torch.save({"train": graphs[:40], "val": graphs[40:50], "test": graphs[50:]}, tmp_path / "parts.pt")
    parts = GraphFile(path=str(tmp_path / "parts.pt"))
    assert [parts.count(split) for split in SPLITS] == [40, 10, 10] and torch.equal(rows(parts, "test"), x[50:])


def test_spectre_tuples_and_lists_of_matrices(tmp_path):
    tables = [torch.tensor(nx.to_numpy_array(graph)) for graph in (nx.path_graph(3), nx.cycle_graph(5))]
    torch.save((tables, [torch.ones(3), torch.ones(5)], [3, 5], 5), tmp_path / "spectre.pt")
    torch.save(tables, tmp_path / "list.pt")
    expected = written(from_networkx([nx.path_graph(3), nx.cycle_graph(5)])[1])
    for name in ("spectre.pt", "list.pt"):
        assert written(rows(GraphFile(path=str(tmp_path / name), split=ALL))) == expected


def tu_folder(folder, arcs="1,2\n2,1\n2,3\n3,2\n4,5\n5,4\n", owners="1\n1\n1\n2\n2\n3\n", **more):
    folder.mkdir(exist_ok=True)
    (folder / "T_A.txt").write_text(arcs)
    (folder / "T_graph_indicator.txt").write_text(owners)
    (folder / "README.txt").write_text("about")
    for name, text in more.items():
        (folder / f"T_{name}.txt").write_text(text)
    return str(folder)


def test_tu_folders(tmp_path):
    path = tu_folder(
        tmp_path / "T",
        graph_labels="-1\n1\n1\n",
        node_labels="7\n8\n7\n10\n7\n7\n",
        edge_labels="0\n0\n3\n3\n0\n0\n",
    )
    data = GraphFile(path=path, split=ALL, label="graph_labels")
    assert data.spec.node_types == ("7", "8", "10") and data.spec.edge_types == ("0", "3")
    assert rows(data).tolist() == [[1, 2, 1, 1, 0, 2], [3, 1, 0, 1, 0, 0], [1, 0, 0, 0, 0, 0]]
    batch = data.batch("train", torch.tensor([0, 2]), Rng(0))
    assert [data.spec.labels[k] for k in batch["label"].tolist()] == ["-1", "1"]
    assert data.names("train") == [f"T_A.txt graph {i}" for i in (1, 2, 3)]


def test_smiles(tmp_path):
    (tmp_path / "a.smi").write_text("CCO ethanol\nC1CC\nC#N\nxyz\n\nC[N+](C)(C)C\nC[Zz]\nO\n")
    data = GraphFile(path=str(tmp_path / "a.smi"), split=ALL)
    assert data.spec.molecular and data.spec.node_types == ("C", "N", "O") and data.count("train") == 3
    assert data.spec.edge_types == ("single", "triple") and data.judge.valid(rows(data)).all()
    assert data.summary["skipped"] == {"count": 4, "reasons": {"unreadable": 4}}
    assert [line.split(":")[0] for line in data.summary["unreadable"]] == [
        "a.smi line 2",
        "a.smi line 4",
        "a.smi line 6",
    ]
    (tmp_path / "b.csv").write_text("name,smiles,kind\nethanol,CCO,x\nwater,O,y\n")
    table = GraphFile(path=str(tmp_path / "b.csv"), split=ALL, label="kind")
    assert table.spec.labels == ("x", "y") and table.batch("train", torch.tensor([1]), None)["label"].tolist() == [1]


def test_a_policy_is_told_in_the_summary(tmp_path):
    nx.write_graphml(nx.DiGraph([(0, 1), (1, 0), (1, 2), (2, 2)]), tmp_path / "a.graphml")
    nx.write_graphml(nx.Graph([(0, 1, {"weight": 3.0})]), tmp_path / "b.graphml")
    nx.write_graphml(nx.empty_graph(0), tmp_path / "c.graphml")
    nx.write_graphml(nx.empty_graph(1), tmp_path / "d.graphml")
    data = GraphFile(path=str(tmp_path), split=ALL)
    assert data.summary["changed"] == {
        "directed graphs made undirected": 1,
        "loops removed": 1,
        "repeated edges merged": 1,
        "graphs whose weights are dropped": 1,
    }
    assert data.summary["skipped"]["reasons"] == {"empty": 1} and data.summary["graphs"] == 4
    assert rows(data).tolist() == [[1, 1, 1, 1, 0, 1], [1, 1, 0, 1, 0, 0], [1, 0, 0, 0, 0, 0]]
    assert data.spec.sizes == (1 / 3, 1 / 3, 1 / 3)


def atlas_rows() -> tuple[GraphSpec, Tensor]:
    spec = GraphSpec(7)
    return spec, rows_of(spec, nx.graph_atlas_g()[1:])


def saved(path, spec: GraphSpec, x: Tensor) -> str:
    GraphsWriter(spec, format="npz").write(x, path.parent, path.stem)
    return str(path.parent / f"{path.stem}samples.npz")


def test_copies_are_found_exactly_and_share_a_split(tmp_path):
    """All 1,252 graphs of the atlas, three times in other orders of the nodes: 1,252 classes, none in two splits."""
    spec, x = atlas_rows()
    x = torch.cat([x, shuffled(spec, x, 1), shuffled(spec, x, 2)])[torch.randperm(3756, generator=torch.manual_seed(0))]
    path = saved(tmp_path / "atlas", spec, x)
    whole, single = GraphFile(path=path), GraphFile(path=path, deduplicate=True)
    assert whole.summary["copies"] == 2504 == single.summary["skipped"]["reasons"]["copies"]
    assert whole.summary["in two splits"] == 0 and whole.summary["used"] == 3756 and single.summary["used"] == 1252
    assert classes(spec, torch.cat([rows(single, split) for split in SPLITS])).count == 1252
    sizes = [single.count(split) for split in SPLITS]
    assert sizes == [whole.count(split) // 3 for split in SPLITS]
    assert sizes[1] == pytest.approx(125, abs=4 * 10.6) and sizes[2] == pytest.approx(125, abs=4 * 10.6)


def test_graphs_that_refinement_cannot_tell_apart_are_no_copies(tmp_path):
    hexagon, triangles = nx.cycle_graph(6), nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3))
    spec, x = from_networkx([hexagon, triangles, nx.relabel_nodes(hexagon, {0: 3, 3: 0})])
    single = GraphFile(path=saved(tmp_path / "g", spec, x), deduplicate=True, split=ALL)
    assert single.count("train") == 2


def test_other_graphs_and_types_move_no_graph_to_another_split(tmp_path):
    x = graphs_in_front(TYPED, 200)
    few, many = tmp_path / "few", tmp_path / "many"
    GraphsWriter(TYPED, format="graphml").write(x, few)
    GraphsWriter(TYPED, format="graphml").write(x, many)
    other = GraphSpec(9, ("B", "N", "Xe"), ("a", "triple"))
    GraphsWriter(other, format="graphml").write(graphs_in_front(other, 30, 1), many, "other-")
    one, two = GraphFile(path=str(few)), GraphFile(path=str(many))
    assert two.spec.node_types != one.spec.node_types and two.spec.nodes == 9
    for split in SPLITS:
        assert set(one.names(split)) == {name for name in two.names(split) if not name.startswith("other")}
    assert one.count("test") and one.count("valid")


def test_names_of_files_tell_splits(tmp_path):
    spec, x = from_networkx([nx.path_graph(n) for n in range(1, 8)])
    for name, part in (("train", x[:4]), ("val", x[4:5]), ("test", torch.cat([x[5:], x[:1]]))):
        GraphsWriter(spec, format="graph6").write(part, tmp_path)
        (tmp_path / "samples.g6").rename(tmp_path / f"{name}.g6")
    data = GraphFile(path=str(tmp_path))
    assert [data.count(split) for split in SPLITS] == [4, 1, 3] and data.summary["in two splits"] == 1
    single = GraphFile(path=str(tmp_path), deduplicate=True)
    assert [single.count(split) for split in SPLITS] == [3, 1, 3]
    assert single.summary["skipped"]["reasons"] == {"copies of held-out graphs": 1}


def test_classes_by_size_and_folder(tmp_path):
    for n in (3, 3, 5, 10):
        for kind, make in (("path", nx.path_graph), ("cycle", nx.cycle_graph)):
            (tmp_path / kind).mkdir(exist_ok=True)
            nx.write_edgelist(make(n), tmp_path / kind / f"{n}.edgelist")
    data = GraphFile(path=str(tmp_path), split=ALL, label="size")
    assert data.spec.labels == ("3", "5", "10") and data.spec.label_sizes == (3, 5, 10)
    batch = data.batch("train", torch.arange(6), None)
    sizes = (batch["data"][:, :10] != 0).sum(1)
    assert torch.equal(torch.tensor(data.spec.label_sizes)[batch["label"]], sizes)
    folders = GraphFile(path=str(tmp_path), split=ALL, label="folder")
    assert folders.spec.labels == ("cycle", "path") and folders.summary["labels"] == {"cycle": 3, "path": 3}


def test_it_is_made_once_and_again_for_other_content(tmp_path, monkeypatch):
    path = tmp_path / "g.json"
    graphs = [{"nodes": ["node"] * n, "edges": [[0, n - 1]]} for n in (2, 3, 4)]
    path.write_text(json.dumps({"graphs": graphs}))
    first = GraphFile(path=str(path), split=ALL)
    other = GraphFile(path=str(path), split=ALL, deduplicate=True)
    path.write_text(json.dumps({"graphs": graphs[:2]}))
    shorter = GraphFile(path=str(path), split=ALL)
    assert len({first.fingerprint, other.fingerprint, shorter.fingerprint}) == 3 and shorter.count("train") == 2
    monkeypatch.setattr(store, "write", lambda *_, **__: pytest.fail("made again"))
    again = GraphFile(path=str(path), split=ALL)
    assert again.fingerprint == shorter.fingerprint and torch.equal(rows(again), rows(shorter))
    index = torch.tensor([1, 0, 1])
    assert torch.equal(again.batch("train", index, Rng(3))["data"], again.batch("train", index, None)["data"])
    moved = again.to("meta")
    assert moved.resident and moved.rows["train"].device.type == "meta" and again.resident
