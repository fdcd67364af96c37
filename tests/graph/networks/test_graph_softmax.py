"""The graph softmax against walks that are taken one by one, and the law that enumeration gives them."""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise

import networkx as nx
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Policy
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.priors.none import NoLatent
from gansuite.priors.normal import Normal
from gansuite_graph.csr import Csr
from gansuite_graph.networks.embeddings import GraphSoftmax, PairCritic
from gansuite_graph.spec import GraphSpec, WalkSpec

GRAPH = nx.Graph([(0, 1), (0, 2), (1, 3), (1, 4), (2, 4), (4, 5), (5, 6), (3, 6)])
N = len(GRAPH)
SPEC = WalkSpec(N, 2, GRAPH.number_of_edges())
NONE = NoLatent(SPEC)


def softmax_of(graph: nx.Graph = GRAPH, initial: float = 2.0) -> GraphSoftmax:
    torch.manual_seed(0)
    spec = WalkSpec(len(graph), 2, graph.number_of_edges())
    network = GraphSoftmax(spec, NONE, dim=3, initial=initial).double()
    torch.nn.init.normal_(network.embeddings.bias)
    network.trees.keep(Csr.of_edges(torch.tensor(list(graph.edges)).T, len(graph)))
    return network


class ByHand:
    """Equations 5 and 6 as they stand, node by node."""

    def __init__(self, network: GraphSoftmax, root: int) -> None:
        self.root, self.parent = root, network.trees.parents(torch.tensor([root]))[0].tolist()
        self.vectors, self.bias = network.embeddings.vectors.detach(), network.embeddings.bias.detach()
        self.nodes = range(len(self.parent))
        self.relevance = cache(self.relevance_of)

    def beside(self, u: int) -> list[int]:
        children = [w for w in self.nodes if self.parent[w] == u and w not in (self.root, u)]
        return children if u == self.root else [*children, self.parent[u]]

    def relevance_of(self, u: int) -> dict[int, float]:
        there = self.beside(u)
        scores = torch.stack([self.vectors[u] @ self.vectors[w] + self.bias[w] for w in there])
        return dict(zip(there, scores.softmax(0).tolist(), strict=True))

    def law(self, v: int) -> float:
        path = [v]
        while path[-1] != self.root:
            path.append(self.parent[path[-1]])
        p = self.relevance(v)[self.parent[v]]
        for node, before in pairwise(path):
            p *= self.relevance(before)[node]
        return p

    def walk(self, dice: random.Random) -> int:
        before, node = None, self.root
        while True:
            there = self.relevance(node)
            (then,) = dice.choices(list(there), list(there.values()))
            if then == before:
                return node
            before, node = node, then


@pytest.mark.parametrize("graph", [GRAPH, nx.karate_club_graph(), nx.path_graph(20)], ids=["small", "karate", "path"])
def test_the_law_is_the_product_along_the_tree_and_sums_to_one(graph: nx.Graph):
    network = softmax_of(graph)
    law = network.log_law(torch.arange(len(graph))).exp()
    assert torch.allclose(law.sum(1), torch.ones(len(graph), dtype=torch.float64), atol=1e-9)
    for root in graph:
        hand = ByHand(network, root)
        exact = [0.0 if v == root else hand.law(v) for v in graph]
        assert law[root].tolist() == pytest.approx(exact, rel=1e-6, abs=1e-15)


def test_walks_that_step_back_end_as_often_as_the_law_says_and_so_do_samples():
    network = softmax_of(initial=1.0)
    hand, dice, n = ByHand(network, 1), random.Random(0), 20_000
    walked = torch.bincount(torch.tensor([hand.walk(dice) for _ in range(n)]), minlength=N) / n
    x = network.sample(torch.empty(n, 0), None, Rng(0, "softmax"), prefix=torch.ones(n, 1, dtype=torch.int64))
    law = network.log_law(torch.tensor([1]))[0].exp().float()
    error = 4 * (law * (1 - law) / n).sqrt() + 1e-6
    assert ((walked - law).abs() < error).all()
    assert ((torch.bincount(x[:, 1], minlength=N) / n - law).abs() < error).all()


def test_very_unlike_scores_neither_vanish_nor_overflow():
    network = softmax_of(initial=1e5)
    law = network.log_law(torch.arange(N))
    assert law.isfinite().all()
    assert torch.allclose(law.exp().sum(1), torch.ones(N, dtype=torch.float64))
    (gradient,) = torch.autograd.grad(law[0, 1:].sum(), network.embeddings.vectors)
    assert gradient.isfinite().all()


def test_the_order_of_roots_does_not_matter_and_roots_are_all_as_likely():
    network = softmax_of()
    order = torch.tensor([4, 1, 6, 1])
    assert torch.equal(network.log_law(order), network.log_law(torch.arange(N))[order])
    x = network.sample(torch.empty(14_000, 0), None, Rng(2, "roots"))
    assert torch.bincount(x[:, 0]).div(14_000).tolist() == pytest.approx([1 / N] * N, abs=0.012)
    assert (x[:, 0] != x[:, 1]).all()


def test_it_is_a_policy_whose_likelihood_is_the_law():
    network = softmax_of()
    assert isinstance(network, Policy)
    pairs = torch.cartesian_prod(torch.arange(N), torch.arange(N))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    logits = network.logits(pairs, torch.empty(len(pairs), 0))
    p = logits.softmax(2).gather(2, pairs.unsqueeze(2)).prod(1).squeeze(1)
    assert p.sum().item() == pytest.approx(1)
    assert torch.allclose(p, network.log_law(pairs[:, 0]).gather(1, pairs[:, 1:]).squeeze(1).exp() / N)


def test_relaxed_ends_have_a_gradient_and_are_never_the_root():
    network = softmax_of().float()
    choose = lambda logits, rng: StraightThroughGumbel().choose(logits, rng, 1.0)  # noqa: E731
    y = network(torch.empty(64, 0), None, Rng(0, "relaxed"), choose)
    assert y.shape == (64, 2, N) and (y.argmax(2)[:, 0] != y.argmax(2)[:, 1]).all()
    (gradient,) = torch.autograd.grad((y[:, 1] * torch.arange(N)).sum(), network.embeddings.vectors)
    assert gradient.abs().sum() > 0


def test_without_a_graph_every_node_is_a_neighbour_of_the_root():
    torch.manual_seed(0)
    network = GraphSoftmax(SPEC, NONE, dim=3, initial=2.0)
    e = network.embeddings.vectors
    scores = (e @ e.T).fill_diagonal_(-torch.inf)
    assert torch.allclose(network.log_law(torch.arange(N)).exp(), scores.softmax(1), atol=1e-6)


def test_the_critic_reads_numbers_and_relaxed_pairs_alike_in_either_order():
    torch.manual_seed(1)
    critic = PairCritic(SPEC, dim=4)
    torch.nn.init.normal_(critic.embeddings.bias)
    x = torch.tensor([[0, 1], [5, 2], [3, 3]])
    e, b = critic.embeddings.vectors, critic.embeddings.bias
    by_hand = torch.stack([e[u] @ e[v] + (b[u] + b[v]) / 2 for u, v in x.tolist()])
    assert torch.allclose(critic(x), by_hand) and torch.allclose(critic(x.flip(1)), by_hand)
    assert torch.allclose(critic(SPEC.space.relaxed(x)), by_hand)
    assert torch.allclose(critic.embeddings.affinity(x.T), by_hand)


def test_what_are_no_pairs_is_refused():
    with pytest.raises(UserError, match="set length = 2"):
        PairCritic(WalkSpec(5, 16, 4))
    with pytest.raises(UserError, match="network"):
        GraphSoftmax(GraphSpec(5), NONE)
    with pytest.raises(UserError, match="take the prior none"):
        GraphSoftmax(SPEC, Normal(SPEC, size=2))
