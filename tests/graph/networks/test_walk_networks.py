"""NetGAN's networks against their equations on one-hot rows, and the law of what the generator draws."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Policy
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.priors.none import NoLatent
from gansuite.priors.normal import Normal
from gansuite.testing.contracts import every_parameter_learns, quiet_on_global_rng
from gansuite_graph.networks.corner_rows import Corners, Embedded
from gansuite_graph.networks.walk_critic import WalkCritic
from gansuite_graph.networks.walk_lstm import WalkLstm
from gansuite_graph.spec import GraphSpec, WalkSpec

N, T = 5, 4
SPEC = WalkSpec(N, T, 6)


def generator(seed: int = 0, sharper: float = 3.0) -> WalkLstm:
    torch.manual_seed(seed)
    network = WalkLstm(SPEC, Normal(SPEC, size=3), hidden=6, embedding=4)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(sharper).add_(0.1 * torch.randn_like(parameter))
    return network.double()


def critic(seed: int = 0) -> WalkCritic:
    torch.manual_seed(seed)
    network = WalkCritic(SPEC, hidden=6, embedding=4)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.0).add_(0.1 * torch.randn_like(parameter))
    return network.double()


def lstm_by_hand(x: Tensor, h: Tensor, c: Tensor, cell: torch.nn.Module) -> tuple[Tensor, Tensor]:
    """The published cell, gate by gate, with its forget bias of 1."""
    a, b, bias = cell.of_read, cell.of_state, cell.bias
    i, f, o, g = (x @ a[:, part] + h @ b[:, part] + bias[part] for part in torch.arange(4 * len(b)).view(4, -1))  # pyright: ignore
    c = torch.sigmoid(f + 1) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def logits_by_hand(network: WalkLstm, x: Tensor, z: Tensor) -> Tensor:
    """The equations of the paper on one-hot rows."""
    s = torch.tanh(z @ network.shared.weight.T + network.shared.bias)
    h = torch.tanh(s @ network.to_h.weight.T + network.to_h.bias)
    c = torch.tanh(s @ network.to_c.weight.T + network.to_c.bias)
    read, found = torch.zeros(len(z), 4, dtype=z.dtype), []
    for t in range(x.shape[1]):
        h, c = lstm_by_hand(read, h, c, network.cell)
        found.append(h @ network.up.weight.T + network.up.bias)
        read = one_hot(x[:, t], N).to(z.dtype) @ network.down
    return torch.stack(found, 1)


def test_the_generator_is_its_equations():
    network = generator()
    z = torch.randn(8, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    x = torch.randint(0, N, (8, T), generator=torch.Generator().manual_seed(2))
    plain = logits_by_hand(network, x, z)
    assert torch.allclose(network.logits(x, z), plain, rtol=0, atol=1e-12)
    mask = torch.rand(8, T, generator=torch.Generator().manual_seed(3)) < 0.5
    assert torch.allclose(network.logits_at(mask, x, z), plain[mask], rtol=0, atol=1e-12)


def test_the_critic_is_its_equations_however_walks_are_told():
    network = critic()
    x = torch.randint(0, N, (8, T), generator=torch.Generator().manual_seed(2))
    h = c = torch.zeros(8, 6, dtype=torch.float64)
    for t in range(T):
        h, c = lstm_by_hand(one_hot(x[:, t], N).double() @ network.down, h, c, network.cell)
    plain = h @ network.out.weight[0] + network.out.bias
    corner = one_hot(x, N).double()
    for told in (x, corner, Corners(torch.rand(8, T, N).double(), x), Embedded(corner @ network.down)):
        assert torch.allclose(network(told), plain, rtol=0, atol=1e-12)
    assert not torch.allclose(network(x.flip(1)), plain), "a walk has a direction"


def test_the_order_of_nodes_is_no_symmetry_but_their_numbers_are_names():
    network, order = critic(), torch.tensor([3, 1, 4, 0, 2])
    x = torch.randint(0, N, (8, T), generator=torch.Generator().manual_seed(2))
    scores = network(x)
    assert not torch.allclose(network(order[x]), scores)
    with torch.no_grad():
        network.down[order] = network.down.clone()
    assert torch.allclose(network(order[x]), scores, rtol=0, atol=1e-12)


def test_what_is_drawn_has_the_law_of_the_logits():
    network, n = generator(), 40_000
    z = torch.full((n, 3), 0.7, dtype=torch.float64)
    walks = torch.tensor(list(itertools.product(range(N), repeat=T)))
    p = network.logits(walks, z[: len(walks)]).log_softmax(-1).gather(2, walks.unsqueeze(2)).sum((1, 2)).exp()
    assert p.sum().item() == pytest.approx(1)
    place = torch.tensor([N**k for k in range(T)][::-1])
    estimator = StraightThroughGumbel()
    choose = lambda logits, rng: estimator.choose(logits, rng, 5.0)  # noqa: E731
    drawn = network.sample(z, None, Rng(0, "x")), network(z, None, Rng(1, "x"), choose).argmax(2)
    expected = n * p
    usual = expected >= 5
    for x in drawn:
        seen = torch.bincount((x * place).sum(1), minlength=N**T).double()
        cells = torch.cat([seen[usual], seen[~usual].sum().view(1)])
        means = torch.cat([expected[usual], expected[~usual].sum().view(1)])
        degrees = len(cells) - 1
        assert ((cells - means).square() / means).sum().item() < degrees + 4 * (2 * degrees) ** 0.5


def test_temperature_beginning_and_batches_of_samples():
    network, z = generator(), torch.randn(600, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    whole = network.sample(z, None, Rng(0, "x"))
    assert whole.dtype == torch.int64 and whole.shape == (600, T) and int(whole.max()) < N
    u = Rng(0, "x").uniform(600, T)
    assert torch.equal(whole, network.walked(z, u, 1.0, None)), "the parts are those of one draw"
    begun = network.sample(z, None, Rng(0, "x"), prefix=torch.tensor([[2, 3]]).expand(600, -1))
    assert torch.equal(begun[:, :2], torch.tensor([[2, 3]]).expand(600, -1)) and begun[:, 2:].unique().numel() > 1
    likeliest = network.sample(z, None, Rng(0, "x"), alpha=float("inf"))
    assert torch.equal(likeliest, network.logits(likeliest, z).argmax(2))
    assert network.sample(z[:0], None, Rng(0, "x")).shape == (0, T)


def test_a_policy_whose_gradient_goes_through_corners_as_through_dense_rows():
    network, estimator = generator(), StraightThroughGumbel()
    assert isinstance(network, Policy)
    z, judge = torch.randn(8, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1)), critic()
    found = []
    for corner in (False, True):

        def choose(logits: Tensor, rng: Rng | None, corner: bool = corner) -> object:
            y = estimator.choose(logits, rng, 2.0)
            return Corners(y, y.detach().argmax(-1)) if corner else y

        parameters = [*network.parameters(), *judge.parameters()]
        score = judge(network(z, None, Rng(3, "x"), choose)).sum()
        found.append([score, *torch.autograd.grad(score, parameters)])
    for plain, own in zip(*found, strict=True):
        assert torch.allclose(plain, own, rtol=1e-9, atol=1e-12)


def test_all_weights_learn_and_nobody_else_draws():
    network, judge = generator(), critic()
    z = torch.randn(8, 3, dtype=torch.float64)
    every_parameter_learns(network, network.logits(torch.randint(0, N, (64, T)), z.repeat(8, 1)).square())
    every_parameter_learns(judge, judge(torch.randint(0, N, (64, T))).square())
    quiet_on_global_rng(lambda: network.sample(z, None, Rng(0, "x")))


def test_sizes_are_the_published_ones():
    spec = WalkSpec(2810, 16, 7981)
    network, judge = WalkLstm(spec, Normal(spec, size=16)), WalkCritic(spec)
    lstm = (128 + 40 + 1) * 4 * 40
    assert sum(p.numel() for p in network.parameters()) == 17 * 40 + 2 * 41 * 40 + lstm + 41 * 2810 + 2810 * 128
    assert sum(p.numel() for p in judge.parameters()) == 2810 * 128 + (128 + 30 + 1) * 4 * 30 + 31
    assert all(not name.endswith("bias") or not p.any() for name, p in network.named_parameters())


def test_what_they_cannot_be_given():
    with pytest.raises(UserError, match='name = "network"'):
        WalkLstm(GraphSpec(4), Normal(SPEC, size=3))
    with pytest.raises(UserError, match='name = "network"'):
        WalkCritic(GraphSpec(4))
    with pytest.raises(UserError, match="take the prior normal"):
        WalkLstm(SPEC, NoLatent(SPEC))
