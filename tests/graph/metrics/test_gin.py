"""The random network: its equation, its invariances, and that the core's metrics see with it."""

from __future__ import annotations

import warnings

import networkx as nx
import pytest
import torch

from gansuite.errors import UserError
from gansuite.metrics import frechet, kad, prdc
from gansuite.metrics.features import features
from gansuite_graph.metrics.gin import DEGREES, Gin, inputs_of
from gansuite_graph.spec import GraphSpec, WalkSpec, pairs_of

from .drawn_graphs import any_graphs, rows_of, shuffled

TYPED = GraphSpec(6, ("a", "b"), ("s", "d", "t"))


class Data:
    def __init__(self, x):
        self.x = x

    def count(self, split):
        return len(self.x)

    def batch(self, split, index, rng):
        return {"data": self.x[index]}


def close(x, y):
    return float((x - y).abs().max()) <= 1e-5 * float(x.abs().max())


def test_the_equation_node_by_node():
    gin, x = Gin(TYPED, width=5, layers=2, seed=3), any_graphs(TYPED, 8)
    weights = gin.state_dict()
    for row, found in zip(x, gin(x), strict=True):
        graph = nx.Graph()
        graph.add_nodes_from(i for i in range(6) if row[i])
        i, j = pairs_of(6)
        graph.add_weighted_edges_from((int(a), int(b), int(k)) for a, b, k in zip(i, j, row[6:], strict=True) if k)
        h = {}
        for v in graph:
            h[v] = torch.zeros(2 + DEGREES + 1)
            h[v][row[v] - 1] = h[v][2 + graph.degree(v)] = 1
            h[v][-1] = torch.tensor(graph.degree(v)).log1p()
        sums = []
        for layer in range(2):
            size = len(weights[f"first{layer}"])
            turns = weights[f"turns{layer}"].view(3, size, size)
            assert torch.equal(turns[0], torch.eye(size))
            new = {v: h[v] + sum(h[u] @ turns[graph[v][u]["weight"] - 1] for u in graph[v]) for v in graph}
            h = {v: ((e @ weights[f"first{layer}"]).relu() @ weights[f"second{layer}"]).relu() for v, e in new.items()}
            sums.append(sum(h.values(), torch.zeros(5)))
        assert close(found, torch.cat(sums))


def test_it_is_pytorch_geometrics_where_edges_have_one_type():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the import
        dense = pytest.importorskip("torch_geometric.nn.dense", reason="needs gansuite[graph]")
    spec = GraphSpec(9)
    gin, x = Gin(spec, layers=1), any_graphs(spec, 40)
    graphs, weights = spec.dense(x), gin.state_dict()

    class Mlp(torch.nn.Module):
        def forward(self, h):
            return ((h @ weights["first0"]).relu() @ weights["second0"]).relu()

    theirs = dense.DenseGINConv(Mlp())(inputs_of(graphs), graphs.adjacency, graphs.mask.bool()).sum(1)
    assert close(theirs, gin(x))


def test_order_room_and_company_do_not_matter():
    x, gin = any_graphs(TYPED, 64), Gin(TYPED)
    assert close(gin(x), gin(shuffled(TYPED, x)))
    assert close(gin(x)[:5], gin(x[:5]))
    wide = GraphSpec(8, TYPED.node_types, TYPED.edge_types)
    dense = TYPED.dense(x)
    pad = torch.nn.functional.pad
    roomy = wide.rows(
        type(dense)(pad(dense.nodes, (0, 0, 0, 2)), pad(dense.edges, (0, 2, 0, 2)), pad(dense.mask, (0, 2)))
    )
    assert close(gin(x), Gin(wide)(roomy))
    assert close(gin(x), gin(TYPED.space.relaxed(x)))


def test_types_matter():
    base = rows_of(TYPED, [nx.path_graph(4)])
    node, edge = base.clone(), base.clone()
    node[0, 1], edge[0, 6] = 2, 3
    gin = Gin(TYPED)
    assert not close(gin(base), gin(node)) and not close(gin(base), gin(edge))


def test_fitted_features_have_mean_0_and_deviation_1_and_rare_ones_less():
    x = rows_of(TYPED, [nx.gnp_random_graph(n, 0.5, seed=i) for i, n in enumerate([3, 4, 5, 6] * 20)])
    raw = Gin(TYPED)(x).double().std(0, correction=0).view(3, -1)
    rare = (raw < 0.1 * raw.square().mean(1, keepdim=True).sqrt()).flatten()
    gin = Gin(TYPED)
    before = gin.fingerprint
    gin.fit(Data(x))
    found = gin(x).double()
    assert found.mean(0).abs().max() < 1e-4
    spread = found.std(0, correction=0)
    assert 0 < int(rare.sum()) < 48 and (spread[~rare] - 1).abs().max() < 1e-4 and spread[rare].max() < 1
    assert gin.fingerprint != before
    again = Gin(TYPED)
    again.fit(Data(x))
    assert again.fingerprint == gin.fingerprint
    same = Gin(TYPED)
    same.fit(Data(x[:1].expand(30, -1)))
    assert (same.unit == 1).all()  # not a rounding error, as the deviation of 30 equal rows may be
    plain = Gin(TYPED, standardise=False)
    plain.fit(Data(x))
    assert plain.fingerprint == Gin(TYPED, standardise=False).fingerprint == before


def test_weights_are_a_function_of_the_seed_alone():
    state = torch.get_rng_state()
    prints = [Gin(TYPED, seed=seed).fingerprint for seed in (0, 0, 1)]
    assert prints[0] == prints[1] != prints[2]
    assert torch.equal(state, torch.get_rng_state())
    first = Gin(TYPED).get_buffer("second1")
    assert torch.allclose(first @ first.T, torch.eye(32), atol=1e-5)


def test_the_cores_metrics_see_with_it():
    spec = GraphSpec(16)
    law = [rows_of(spec, [nx.gnp_random_graph(16, 0.2, seed=s * 1000 + i) for i in range(128)]) for s in range(3)]
    other = rows_of(spec, [nx.barabasi_albert_graph(16, 2, seed=i) for i in range(128)])  # about as many edges
    gin = Gin(spec)
    gin.fit(Data(law[0]))
    real, same, floor, fake = (features(gin, lambda rows, x=x: x[rows], 128) for x in (law[1], law[2], law[0], other))
    for metric in (frechet, kad):
        near, far = metric(real, same, floor=floor), metric(real, fake, floor=floor)
        assert far.low > near.high and far.low > 0
    assert abs(kad(real, same).value) < 0.02
    near, far = prdc(real, same), prdc(real, fake)
    assert near["coverage"].value > 0.9 > 0.6 > far["coverage"].value
    assert near["density"].value > 0.8 > 0.6 > far["density"].value


def test_walks_are_refused():
    with pytest.raises(UserError, match="extractor gin reads whole graphs"):
        Gin(WalkSpec(5, 4, 6))
