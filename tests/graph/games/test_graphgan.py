"""The game graphgan: the paper's costs, and the gradient of its rewards against enumeration."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import networkx as nx
import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus

from gansuite.credit.whole import Whole
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.ppo import PPO
from gansuite.estimators.reinforce import Reinforce
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.minimax import Minimax
from gansuite.priors.none import NoLatent
from gansuite_graph.csr import Csr
from gansuite_graph.games.graphgan import GraphGan
from gansuite_graph.networks.embeddings import GraphSoftmax, PairCritic
from gansuite_graph.networks.low_rank_walks import LowRankWalks
from gansuite_graph.networks.walk_critic import WalkCritic
from gansuite_graph.spec import WalkSpec

GRAPH = nx.Graph([(0, 1), (0, 2), (1, 3), (1, 4), (2, 4), (4, 5)])
N = len(GRAPH)
SPEC = WalkSpec(N, 2, GRAPH.number_of_edges())
PRIOR = NoLatent(SPEC)
DATA = SimpleNamespace(graph=Csr.of_edges(torch.tensor(list(GRAPH.edges)).T, N))
PAIRS = torch.tensor([(u, v) for u in range(N) for v in range(N) if u != v])


def played(estimator: Any = None, links: Any = "generator") -> GraphGan:
    torch.manual_seed(3)
    networks = {
        "generator": GraphSoftmax(SPEC, PRIOR, dim=3, initial=1.0),
        "critic": PairCritic(SPEC, dim=3, initial=2.0),
    }
    made = Networks.fixed(networks, SPEC, PRIOR)
    game = GraphGan(
        made, PRIOR, SPEC.space, objective=Minimax(), credit=Whole(), links=links,
        estimator=estimator or Reinforce(baseline="none"),
    )  # fmt: skip
    game.furnish(DATA)
    return game.double()


def drawn(n: int, index: int = 0) -> Draw:
    u, v = (torch.tensor(list(GRAPH.edges)).T[:, torch.arange(n) % GRAPH.number_of_edges()]).unbind(0)
    batches = {"data": torch.stack([u, v], 1), "prior": torch.empty(n, 0, dtype=torch.float64)}
    return Draw(batches, lambda name: Rng(index, "test", name))


def law(game: GraphGan) -> Tensor:
    return game.generator.log_law(PAIRS[:, 0]).gather(1, PAIRS[:, 1:]).squeeze(1) - torch.log(torch.tensor(float(N)))


def test_a_sample_earns_the_softplus_of_its_score():
    game = played()
    cost = game.cost_generator(drawn(500))
    x = cost.out["fake"]
    assert torch.allclose(cost.out["reward"], softplus(game.critic(x)))


@pytest.mark.parametrize("baseline", ["none", "rloo"])
def test_the_gradient_of_the_rewards_is_the_enumerated_one_in_the_mean(baseline: Any):
    game = played(Reinforce(baseline=baseline))
    where = [game.generator.embeddings.vectors, game.generator.embeddings.bias]
    expected = -(law(game).exp() * softplus(game.critic(PAIRS)).detach()).sum()
    exact = torch.cat([g.flatten() for g in torch.autograd.grad(expected, where)])
    found = []
    for index in range(40):
        cost = game.cost_generator(drawn(2000, index)).value
        found.append(torch.cat([g.flatten() for g in torch.autograd.grad(cost, where)]))
    estimates = torch.stack(found)
    error = estimates.std(0) / len(found) ** 0.5
    assert ((estimates.mean(0) - exact).abs() < 4.5 * error + 1e-9).all()
    assert exact.norm() > 20 * error.norm() / len(exact) ** 0.5  # there is something to be found


def test_the_critic_pays_the_cross_entropy_of_neighbours_and_ends_of_walks():
    game = played()
    draw = drawn(64)
    cost = game.cost_critic(draw)
    real, fake = game.critic(draw["data"]), game.critic(cost.out["fake"])
    assert cost.value.item() == pytest.approx((softplus(-real).mean() + softplus(fake).mean()).item(), rel=1e-6)


def test_pairs_are_scored_by_whom_the_recipe_names():
    pairs = torch.tensor([[0, 1, 5], [3, 2, 0]])
    for links in ("generator", "critic"):
        game = played(links=links)
        network: Any = getattr(game, links)
        assert torch.equal(game.link_scores(pairs), network.embeddings.affinity(pairs))
        assert torch.equal(game.link_scores(pairs), game.link_scores(pairs.flip(0)))


def test_every_generator_of_the_game_is_given_the_graph_and_a_checkpoint_has_it():
    game, other = played(PPO()), played()
    assert torch.equal(game.before.log_law(torch.arange(N)), game.generator.log_law(torch.arange(N)))
    other.generator.trees.keep(Csr.of_edges(torch.tensor([(i, i + 1) for i in range(5)] + [(0, 5)]).T, N))
    assert not torch.allclose(other.generator.log_law(torch.arange(N)), game.generator.log_law(torch.arange(N)))
    other.load_state_dict(played().state_dict())
    assert torch.equal(other.generator.log_law(torch.arange(N)), game.generator.log_law(torch.arange(N)))


def test_likelihoods_are_those_of_the_law():
    game = played()
    found = game.log_prob(PAIRS)
    assert found is not None and torch.allclose(found, law(game), atol=1e-6)
    assert found.exp().sum().item() == pytest.approx(1, abs=1e-6)


def test_networks_without_embeddings_are_refused():
    networks = Networks.fixed({"generator": LowRankWalks(SPEC, PRIOR), "critic": WalkCritic(SPEC)}, SPEC, PRIOR)
    with pytest.raises(UserError, match="for both players"):
        GraphGan(networks, PRIOR, SPEC.space, objective=Minimax(), credit=Whole(), estimator=Reinforce())
