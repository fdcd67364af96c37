"""Critics of graphs: blind to the order of nodes and to what is not there, one norm a graph, each by its formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.plugins.registry import registry
from gansuite_graph.dense import Dense
from gansuite_graph.networks.critic import GraphCritic
from gansuite_graph.networks.gin import Gin
from gansuite_graph.networks.ppgn import Ppgn
from gansuite_graph.networks.rgcn import Rgcn
from gansuite_graph.spec import GraphSpec, pairs_of

SPEC = GraphSpec(7, ("C", "N"), ("single", "double", "triple"))
CRITICS: dict[str, Callable[..., GraphCritic]] = {"rgcn": Rgcn, "gin": Gin, "ppgn": Ppgn}
each = pytest.mark.parametrize("name", CRITICS)


def made(name: str, spec: GraphSpec = SPEC, grad: bool = False, **options: Any) -> GraphCritic:
    torch.manual_seed(0)
    return CRITICS[name](spec, **options).double().requires_grad_(grad)


def some(n: int, seed: int = 0, spec: GraphSpec = SPEC) -> Tensor:
    rng = Rng(seed, "some")
    kinds = rng.integers(0, 3, n * spec.nodes).view(n, -1)
    return spec.tidied(torch.cat([kinds, rng.integers(0, 4, n * spec.pairs).view(n, -1)], 1))


def soft(n: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    y = torch.rand(n, *SPEC.shape, SPEC.alternatives, generator=generator, dtype=torch.float64).pow(3)
    y = y * SPEC.allowed()
    return y / y.sum(2, keepdim=True)


def double(x: Dense) -> Dense:
    return x.to(torch.float64)


def test_every_critic_of_whole_graphs_is_here():
    found = {e.component.name for e in registry().entries("critic") if e.plugin == "graph"}
    assert set(CRITICS) <= found
    others = found - set(CRITICS)
    assert all(not issubclass(registry().find("critic", f"graph/{name}").load(), GraphCritic) for name in others)


@each
@pytest.mark.parametrize("form", ["hard", "relaxed"])
def test_the_order_of_the_nodes_changes_nothing(name: str, form: str):
    critic = made(name)
    dense = double(SPEC.dense(some(20) if form == "hard" else soft(20)))
    order = torch.stack([torch.randperm(7, generator=torch.Generator().manual_seed(i)) for i in range(20)])
    moved = dense.permuted(order)
    assert not torch.equal(moved.edges, dense.edges)
    torch.testing.assert_close(critic.readout(moved), critic.readout(dense), rtol=1e-10, atol=1e-10)
    single = made(name).float()
    a, b = (single.readout(d.to(torch.float32)) for d in (dense, moved))
    torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


@each
def test_room_and_absent_nodes_change_nothing(name: str):
    critic, x = made(name), some(20)
    dense = double(SPEC.dense(x))
    pad = torch.nn.functional.pad
    roomy = Dense(pad(dense.nodes, (0, 0, 0, 3)), pad(dense.edges, (0, 3, 0, 3)), pad(dense.mask, (0, 3)))
    torch.testing.assert_close(critic.readout(roomy), critic.readout(dense), rtol=1e-10, atol=1e-10)
    y = SPEC.space.relaxed(x).double()
    i, j = pairs_of(7)
    gone = y[:, :7, 0] == 1
    assert gone.any()
    rubbish = torch.where((gone[:, i] | gone[:, j]).unsqueeze(2), soft(20)[:, 7:], y[:, 7:])
    assert not torch.equal(rubbish, y[:, 7:])
    torch.testing.assert_close(critic(torch.cat([y[:, :7], rubbish], 1)), critic(x), rtol=1e-10, atol=1e-10)


@each
def test_types_of_nodes_and_of_edges_are_told_apart(name: str):
    """A published port has one weight for all types of bonds: its critic sees bonded or not."""
    critic = made(name)
    x = torch.zeros(3, *SPEC.shape, dtype=torch.int64)
    x[:, :3], x[:, 7], x[1, 7], x[2, 0] = 1, 1, 2, 2
    scores = critic(x)
    assert len(set(scores.tolist())) == 3


@each
def test_a_code_is_read_with_the_graph(name: str):
    spec = SPEC.widened(SPEC.shape[0] + 2)
    critic, x = made(name, spec), some(2).repeat_interleave(2, 0)
    codes = torch.eye(2, dtype=torch.float64).repeat(2, 1)
    scores = critic(x, codes)
    gaps = scores[0::2] - scores[1::2]
    assert abs(float(gaps[0] - gaps[1])) > 1e-6  # more than a constant of the label
    plain = made(name)
    assert torch.equal(plain.head(plain.features(x)).flatten(), plain(x)) and plain.features(x).shape[1] == plain.width


@each
@pytest.mark.parametrize("minibatch", ["discrimination", "stddev"])
def test_features_of_the_batch_show_a_collapse(name: str, minibatch: str):
    critic = made(name, minibatch=minibatch)
    same, different = some(1).expand(8, -1), some(8, 1)
    assert not torch.allclose(critic(torch.cat([same[:1], different[1:]]))[0], critic(same)[0])


@each
def test_a_gradient_penalty_takes_one_norm_for_each_graph(name: str):
    """n copies of a graph have the penalty of one, and that by hand: the gradient of the graph's own score."""
    critic = made(name, grad=True)
    networks = Networks.fixed({"generator": torch.nn.Linear(1, 1), "critic": critic}, SPEC)
    game = Gan(networks, None, SPEC.space, objective=registry().bind("objective", "wasserstein", "").make())
    real, fake = SPEC.space.relaxed(some(1)).double(), SPEC.space.relaxed(some(1, 1)).double()
    penalty = GradientPenalty(around="real")

    def of(copies: int) -> Tensor:
        out = {"real": real.expand(copies, -1, -1), "fake": fake.expand(copies, -1, -1), **game.views(None)}
        return penalty(game, Draw({}, lambda name: Rng(0, name)), out)

    x = real.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(x).sum(), x)
    expected = (gradient.norm() - 1).square()
    torch.testing.assert_close(of(1), expected)
    torch.testing.assert_close(of(16), expected)


def test_only_ppgn_tells_a_hexagon_from_two_triangles():
    spec = GraphSpec(6)
    graphs = [nx.cycle_graph(6), nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3))]
    edges = torch.stack([torch.tensor(nx.to_numpy_array(g)) for g in graphs]).unsqueeze(1)
    dense = Dense(torch.ones(2, 6, 1, dtype=torch.float64), edges, torch.ones(2, 6, dtype=torch.float64))
    apart = {name: float(made(name, spec).readout(dense).detach().diff(dim=0).abs().max()) for name in CRITICS}
    assert apart["ppgn"] > 1e-4 and apart["gin"] < 1e-12 and apart["rgcn"] < 1e-12


def test_rgcn_by_loops():
    critic, x = made("rgcn", widths=[5, 4], aggregate=6), some(3)
    dense = double(SPEC.dense(x))
    assert isinstance(critic, Rgcn)
    for g in range(3):
        kinds, h = dense.nodes[g], dense.nodes[g]
        for own, others in zip(critic.own, critic.others, strict=True):
            new = []
            for i in range(7):
                total = own(h[i])
                for j in range(7):
                    told = others(h[j]).unflatten(0, (3, -1))
                    for r in range(3):
                        total = total + dense.edges[g, r, i, j] * told[r]
                new.append(torch.cat([total.tanh(), kinds[i]]))
            h = torch.stack(new)
        p = sum(dense.mask[g, i] * critic.gate(h[i]).sigmoid() * critic.say(h[i]).tanh() for i in range(7))
        torch.testing.assert_close(critic.pooled(dense.take(slice(g, g + 1)))[0], torch.as_tensor(p).tanh())


def test_gin_by_loops():
    critic, x = made("gin", width=5, layers=2), some(3)
    dense = double(SPEC.dense(x))
    assert isinstance(critic, Gin)
    critic.eps.data.copy_(torch.tensor([0.3, -0.2]))
    for g in range(3):
        there = dense.mask[g].bool()
        h = torch.where(there[:, None], critic.enter(dense.nodes[g]), 0.0)
        found = [h.sum(0)]
        for eps, others, perceptron in zip(critic.eps, critic.others, critic.each, strict=True):
            told = others(h).unflatten(1, (3, -1))
            heard = torch.stack([sum_of(dense.edges[g, :, i], told) for i in range(7)])
            h = torch.where(there[:, None], perceptron((1 + eps) * h + heard), 0.0)
            found.append(h.sum(0))
        torch.testing.assert_close(critic.pooled(dense.take(slice(g, g + 1)))[0], torch.cat(found))


def sum_of(edges: Tensor, told: Tensor) -> Tensor:
    return torch.stack([edges[r, j] * told[j, r] for r in range(3) for j in range(7)]).sum(0)


def test_ppgn_by_loops():
    critic, x = made("ppgn", width=4, layers=1), some(2)
    dense = double(SPEC.dense(x))
    assert isinstance(critic, Ppgn)
    block: Any = critic.blocks[0]
    for g in range(2):
        nodes = [i for i in range(7) if dense.mask[g, i]]
        m = len(nodes)
        first = torch.zeros(6, m, m, dtype=torch.float64)
        for a, i in enumerate(nodes):
            for b, j in enumerate(nodes):
                first[:3, a, b] = dense.edges[g, :, i, j]
                if i == j:
                    first[3:5, a, b], first[5, a, b] = dense.nodes[g, i], 1.0
        left, right = block.left(first[None])[0], block.right(first[None])[0]
        product = torch.stack([left[c] @ right[c] for c in range(4)]) / m**0.5
        y = block.out(torch.cat([first, product])[None])[0]
        y = torch.where(y > 0, y, 0.2 * y)
        own = torch.stack([y[:, a, a] for a in range(m)]).sum(0)
        off = torch.stack([y[:, a, b] for a in range(m) for b in range(m) if a != b]).sum(0) / m
        torch.testing.assert_close(critic.pooled(dense.take(slice(g, g + 1)))[0], torch.cat([own, off]))
