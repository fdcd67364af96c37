"""Spectral norm against exact singular values and torch's own parametrization."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations

from gansuite.layers import SelfAttention, SpectralNorm, spectral_norm


def top(weight):
    return torch.linalg.svdvals(weight.detach().flatten(1))[0].item()


@pytest.mark.parametrize("gain", [1.0, 4.0])
@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_largest_singular_value_is_the_gain(rank, gain):
    layer = SpectralNorm(24, out=32, rank=rank, gain=gain)
    x = torch.randn(2, 24, *(5 for _ in range(rank)))
    for _ in range(50):
        layer(x)
    layer.eval()
    assert top(layer.affine.weight) == pytest.approx(gain, rel=1e-3)
    original = layer.affine.parametrizations.weight.original
    torch.testing.assert_close(layer.affine.weight, gain * original / top(original), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("layer", [nn.Conv1d(3, 5, 4), nn.ConvTranspose2d(3, 5, 4), nn.Embedding(9, 4)], ids=str)
def test_is_what_torch_s_converges_to(layer):
    ours, theirs = spectral_norm(copy.deepcopy(layer)), parametrizations.spectral_norm(copy.deepcopy(layer))
    first = ours.weight
    for _ in range(300):
        theirs(torch.zeros(1, dtype=torch.int64)) if isinstance(layer, nn.Embedding) else theirs.weight
    torch.testing.assert_close(first, theirs.eval().weight, rtol=1e-5, atol=1e-6)


def test_is_exact_from_the_first_pass_and_follows_the_weight():
    layer = SpectralNorm(256, out=256)
    assert top(layer.affine.weight) == pytest.approx(1, rel=1e-5)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        layer(torch.randn(8, 256)).square().mean().backward()
        optimizer.step()
    assert top(layer.eval().affine.weight) == pytest.approx(1, rel=1e-3)


def test_a_chain_is_lipschitz():
    network = nn.Sequential(SpectralNorm(2, out=64, gain=2.0), nn.ReLU(), SpectralNorm(64, out=1, gain=2.0))
    for _ in range(50):
        network(torch.randn(1, 2))
    network.eval()
    one, other = torch.randn(2, 1000, 2)
    slope = (network(one) - network(other)).norm(dim=1) / (one - other).norm(dim=1)
    assert slope.max() < 4.01


def test_a_network_is_normalised_once_and_throughout():
    attention = spectral_norm(SelfAttention(16))
    for layer in (attention.query, attention.key, attention.value, attention.mix):
        for _ in range(50):
            layer(torch.randn(1, layer.in_channels, 3))
        assert top(layer.eval().weight) == pytest.approx(1, rel=1e-3)
    with pytest.raises(ValueError, match="normalised already"):
        spectral_norm(attention)
    with pytest.raises(ValueError, match="ReLU has no linear layer"):
        spectral_norm(nn.ReLU())


def test_the_power_method_is_in_the_checkpoint():
    layer, resumed, x = SpectralNorm(8, out=8, gain=2.0), SpectralNorm(8, out=8, gain=2.0), torch.randn(4, 8)
    layer(x)
    resumed.load_state_dict(layer.state_dict())
    assert torch.equal(resumed(x), layer(x))
