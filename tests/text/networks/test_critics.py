"""What every critic of texts must do, and what those of each token must not know."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import one_hot

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.testing.contracts import every_parameter_learns, quiet_on_global_rng
from gansuite_text.networks.dense_recurrent import DenseRecurrent, signal
from gansuite_text.networks.layer_norm_lstm import LayerNormLSTM
from gansuite_text.networks.multi_representation import MultiRepresentation
from gansuite_text.networks.residual_convolutional import ResidualConvolutional
from gansuite_text.networks.transformer_critic import TransformerCritic
from gansuite_text.spec import TextSpec

N, T, V = 6, 5, 7
SPEC = TextSpec(V, T)

MAKE: dict[str, Any] = {
    "multi-representation": lambda spec: MultiRepresentation(
        spec, embedding=6, representations=3, widths=[2, 3, 9], channels=5, hidden=4
    ),
    "dense-recurrent": lambda spec: DenseRecurrent(spec, embedding=6, hidden=5),
    "dense-recurrent, plain": lambda spec: DenseRecurrent(spec, embedding=6, hidden=5, positions=0, layer_norm=False),
    "residual-convolutional": lambda spec: ResidualConvolutional(spec, width=6, blocks=2, kernel=3),
    "transformer": lambda spec: TransformerCritic(spec, layers=2, heads=2, width=8),
    "transformer, choices": lambda spec: TransformerCritic(spec, judges="choices", layers=2, heads=2, width=8),
}
SHAPE = {"sample": (N,), "choices": (N, T), "several": (N, 3)}
DROPS = [name for name in MAKE if name != "residual-convolutional"]
MASKED = ["multi-representation", "transformer"]
OF_CHOICES = ["dense-recurrent", "dense-recurrent, plain", "transformer, choices"]


def make(name: str, spec: TextSpec = SPEC) -> Any:
    torch.manual_seed(0)
    network = MAKE[name](spec)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return network


def texts(n: int = N) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return SPEC.tidied(torch.randint(0, V, (n, T), generator=generator))


@pytest.mark.parametrize("name", MAKE)
def test_scores_have_the_declared_shape(name):
    network = make(name)
    scores = quiet_on_global_rng(lambda: network(texts(), None, Rng(0)))
    assert scores.shape == SHAPE[network.scores]
    assert scores.isfinite().all()


@pytest.mark.parametrize("name", MAKE)
def test_one_hot_rows_are_judged_like_their_tokens(name):
    network, x = make(name), texts()
    torch.testing.assert_close(network(one_hot(x, V).float()), network(x), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", MAKE)
def test_rows_do_not_know_each_other(name):
    network, x = make(name).double(), texts()
    whole = network(x)
    torch.testing.assert_close(whole, torch.cat([network(x[:2]), network(x[2:])]), rtol=0, atol=1e-12)
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    torch.testing.assert_close(whole[order], network(x[order]), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", MAKE)
def test_gradients_reach_every_parameter_and_relaxed_texts(name):
    network = make(name)
    every_parameter_learns(network, network(texts(), None, Rng(0)))
    y = torch.rand(N, T, V).softmax(2).requires_grad_()
    (slope,) = torch.autograd.grad(network(y).sum(), y)
    assert (slope != 0).any(2).sum() > N  # of more than one place a text


@pytest.mark.parametrize("name", MAKE)
def test_a_slope_can_be_differentiated(name):
    """What a gradient penalty needs; against finite differences of the slope along one direction."""
    network = make(name).double()
    y = torch.rand(2, T, V, generator=torch.Generator().manual_seed(2)).double()
    y[..., 1] += 3  # the likeliest tokens stay the same nearby, and none is an end
    direction = torch.randn(2, T, V, generator=torch.Generator().manual_seed(3)).double()

    def slope(y: torch.Tensor) -> torch.Tensor:
        y = y.clone().requires_grad_()
        (found,) = torch.autograd.grad(network(y).square().sum(), y, create_graph=True)
        return (found * direction).sum()

    parameter = next(iter(network.parameters()))
    (told,) = torch.autograd.grad(slope(y), parameter)
    step = torch.randn(parameter.shape, generator=torch.Generator().manual_seed(4)).double() * 1e-6
    with torch.no_grad():
        parameter.add_(step)
    above = slope(y)
    with torch.no_grad():
        parameter.sub_(2 * step)
    torch.testing.assert_close((told * step).sum() * 2, (above - slope(y)).detach(), rtol=1e-4, atol=1e-12)


@pytest.mark.parametrize("name", DROPS)
def test_drop_out_is_the_draws_own(name):
    network, x = make(name), texts()
    assert torch.equal(network(x, None, Rng(0)), network(x, None, Rng(0)))
    assert not torch.equal(network(x, None, Rng(0)), network(x, None, Rng(1)))
    assert torch.equal(network(x), network(x))  # rewards are judged without
    network.dropout = 0.0
    assert torch.equal(network(x, None, Rng(0)), network(x))


@pytest.mark.parametrize("name", MASKED)
def test_what_stands_behind_an_end_is_not_seen(name):
    network = make(name)
    x = torch.tensor([[3, 2, 0, 0, 0]])
    y = one_hot(x, V).float()
    behind = y.clone()
    behind[:, 3:] = torch.rand(1, 2, V)
    torch.testing.assert_close(network(behind), network(y), rtol=0, atol=1e-6)
    before = y.clone()
    before[:, 1] = torch.tensor([0.1, 0.1, 0.6, 0.2, 0, 0, 0])
    assert (network(before) - network(y)).abs().max() > 1e-4


@pytest.mark.parametrize("name", OF_CHOICES)
def test_a_token_is_judged_by_those_before_it(name):
    """A critic that looks ahead would make a choice answer for what it could not know."""
    network, x = make(name), torch.tensor([[3, 2, 4, 5, 6], [1, 1, 2, 3, 0]])
    other = x.clone()
    other[:, 2] = 1
    one, two = network(x), network(other)
    torch.testing.assert_close(one[:, :2], two[:, :2], rtol=0, atol=1e-6)
    assert ((one[:, 2:] - two[:, 2:]).abs() > 1e-4).all()


@pytest.mark.parametrize("name", MAKE)
def test_a_condition_is_read(name):
    spec = SPEC.widened(T + 2)
    network, x = make(name, spec), texts()
    codes = torch.eye(2)[torch.arange(N) % 2]
    assert network(x, codes).shape == SHAPE[network.scores]
    assert (network(x, codes) != network(x, 1 - codes)).all()


@pytest.mark.parametrize("name", ["residual-convolutional", "transformer"])
def test_the_score_is_the_head_of_the_features(name):
    network, x = make(name), texts()
    features = network.features(x, Rng(0))
    assert features.shape == (N, network.width)
    torch.testing.assert_close(network.head(features).flatten(), network(x, None, Rng(0)))


def test_representations_by_hand():
    """Every representation by itself: its part of the vectors, each window, the highway, two linear maps."""
    network = make("multi-representation").double()
    x = torch.tensor([[3, 2, 6, 0, 0], [1, 2, 3, 4, 5]])
    vectors = network.embedding.weight[x] * torch.tensor([[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]).unsqueeze(2)
    found = torch.zeros(2, 3).double()
    for row in range(2):
        for s in range(3):
            own, pooled = vectors[row, :, 2 * s : 2 * s + 2], []
            for window in network.windows:
                k = window.weight.shape[2]
                places = [
                    torch.relu((window.weight * own[t : t + k].t()).sum((1, 2)) + window.bias) for t in range(T - k + 1)
                ]
                pooled.append(torch.stack(places).amax(0))
            f = torch.cat(pooled)
            gate = torch.sigmoid(network.gate.weight @ f + network.gate.bias)
            f = gate * torch.relu(network.transform.weight @ f + network.transform.bias) + (1 - gate) * f
            found[row, s] = (network.out.weight @ (network.hidden.weight @ f + network.hidden.bias) + network.out.bias)[
                0
            ]
    torch.testing.assert_close(network(x), found, rtol=0, atol=1e-12)
    assert len(network.windows) == 2  # the window of nine fits no text of five


def test_published_sizes():
    """RelGAN on the oracle task: 64 representations of one number, 1,200 responses each."""
    with torch.device("meta"):
        network = MultiRepresentation(TextSpec(5000, 20, end=None))
    highway = 2 * (1200 * 1200 + 1200)
    windows = 300 * (2 + 3 + 4 + 5) + 4 * 300
    assert sum(p.numel() for p in network.parameters()) == 5000 * 64 + windows + highway + 1200 * 100 + 100 + 101
    with pytest.raises(UserError, match="cannot be cut"):
        MultiRepresentation(SPEC, embedding=10, representations=3)
    with pytest.raises(UserError, match="no window fits"):
        MultiRepresentation(SPEC, widths=[6, 7])


def test_normalised_lstm_by_hand():
    torch.manual_seed(0)
    lstm = LayerNormLSTM(3, 4).double()
    nn.init.normal_(lstm.norm.weight)
    nn.init.normal_(lstm.norm.bias)
    x = torch.randn(2, 3, 3).double()
    h = c = torch.zeros(2, 4).double()
    for t in range(3):
        gates = x[:, t] @ lstm.of_read.weight.t() + h @ lstm.of_state.weight.t()
        mean, variance = gates.mean(1, keepdim=True), gates.var(1, keepdim=True, correction=0)
        gates = (gates - mean) / (variance + 1e-5).sqrt() * lstm.norm.weight + lstm.norm.bias
        i, f, g, o = gates[:, :4], gates[:, 4:8], gates[:, 8:12], gates[:, 12:]
        c = torch.sigmoid(f + 1) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
    states, (last, cell) = lstm(x)
    torch.testing.assert_close(states[:, -1], h, rtol=0, atol=1e-12)
    assert torch.equal(last, states[:, -1])
    torch.testing.assert_close(cell, c, rtol=0, atol=1e-12)


def test_signal_of_the_place():
    found = signal(50, 8)
    assert found.shape == (50, 8)
    t, i = 7, 2
    rate = 10_000 ** (-2 * i / 8)
    torch.testing.assert_close(found[t, i], torch.tensor(t * rate).sin())
    torch.testing.assert_close(found[t, 4 + i], torch.tensor(t * rate).cos())
    assert signal(5, 0).shape == (5, 0)


def test_residual_convolutions_by_hand():
    """Both networks of WGAN-GP's character model: 1 + 0.3 of what two convolutions of rectified numbers say."""
    network = make("residual-convolutional").double()
    x = texts(2)
    h = (network.embedding.weight[x] + network.shift).transpose(1, 2)
    for block in network.blocks:
        pad = lambda a: nn.functional.pad(a, (1, 1))  # noqa: E731
        inner = nn.functional.conv1d(pad(h.relu()), block.first.weight, block.first.bias)
        h = h + 0.3 * nn.functional.conv1d(pad(inner.relu()), block.second.weight, block.second.bias)
    torch.testing.assert_close(network(x), h.flatten(1) @ network.out.weight[0] + network.out.bias, rtol=0, atol=1e-12)
