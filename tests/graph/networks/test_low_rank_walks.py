"""CELL against enumeration: likelihood, law of the walks, stationary law, and what it learns of a graph it can hold."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Policy
from gansuite.games.game import Draw
from gansuite.games.maximum_likelihood import MaximumLikelihood
from gansuite.games.networks import Networks
from gansuite.priors.none import NoLatent
from gansuite.priors.normal import Normal
from gansuite_graph.csr import Csr
from gansuite_graph.games.cell import Cell
from gansuite_graph.networks.corner_rows import Corners
from gansuite_graph.networks.low_rank_walks import LowRankWalks
from gansuite_graph.spec import GraphSpec, WalkSpec

N, T = 6, 3
SPEC = WalkSpec(N, T, 7)
NONE = NoLatent(SPEC)


def chain(seed: int = 0, rank: int = 2, spec: WalkSpec = SPEC) -> LowRankWalks:
    torch.manual_seed(seed)
    network = LowRankWalks(spec, NONE, rank=rank, initial=1.2)
    torch.nn.init.normal_(network.first)
    return network


def transitions(network: LowRankWalks) -> Tensor:
    return (network.out_of @ network.into.T).double().softmax(1).detach()


def played(kind: type[MaximumLikelihood], network: LowRankWalks, spec: WalkSpec = SPEC) -> MaximumLikelihood:
    return kind(Networks.fixed({"generator": network}, spec, NONE), NONE, spec.space)


def test_likelihoods_sum_to_one_and_are_those_of_the_chain():
    network = chain()
    walks = torch.tensor(list(itertools.product(range(N), repeat=T)))
    own = network.log_probs(walks)
    p, first = transitions(network), network.first.double().softmax(0)
    exact = first[walks[:, 0]] * p[walks[:, 0], walks[:, 1]] * p[walks[:, 1], walks[:, 2]]
    assert torch.allclose(own.sum(1).exp().double(), exact, rtol=1e-5, atol=0)
    assert own.sum(1).exp().sum().item() == pytest.approx(1, abs=1e-5)
    asked = played(Cell, network).log_prob(walks)
    assert asked is not None and torch.allclose(asked, own.sum(1))


@pytest.mark.parametrize("n", [2, 50])  # fewer steps than nodes, and more
def test_the_game_is_maximum_likelihood_in_value_and_gradient(n: int):
    network = chain()
    assert isinstance(network, Policy)
    x, z = torch.randint(0, N, (n, T), generator=torch.Generator().manual_seed(1)), torch.empty(n, 0)
    found = []
    for kind in (MaximumLikelihood, Cell):
        cost = played(kind, network)("generator", Draw({"data": x, "prior": z}, lambda name: Rng(0, name))).value
        gradients = torch.autograd.grad(cost, list(network.parameters()))
        found.append((cost, *gradients))
        # A fused optimiser walks through memory: a transposed gradient would move the wrong weights.
        assert all(g.stride() == p.stride() for g, p in zip(gradients, network.parameters(), strict=True))
    for plain, own in zip(*found, strict=True):
        assert torch.allclose(plain, own, rtol=1e-4, atol=1e-6)
    tempered = [played(kind, network).log_probs(x, z, None, 2.0) for kind in (MaximumLikelihood, Cell)]
    assert torch.equal(*tempered)


def test_what_is_drawn_has_the_law_of_the_chain():
    network, n = chain(), 60_000
    walks = torch.tensor(list(itertools.product(range(N), repeat=T)))
    expected = n * network.log_probs(walks).sum(1).exp().double().detach()
    place = torch.tensor([N**k for k in range(T)][::-1])
    seen = torch.bincount((network.sample(torch.empty(n, 0), None, Rng(0, "x")) * place).sum(1), minlength=N**T)
    usual = expected >= 5
    cells = torch.cat([seen[usual], seen[~usual].sum().view(1)]).double()
    means = torch.cat([expected[usual], expected[~usual].sum().view(1)])
    degrees = len(cells) - 1
    assert ((cells - means).square() / means).sum().item() < degrees + 4 * (2 * degrees) ** 0.5


def test_beginning_and_temperature():
    network, z = chain(), torch.empty(300, 0)
    begun = network.sample(z, None, Rng(0, "x"), prefix=torch.full((300, 1), 4))
    assert (begun[:, 0] == 4).all() and begun[:, 1:].unique().numel() > 1
    likeliest = network.sample(z, None, Rng(0, "x"), alpha=float("inf"))
    assert torch.equal(likeliest, network.logits(likeliest, z).argmax(2))
    sharp = network.sample(torch.empty(4000, 0), None, Rng(0, "x"), alpha=2.0)[:, 0]
    share = torch.bincount(sharp, minlength=N) / 4000
    assert torch.allclose(share, (2 * network.first).softmax(0), atol=0.03)


def test_scores_of_links_are_the_flow_of_the_stationary_chain(monkeypatch):
    network = chain()
    p = transitions(network)
    values, vectors = torch.linalg.eig(p.T)
    pi = vectors[:, values.real.argmax()].real
    pi = pi / pi.sum()
    assert torch.allclose(network.stationary(network.log_norms()), pi, atol=1e-5)
    pairs = torch.combinations(torch.arange(N)).T
    exact = 0.5 * (pi[pairs[0]] * p[pairs[0], pairs[1]] + pi[pairs[1]] * p[pairs[1], pairs[0]])
    assert torch.allclose(network.link_scores(pairs).double(), exact, atol=1e-6)
    assert torch.allclose(network.link_scores(pairs.flip(0)), network.link_scores(pairs), atol=1e-7), "no direction"
    monkeypatch.setattr("gansuite_graph.networks.low_rank_walks.CELLS", 2 * N)  # in parts
    assert torch.allclose(network.link_scores(pairs).double(), exact, atol=1e-6)


def test_a_chain_of_two_sides_comes_to_rest_all_the_same():
    network = chain(rank=1)
    with torch.no_grad():  # from two nodes to the other four and back: period 2
        side = torch.tensor([1.0, 1.0, -1.0, -1.0, -1.0, -1.0]).unsqueeze(1)
        network.out_of.copy_(20 * side)
        network.into.copy_(-side)
    rest = torch.tensor([1 / 4] * 2 + [1 / 8] * 4).double()
    assert torch.allclose(network.stationary(network.log_norms()), rest, atol=1e-5)


def test_it_learns_a_graph_that_it_can_hold():
    edges = torch.tensor([[0, 0, 1, 2, 3, 3, 4], [1, 2, 2, 3, 4, 5, 5]])
    graph = Csr.of_edges(edges, N)
    spec = WalkSpec(N, 2, 7)
    x = torch.stack([graph.sources, graph.targets], 1)  # both directions of every edge: starts by degree
    network = chain(rank=N, spec=spec)
    game, optimizer = played(Cell, network, spec), torch.optim.Adam(network.parameters(), lr=0.1)
    draw = Draw({"data": x, "prior": torch.empty(len(x), 0)}, lambda name: Rng(0, name))
    for _ in range(300):
        optimizer.zero_grad()
        game("generator", draw).value.backward()
        optimizer.step()
    exact = torch.zeros(N, N).index_put((x[:, 0], x[:, 1]), torch.tensor(1.0)) / graph.degrees.unsqueeze(1)
    assert (transitions(network).float() - exact).abs().max() < 0.02
    assert torch.allclose(network.first.softmax(0), graph.degrees / len(x), atol=0.01)
    pairs = torch.combinations(torch.arange(N)).T
    flow = network.link_scores(pairs)
    is_edge = exact[pairs[0], pairs[1]] > 0
    assert flow[is_edge].min() > 0.9 / len(x) and flow[~is_edge].max() < 0.05 / len(x)


def test_it_can_be_a_player_of_netgan():
    network = chain()
    y = network(torch.empty(4, 0), None, None, lambda logits, rng: Corners(logits.softmax(-1), logits.argmax(-1)))
    assert y.soft.shape == (4, T, N) and y.chosen.shape == (4, T)


def test_what_it_cannot_be_given():
    with pytest.raises(UserError, match='name = "network"'):
        LowRankWalks(GraphSpec(4), NONE)
    with pytest.raises(UserError, match="take the prior none"):
        LowRankWalks(SPEC, Normal(SPEC, size=3))
    with pytest.raises(UserError, match="play maximum-likelihood"):
        played(Cell, torch.nn.Linear(2, 2))  # pyright: ignore[reportArgumentType]
