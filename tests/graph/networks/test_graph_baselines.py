"""Baselines against enumeration, counting by hand, and graphs whose blocks are known."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.none import NoLatent
from gansuite.priors.normal import Normal
from gansuite_graph.csr import Csr
from gansuite_graph.networks.baselines.configuration import Configuration
from gansuite_graph.networks.baselines.erdos_renyi import ErdosRenyi
from gansuite_graph.networks.baselines.memorizer import Memorizer
from gansuite_graph.networks.baselines.partition import spectral
from gansuite_graph.networks.baselines.sbm import StochasticBlocks, moved, parted
from gansuite_graph.spec import GraphSpec, WalkSpec, pairs_of

SMALL = GraphSpec(3, ("a", "b"), ("edge",), sizes=(0.2, 0.3, 0.5))
NONE = NoLatent(SMALL)


class Rows:
    """A data set of these rows."""

    spec, fingerprint = None, ""
    summary: Mapping[str, Any] = {}

    def __init__(self, rows: Tensor) -> None:
        self.rows = rows

    def to(self, device: Any) -> Rows:
        return self

    def names(self, split: str) -> list[str]:
        return []

    def count(self, split: str) -> int:
        return len(self.rows)

    def batch(self, split: str, index: Tensor, rng: Any) -> dict[str, Tensor]:
        return {"data": self.rows[index]}


def all_graphs(spec: GraphSpec) -> Tensor:
    """Every row whose nodes come first."""
    kinds, bonds, found = range(1, len(spec.node_types) + 1), range(len(spec.edge_types) + 1), []
    i, j = pairs_of(spec.nodes)
    for m in range(1, spec.nodes + 1):
        there = [bool(a < m and b < m) for a, b in zip(i.tolist(), j.tolist(), strict=True)]
        for nodes in itertools.product(kinds, repeat=m):
            for pairs in itertools.product(*[bonds if each else [0] for each in there]):
                found.append([*nodes, *[0] * (spec.nodes - m), *pairs])
    return torch.tensor(found)


def training(spec: GraphSpec, n: int = 200) -> Tensor:
    everything = all_graphs(spec)
    return everything[(Rng(5, "some").uniform(n) ** 2 * len(everything)).long()]


def planted(n: int, halves: int, inside: float, across: float, seed: int = 0) -> tuple[GraphSpec, Tensor, Tensor]:
    """Graphs of two blocks, whose nodes are in the order ABAB..."""
    spec = GraphSpec(2 * halves, sizes=(0.0,) * (2 * halves - 1) + (1.0,))
    member = torch.arange(spec.nodes) % 2
    i, j = pairs_of(spec.nodes)
    p = torch.where(member[i] == member[j], inside, across)
    edges = (Rng(seed, "planted").uniform(n, spec.pairs) < p).long()
    return spec, torch.cat([torch.ones(n, spec.nodes, dtype=torch.int64), edges], 1), member


# Independent edges.


def test_likelihoods_of_independent_edges_sum_to_one_and_samples_have_their_law():
    network = ErdosRenyi(SMALL, NONE)
    network.fit(Rows(training(SMALL)))
    everything = all_graphs(SMALL)
    p = network.log_prob(everything).exp()
    assert p.sum().item() == pytest.approx(1, abs=1e-5)
    x = network.sample(torch.empty(40_000, 0), None, Rng(1, "drawn"))
    places = (x.unsqueeze(1) == everything).all(2)
    assert bool(places.any(1).all())
    share = places.float().mean(0)
    assert ((share - p).abs() < 4 * (p * (1 - p) / len(x)).sqrt() + 1e-4).all()


def test_edges_are_as_likely_as_in_graphs_of_the_same_size():
    data = training(SMALL)
    network = ErdosRenyi(SMALL, NONE)
    network.fit(Rows(data))
    for m in (1, 2, 3):
        own = data[(data[:, :3] > 0).sum(1) == m]
        assert network.sizes[m - 1].item() == pytest.approx(len(own) / len(data))
        if m > 1:
            share = (own[:, 3:] > 0).sum().item() / (len(own) * m * (m - 1) / 2)
            assert network.bonds[m - 1, 1].item() == pytest.approx(share)
    assert network.kinds[0].item() == pytest.approx(((data[:, :3] == 1).sum() / (data[:, :3] > 0).sum()).item())


def test_no_other_probability_of_an_edge_makes_the_data_likelier():
    data = training(SMALL)
    network = ErdosRenyi(SMALL, NONE)
    network.fit(Rows(data))
    best = network.log_prob(data).sum().item()
    for shift in (-0.05, 0.05):
        network.bonds[2] += torch.tensor([-shift, shift])
        assert network.log_prob(data).sum().item() < best
        network.bonds[2] -= torch.tensor([-shift, shift])


def test_before_it_is_fitted_it_has_the_sizes_of_the_data_and_fair_coins():
    network = ErdosRenyi(SMALL, NONE)
    x = torch.tensor([[1, 2, 1, 0, 1, 1]])
    assert network.log_prob(x).item() == pytest.approx(math.log(0.5) + 6 * math.log(0.5))


# The training graphs.


def test_a_memory_draws_its_graphs_as_often_as_they_are_there():
    data = torch.tensor([[1, 1, 0, 1, 0, 0], [1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 0], [2, 0, 0, 0, 0, 0]])
    network = Memorizer(SMALL, NONE, keep=7)
    network.fit(Rows(data))
    x = network.sample(torch.empty(8000, 0), None, Rng(0, "memory"))
    shares = [(x == row).all(1).float().mean().item() for row in data[[0, 1, 3]]]
    assert shares == pytest.approx([0.25, 0.5, 0.25], abs=0.02)


def test_a_memory_with_less_room_takes_graphs_from_everywhere():
    data = training(SMALL)
    network = Memorizer(SMALL, NONE, keep=10)
    network.fit(Rows(data))
    assert torch.equal(network.kept, data[::20])


# Blocks.


def test_the_spectrum_finds_planted_blocks():
    spec, x, member = planted(20, 10, 0.9, 0.05)
    dense = spec.dense(x)
    found = spectral(dense.adjacency, dense.mask, 2)
    hits = (found == member).float().mean(1)
    assert torch.maximum(hits, 1 - hits).mean() > 0.98
    shunned = spec.dense(planted(20, 10, 0.05, 0.9)[1])  # blocks that have no edges inside
    found = spectral(shunned.adjacency, shunned.mask, 2)
    hits = (found == member).float().mean(1)
    assert torch.maximum(hits, 1 - hits).mean() > 0.98


def test_worth_is_the_integrated_classification_likelihood():
    spec, x, _ = planted(3, 4, 0.8, 0.2)
    dense = spec.dense(x)
    for k in (1, 2, 3):
        found = parted(dense, k, 4)
        for g in range(3):
            z, a, m = found.member[g].tolist(), dense.adjacency[g], spec.nodes
            value = sum(math.log(z.count(b) / m) for b in z)
            for i, j in itertools.combinations(range(m), 2):
                pairs = [(s, t) for s, t in itertools.combinations(range(m), 2) if {z[s], z[t]} == {z[i], z[j]}]
                p = sum(a[s, t].item() for s, t in pairs) / len(pairs)
                value += math.log(p if a[i, j] else 1 - p)
            value -= 0.5 * k * (k + 1) / 2 * math.log(m * (m - 1) / 2) + 0.5 * (k - 1) * math.log(m)
            assert found.worth[g].item() == pytest.approx(value, abs=1e-6)


def test_moves_never_make_a_partition_worth_less_than_the_spectrum_did(monkeypatch: pytest.MonkeyPatch):
    spec, x, _ = planted(20, 8, 0.6, 0.25)
    dense = spec.dense(x)
    moved = parted(dense, 2, 2).worth
    monkeypatch.setattr("gansuite_graph.networks.baselines.sbm.ROUNDS", 0)
    still = parted(dense, 2, 2).worth
    assert (moved >= still).all() and (moved > still + 1e-6).any()


def test_a_node_moves_to_where_its_pairs_are_likeliest():
    spec, x, _ = planted(4, 5, 0.7, 0.3)
    dense = spec.dense(x)
    kinds = torch.stack([1 - dense.adjacency - torch.eye(10), dense.adjacency], 1).double()
    found = parted(dense, 3, 3)
    to = moved(kinds, found, 3)
    for g in range(4):
        z, log_p = found.member[g].tolist(), found.bonds[g].clamp_min(1e-9).log()
        for i in range(10):
            edges = [(z[j], int(dense.adjacency[g, i, j])) for j in range(10) if j != i]
            likely = [sum(log_p[a, b, t].item() for b, t in edges) for a in range(3)]
            assert likely[to[g, i]] == pytest.approx(max(likely))


def test_one_block_where_there_is_one_and_two_where_there_are_two():
    spec, x, _ = planted(30, 10, 0.8, 0.05)
    two = StochasticBlocks(spec, NONE, blocks=4, keep=30)
    two.fit(Rows(x))
    numbers = (two.member.max(1).values + 1).float()
    assert numbers.mean().item() == pytest.approx(2, abs=0.2)
    one = StochasticBlocks(spec, NONE, blocks=4, keep=30)
    one.fit(Rows(planted(30, 10, 0.4, 0.4)[1]))
    assert (one.member.max(1).values + 1).float().mean().item() == pytest.approx(1, abs=0.2)


def test_samples_have_the_edges_of_their_blocks_and_are_drawn_anew():
    spec, x, member = planted(1, 12, 0.8, 0.1)
    network = StochasticBlocks(spec, NONE, blocks=3, keep=4)
    network.fit(Rows(x))
    drawn = network.sample(torch.empty(2000, 0), None, Rng(3, "blocks"))
    i, j = pairs_of(spec.nodes)
    same = member[i] == member[j]
    for where in (same, ~same):
        assert drawn[:, spec.nodes :][:, where].float().mean().item() == pytest.approx(
            x[:, spec.nodes :][:, where].float().mean().item(), abs=0.01
        )
    assert len(drawn.unique(dim=0)) > 1900


def padded(x: Tensor, nodes: int, room: int) -> Tensor:
    """The same graphs with room for more nodes."""
    wide = torch.zeros(len(x), room, room, dtype=torch.int64)
    i, j = pairs_of(nodes)
    wide[:, i, j] = x[:, nodes:]
    i, j = pairs_of(room)
    return torch.cat([x[:, :nodes], torch.zeros(len(x), room - nodes, dtype=torch.int64), wide[:, i, j]], 1)


def test_padding_does_not_matter_to_blocks():
    spec, x, _ = planted(60, 6, 0.6, 0.3)
    room = GraphSpec(20)
    dense, roomy = spec.dense(x), room.dense(padded(x, 12, 20))
    for k in (1, 2, 3):
        assert torch.equal(
            spectral(dense.adjacency.double(), dense.mask.double(), k),
            spectral(roomy.adjacency.double(), roomy.mask.double(), k)[:, :12],
        )
        assert torch.allclose(parted(dense, k, 3).worth, parted(roomy, k, 3).worth)


def test_samples_of_blocks_have_the_sizes_of_training_graphs():
    spec = GraphSpec(20)
    rows = [padded(planted(10, 6, 0.9, 0.1)[1], 12, 20), padded(planted(30, 8, 0.9, 0.1)[1], 16, 20)]
    network = StochasticBlocks(spec, NONE, blocks=2, keep=64)
    network.fit(Rows(torch.cat(rows)))
    numbers = (network.sample(torch.empty(4000, 0), None, Rng(0, "sizes"))[:, :20] > 0).sum(1)
    assert numbers.unique().tolist() == [12, 16]
    assert (numbers == 12).float().mean().item() == pytest.approx(0.25, abs=0.03)


# Walks.


def test_nodes_come_by_their_degrees():
    graph = Csr.of_edges(torch.tensor([[0, 0, 0, 1], [1, 2, 3, 2]]), 4)
    spec = WalkSpec(4, 2, 4)
    network = Configuration(spec, NONE)
    network.fit(type("Data", (), {"graph": graph}))
    walks = network.sample(torch.empty(20_000, 0), None, Rng(0, "walks"))
    exact = torch.tensor([3, 2, 2, 1]) / 8
    for t in range(2):
        assert torch.bincount(walks[:, t]).div(20_000).tolist() == pytest.approx(exact.tolist(), abs=0.015)
    pairs = torch.cartesian_prod(torch.arange(4), torch.arange(4))
    assert torch.allclose(network.log_prob(pairs).exp().view(4, 4), exact.outer(exact))
    assert network.mask(pairs).all()


def test_data_and_latents_that_do_not_fit_are_refused():
    with pytest.raises(UserError, match="take configuration"):
        ErdosRenyi(WalkSpec(4, 2, 4), NONE)
    with pytest.raises(UserError, match="take the prior none"):
        Memorizer(SMALL, Normal(SMALL, size=3))
    with pytest.raises(UserError, match="network"):
        Configuration(SMALL, NONE)
    with pytest.raises(UserError, match="prompt and alpha"):
        ErdosRenyi(SMALL, NONE).sample(torch.empty(2, 0), None, Rng(0), alpha=2.0)
