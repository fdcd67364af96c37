"""Convolutions of pictures against what they are defined to be: padding, zero stuffing, repetition."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from gansuite.networks.nearest import EqualisedNearestConvolution
from gansuite_audio.networks.convolutions_2d import SameConvolution2d, SameTransposedConvolution2d

SHAPES = [(5, 2), (4, 2), (3, 2), (2, 2), (5, 4), (3, 1)]


def draw(layer, rows, columns):
    """An input [n, 3, rows, columns] and a layer with a bias, in double precision."""
    generator = torch.Generator().manual_seed(0)
    layer = layer.double()
    layer.bias.data.normal_(generator=generator)
    return layer, torch.randn(2, 3, rows, columns, generator=generator, dtype=torch.float64)


def padding(size, stride):
    """TensorFlow's rule: the odd zero is at the far end."""
    total = size - stride
    return total // 2, (total + 1) // 2


def stuffed(x, stride):
    out = x.new_zeros(*x.shape[:2], x.shape[2] * stride, x.shape[3] * stride)
    out[..., ::stride, ::stride] = x
    return out


@pytest.mark.parametrize(("size", "stride"), SHAPES)
def test_convolution_is_the_sum_it_says(size, stride):
    layer, x = draw(SameConvolution2d(3, 2, size, stride), 8, 12)
    y, (left, right) = layer(x), padding(size, stride)
    assert y.shape == (2, 2, 8 // stride, 12 // stride)
    padded = functional.pad(x, (left, right, left, right))
    for i, k in ((0, 0), (1, 2), (8 // stride - 1, 12 // stride - 1)):
        window = padded[:, :, stride * i : stride * i + size, stride * k : stride * k + size]
        expected = (window[:, None] * layer.weight).sum((2, 3, 4)) + layer.bias
        torch.testing.assert_close(y[:, :, i, k], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("size", "stride"), SHAPES)
def test_transposed_convolution_is_zero_stuffing(size, stride):
    layer, x = draw(SameTransposedConvolution2d(3, 2, size, stride), 4, 6)
    left, _ = padding(size, stride)
    padded = functional.pad(stuffed(x, stride), (size - 1 - left, left) * 2)
    expected = functional.conv2d(padded, layer.weight.transpose(0, 1).flip(2, 3), layer.bias)
    torch.testing.assert_close(layer(x), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("size", "stride"), SHAPES)
def test_transposed_is_the_adjoint(size, stride):
    down, y = draw(SameConvolution2d(3, 3, size, stride), 4, 6)
    up = SameTransposedConvolution2d(3, 3, size, stride).double()
    up.weight.data = down.weight.data.clone()
    down.bias.data.zero_()
    x = torch.randn(2, 3, 4 * stride, 6 * stride, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    torch.testing.assert_close((down(x) * y).sum(), (x * up(y)).sum())


def test_glorot_uniform_and_zero():
    torch.manual_seed(0)
    for layer in (SameConvolution2d(64, 128), SameTransposedConvolution2d(64, 128)):
        bound = (6 / (25 * (64 + 128))) ** 0.5
        assert layer.weight.abs().max() <= bound
        assert layer.weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.01)
        assert not layer.bias.any()


def test_nearest_is_repetition_and_convolution():
    layer, x = draw(EqualisedNearestConvolution(3, out=4), 3, 5)
    repeated = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    expected = functional.conv2d(repeated, layer.weight * (2 / 27) ** 0.5, layer.bias, padding=1)
    torch.testing.assert_close(layer(x), expected, rtol=0, atol=1e-12)
    ours = torch.autograd.grad(layer(x).square().sum(), layer.weight)
    torch.testing.assert_close(ours, torch.autograd.grad(expected.square().sum(), layer.weight))
