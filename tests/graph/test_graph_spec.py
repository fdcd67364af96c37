"""A graph as a row of choices, and its dense form: there and back, order, padding, relaxed graphs."""

from __future__ import annotations

import networkx as nx
import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_graph.csr import Csr
from gansuite_graph.priors.node_noise import NodeNoise
from gansuite_graph.spec import GraphSpec, WalkSpec, pairs_of

SPEC = GraphSpec(5, ("C", "N"), ("single", "double", "triple"), sizes=(0.0, 0.0, 0.2, 0.3, 0.5))


def some(n: int, spec: GraphSpec = SPEC, seed: int = 0) -> Tensor:
    """Graphs of any types, some of whose nodes are missing."""
    rng = Rng(seed, "some graphs")
    nodes = rng.integers(0, len(spec.node_types) + 1, n * spec.nodes).view(n, -1)
    return spec.tidied(torch.cat([nodes, rng.integers(0, len(spec.edge_types) + 1, n * spec.pairs).view(n, -1)], 1))


def test_rows_and_dense_graphs_are_each_other():
    x = some(200)
    dense = SPEC.dense(x)
    assert torch.equal(SPEC.rows(dense), x)
    assert torch.equal(dense.edges, dense.edges.transpose(2, 3))
    assert not dense.edges.diagonal(dim1=2, dim2=3).any()
    assert torch.equal(dense.sizes, (x[:, :5] != 0).sum(1))


def test_one_graph_by_hand():
    #                nodes            01 02 03 04 12 13 14 23 24 34
    x = torch.tensor([[1, 2, 0, 1, 0, 3, 1, 0, 0, 2, 1, 0, 0, 0, 0]])
    dense = SPEC.dense(x)
    assert dense.mask.tolist() == [[1, 1, 0, 1, 0]]
    assert dense.nodes[0, :, 0].tolist() == [1, 0, 0, 1, 0] and dense.nodes[0, :, 1].tolist() == [0, 1, 0, 0, 0]
    found = {(i, j): r for r, i, j in dense.edges[0].nonzero().tolist() if i < j}
    assert found == {(0, 1): 2, (1, 3): 0}  # nothing hangs on node 2, which is not there
    assert SPEC.tidied(x)[0, 5:].tolist() == [3, 0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_the_relaxed_form_agrees_at_the_corners_and_has_a_gradient():
    x = some(50)
    hard, soft = SPEC.dense(x), SPEC.dense(SPEC.space.relaxed(x))
    for name in ("nodes", "edges", "mask"):
        assert torch.equal(getattr(hard, name), getattr(soft, name)), name
    inside = torch.rand(3, *SPEC.shape, SPEC.alternatives, generator=torch.Generator().manual_seed(0)).softmax(2)
    inside = inside.double().requires_grad_()

    def adjacency(y: Tensor) -> Tensor:
        return SPEC.dense(y).adjacency

    assert torch.autograd.gradcheck(adjacency, inside)


def test_what_stands_at_an_absent_node_changes_nothing():
    y = SPEC.space.relaxed(some(40))
    i, j = pairs_of(5)
    gone = y[:, :5, 0] == 1
    y[:, 5:] = torch.where((gone[:, i] | gone[:, j]).unsqueeze(2), torch.full_like(y[:, 5:], 0.25), y[:, 5:])
    assert torch.equal(SPEC.dense(y).edges, SPEC.dense(some(40)).edges)


def test_another_order_is_the_same_graph():
    x = some(30, GraphSpec(6))
    dense = GraphSpec(6).dense(x)
    order = torch.stack([torch.randperm(6, generator=torch.Generator().manual_seed(i)) for i in range(30)])
    moved = dense.permuted(order)
    for a, b, places in zip(dense.adjacency, moved.adjacency, order, strict=True):
        assert torch.equal(b, a[places][:, places])
        assert nx.is_isomorphic(nx.from_numpy_array(a.numpy()), nx.from_numpy_array(b.numpy()))
    assert torch.equal(moved.mask, dense.mask.gather(1, order))


def test_specs_are_noted_and_read():
    walks = WalkSpec(7, 4, 9, names=tuple("abcdefg"))
    assert GraphSpec.from_dict(SPEC.as_dict()) == SPEC and WalkSpec.from_dict(walks.as_dict()) == walks
    assert SPEC.widened(SPEC.shape[0] + 3).codes == 3 and walks.widened(6).codes == 2
    assert SPEC.allowed().sum(1).tolist() == [3] * 5 + [4] * 10
    with pytest.raises(UserError, match="graphs cannot be packed"):
        SPEC.space.pack(some(2), 2)


def test_node_noise_has_the_sizes_of_the_data():
    noise = NodeNoise(SPEC, graph=2, node=3)
    z = noise.sample(20_000, Rng(0, "z"))
    parts = noise.split(z)
    share = parts.number.bincount(minlength=6)[1:] / 20_000
    assert torch.allclose(share, torch.tensor(SPEC.sizes), atol=0.015)  # four standard errors of a share of 0.3
    assert parts.whole.shape == (20_000, 2) and parts.nodes.shape == (20_000, 5, 3)
    assert abs(float(parts.nodes.mean())) < 0.01 and abs(float(parts.nodes.std()) - 1) < 0.01
    with pytest.raises(UserError, match="take normal"):
        NodeNoise(GraphSpec(4))


@pytest.mark.parametrize("name", ["karate_club_graph", "les_miserables_graph", "florentine_families_graph"])
def test_the_sparse_form_has_the_neighbours(name: str):
    graph = nx.convert_node_labels_to_integers(getattr(nx, name)())
    edges = torch.tensor(list(graph.edges)).T
    csr = Csr.of_edges(torch.cat([edges, edges[:, :3].flip(0), torch.tensor([[1], [1]])], 1), len(graph))
    assert csr.nodes == len(graph) and csr.edges == graph.number_of_edges()
    for node in graph:
        assert csr.targets[csr.starts[node] : csr.starts[node + 1]].tolist() == sorted(graph[node])
    assert csr.degrees.tolist() == [d for _, d in graph.degree]
    assert sorted(map(tuple, csr.edge_index().T.tolist())) == sorted((min(e), max(e)) for e in graph.edges)
