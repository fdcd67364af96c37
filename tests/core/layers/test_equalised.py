"""Equalised learning rate: variance of what comes out, and the speed at which it learns."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from gansuite.layers import EqualisedConvolution, EqualisedLinear


@pytest.mark.parametrize("channels", [16, 1024])
def test_variance_of_a_linear_layer_is_two(channels):
    x = torch.randn(400, channels)
    assert EqualisedLinear(channels, out=1000)(x).var().item() == pytest.approx(2, rel=0.05 if channels > 16 else 0.15)
    assert EqualisedLinear(channels, out=1000, gain=1.0)(x).var().item() == pytest.approx(1, rel=0.15)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_variance_of_a_convolution_is_two(rank):
    layer = EqualisedConvolution(32, out=128, rank=rank, padding=0)
    x = torch.randn(8, 32, *(64 if rank == 1 else 12 if rank == 2 else 6 for _ in range(rank)))
    assert layer(x).var().item() == pytest.approx(2, rel=0.08)


def test_a_convolution_is_torch_s_with_the_scaled_weight():
    layer, x = EqualisedConvolution(3, out=4, size=4, stride=2), torch.randn(2, 3, 8, 8)
    weight = layer.weight * (2 / (3 * 4 * 4)) ** 0.5
    torch.testing.assert_close(layer(x), functional.conv2d(x, weight, layer.bias, stride=2, padding=1))
    assert layer(x).shape == (2, 4, 4, 4)
    assert EqualisedConvolution(3, out=4, rank=1)(torch.randn(2, 3, 9)).shape == (2, 4, 9)


def relative_step(layer, *shape):
    """Change of the applied weight by one step of Adam, over the weight's own deviation."""
    before = layer.scaled()[0].detach().clone()
    layer(torch.randn(8, *shape)).square().sum().backward()
    torch.optim.Adam(layer.parameters(), lr=0.01).step()
    return ((layer.scaled()[0] - before).abs().mean() / before.std()).item()


def test_a_step_of_adam_is_independent_of_the_fan_in():
    for layer, shape in (
        (EqualisedLinear(16, out=64), (16,)),
        (EqualisedLinear(2048, out=64), (2048,)),
        (EqualisedConvolution(64, out=64, rank=1), (64, 9)),
    ):
        assert relative_step(layer, *shape) == pytest.approx(0.01, rel=0.05)


def test_rate_scales_the_step_and_leaves_the_function():
    layer, x = EqualisedLinear(64, out=500, rate=0.01), torch.randn(200, 64)
    assert layer(x).var().item() == pytest.approx(2, rel=0.1)
    assert relative_step(EqualisedLinear(64, out=64, rate=0.1), 64) == pytest.approx(0.001, rel=0.05)
    assert EqualisedLinear(64, out=5, bias=False).bias is None
