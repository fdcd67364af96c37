"""Walks against their exact laws: chi-square of every step, every way of drawing the second order."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import torch
from scipy.stats import chi2

from gansuite.engine.rng import Rng
from gansuite_graph.csr import Csr
from gansuite_graph.walks.second_order import Rejection, Table, Weights, second_order
from gansuite_graph.walks.walker import Walker, scaled


def of_networkx(graph: nx.Graph) -> Csr:
    graph = nx.convert_node_labels_to_integers(graph)
    return Csr.of_edges(torch.tensor(list(graph.edges)).T, len(graph))


LES_MISERABLES = of_networkx(nx.les_miserables_graph())
P, Q = 0.25, 3.0


def neighbours(graph: Csr) -> list[list[int]]:
    return [graph.targets[a:b].tolist() for a, b in zip(graph.starts[:-1], graph.starts[1:], strict=True)]


def enumerated(graph: Csr, p: float, q: float) -> dict[tuple[int, int], dict[int, float]]:
    """The law of the next node by the two last ones, written out as the paper has it."""
    near = neighbours(graph)
    law = {}
    for t in range(graph.nodes):
        for v in near[t]:
            weight = {x: 1 / p if x == t else 1.0 if x in near[t] else 1 / q for x in near[v]}
            total = sum(weight.values())
            law[t, v] = {x: w / total for x, w in weight.items()}
    return law


def likely(counts: np.ndarray, law: np.ndarray) -> float:
    """The probability of a fit as bad as this, over rows [r, k] of counts and their laws; rare cells taken together."""
    n = counts.sum(1, keepdims=True)
    expected = n * law
    enough = expected >= 5
    statistic = np.where(enough, (counts - expected) ** 2 / np.where(enough, expected, 1), 0).sum()
    rest, wanted = np.where(enough, 0, counts).sum(), np.where(enough, 0, expected).sum()
    statistic += (rest - wanted) ** 2 / wanted if wanted else 0
    freedom = enough.sum() + (wanted > 0) - (n > 0).sum()
    return float(chi2.sf(statistic, freedom))


def test_uniform_walks_have_their_law():
    graph = LES_MISERABLES
    x = Walker(graph).walks(40_000, 3, Rng(0, "uniform"))
    near = neighbours(graph)
    starts = np.bincount(x[:, 0], minlength=graph.nodes)[None]
    assert likely(starts, np.full((1, graph.nodes), 1 / graph.nodes)) > 1e-3
    for t in (0, 1):
        counts = np.zeros((graph.nodes, graph.nodes))
        np.add.at(counts, (x[:, t].numpy(), x[:, t + 1].numpy()), 1)
        law = np.zeros_like(counts)
        for v, some in enumerate(near):
            law[v, some] = 1 / len(some)
        assert (counts[law == 0] == 0).all()
        assert likely(counts, law) > 1e-3


WAYS = {
    "table": lambda graph: Table(graph, P, Q),
    "rejection": lambda graph: Rejection(graph, P, Q),
    "one round, then exact": lambda graph: Rejection(graph, P, Q, rounds=1),
    "exact": lambda graph: Rejection(graph, P, Q, rounds=0),
}


@pytest.mark.parametrize("way", WAYS)
def test_node2vec_has_its_law(way):
    graph = LES_MISERABLES
    walker = Walker(graph, p=P, q=Q)
    walker.second = WAYS[way](graph)
    x = walker.walks(60_000, 5, Rng(1, way))
    row = {pair: i for i, pair in enumerate(zip(graph.sources.tolist(), graph.targets.tolist(), strict=True))}
    law, counts = np.zeros((len(row), graph.nodes)), np.zeros((len(row), graph.nodes))
    for pair, some in enumerated(graph, P, Q).items():
        law[row[pair], list(some)] = list(some.values())
    number = np.full((graph.nodes, graph.nodes), -1)
    number[graph.sources, graph.targets] = np.arange(len(row))
    for t in (0, 1, 2):
        at = number[x[:, t], x[:, t + 1]]
        assert (at >= 0).all()
        np.add.at(counts, (at, x[:, t + 2].numpy()), 1)
    assert (counts[law == 0] == 0).all()
    assert likely(counts, law) > 1e-3


@pytest.mark.parametrize(("p", "q"), [(P, Q), (1e-3, 1.0), (1e3, 50.0)])
def test_the_table_is_the_law(p, q):
    """The numbers in the table, and the neighbour at and just below each of them."""
    graph = LES_MISERABLES
    table, law = Table(graph, p, q), enumerated(graph, p, q)
    for e, (t, v) in enumerate(zip(graph.sources.tolist(), graph.targets.tolist(), strict=True)):
        first, length = int(table.first[e]), int(graph.degrees[v])
        last = table.last[first : first + length].long()
        expected = torch.tensor(list(law[t, v].values()), dtype=torch.float64).cumsum(0)
        torch.testing.assert_close((last + 1).double() / 2**31, expected, rtol=0, atol=1e-9)
        draws = torch.cat([torch.zeros(1).long(), last, last[:-1] + 1, (last[:-1] + last[1:]) // 2])
        found = table.after(torch.full_like(draws, e), draws, Rng(0)) - graph.starts[v]
        assert found.tolist() == [int((last < draw).sum()) for draw in draws]


def test_exact_rows_are_the_law():
    """A fine grid of draws through the inverse of the cumulative law."""
    graph = LES_MISERABLES
    way, law = Rejection(graph, P, Q), enumerated(graph, P, Q)
    grid = torch.arange(0, 1 << 31, 1 << 21) + (1 << 20)
    for e in range(0, len(graph.targets), 37):
        entry = torch.full_like(grid, e)
        t, v = int(graph.sources[e]), int(graph.targets[e])
        found = graph.targets[way.exact(entry, graph.sources[entry], grid)]
        for x, share in law[t, v].items():
            assert float((found == x).double().mean()) == pytest.approx(share, abs=2 / len(grid))


def test_no_walk_leaves_the_edges():
    graph = of_networkx(nx.gnm_random_graph(60, 70, seed=3))  # with isolated nodes
    assert int((graph.degrees == 0).sum())
    edges = {(u, v) for u, v in graph.edge_index().T.tolist()}
    for walker in (Walker(graph), Walker(graph, p=0.5, q=2.0), Walker(graph, p=4.0)):
        x = walker.walks(2000, 16, Rng(0, "edges"))
        steps = torch.stack([x[:, :-1].flatten(), x[:, 1:].flatten()]).sort(0).values.unique(dim=1)
        assert {(u, v) for u, v in steps.T.tolist()} <= edges
        assert set(x[:, 0].tolist()) == set(graph.degrees.nonzero().flatten().tolist())


def test_given_starts():
    graph = of_networkx(nx.star_graph(4))
    x = Walker(graph).walks(5, 4, Rng(0), torch.arange(5))
    assert x[:, 0].tolist() == [0, 1, 2, 3, 4] and (x[1:, 1] == 0).all() and (x[0, 2] == 0)
    lonely = Csr.of_edges(torch.tensor([[0], [1]]), 3)
    with pytest.raises(ValueError, match="without neighbours"):
        Walker(lonely).walks(2, 3, Rng(0), torch.tensor([0, 2]))


def test_walks_are_a_function_of_the_stream_whatever_the_processes():
    graph = LES_MISERABLES
    for walker in (Walker(graph), Walker(graph, p=P, q=Q)):
        whole = walker.walks(8, 6, Rng(3, "a", index=5))
        parts = [walker.walks(4, 6, Rng(3, "a", index=5, shard=(rank, 2))) for rank in (0, 1)]
        assert torch.equal(whole, torch.cat(parts))
        assert not torch.equal(whole, walker.walks(8, 6, Rng(3, "a", index=6)))
    walker.second = Rejection(graph, P, Q, rounds=2)
    whole = walker.walks(8, 6, Rng(3, "a"))
    parts = [walker.walks(4, 6, Rng(3, "a", shard=(rank, 2))) for rank in (0, 1)]
    assert torch.equal(whole, torch.cat(parts))


def test_large_graphs_get_no_table():
    graph = LES_MISERABLES
    room = int(graph.degrees.square().sum())
    assert isinstance(second_order(graph, 2.0, 1.0, table=room), Table)
    assert isinstance(second_order(graph, 2.0, 1.0, table=room - 1), Rejection)
    assert Walker(graph).second is None


def test_scaled_and_weights():
    draw = torch.tensor([0, (1 << 31) - 1, 1 << 30])
    assert scaled(draw, 7).tolist() == [0, 6, 3]
    triangle = Csr.of_edges(torch.tensor([[0, 1, 2, 2], [1, 2, 0, 3]]), 4)
    weights = Weights(triangle, 0.5, 4.0)
    assert weights.of(torch.tensor([0, 0, 0]), torch.tensor([0, 1, 3])).tolist() == [2.0, 1.0, 0.25]
    assert weights.greatest == 2.0
