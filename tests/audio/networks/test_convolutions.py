"""TensorFlow's "SAME" layers against what they are defined to be: padding, zero stuffing, repetition."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from gansuite_audio.networks.convolutions import (
    NearestConvolution,
    SameConvolution,
    SameTransposedConvolution,
    same_padding,
)

SHAPES = [(25, 4), (25, 2), (25, 1), (8, 4), (5, 4), (3, 4)]


def draw(layer, length):
    """An input [n, c, l] and a layer with a bias, in double precision."""
    generator = torch.Generator().manual_seed(0)
    layer = layer.double()
    layer.bias.data.normal_(generator=generator)
    return layer, torch.randn(2, 3, length, generator=generator, dtype=torch.float64)


def close(value, expected):
    torch.testing.assert_close(value.transpose(1, 2), expected, rtol=0, atol=1e-12)


def test_published_padding():
    assert same_padding(25, 4) == (10, 11)
    assert same_padding(25, 2) == (11, 12)


@pytest.mark.parametrize(("size", "stride"), SHAPES)
def test_convolution(size, stride):
    layer, x = draw(SameConvolution(3, 5, size, stride), 48)
    padded = functional.pad(x, same_padding(size, stride))
    expected = functional.conv1d(padded, layer.weight.transpose(1, 2), layer.bias, stride)[..., : 48 // stride]
    close(layer(x.transpose(1, 2)), expected)


@pytest.mark.parametrize(("size", "stride"), SHAPES)
def test_transposed_convolution_is_zero_stuffing(size, stride):
    layer, x = draw(SameTransposedConvolution(3, 5, size, stride), 12)
    stuffed = x.new_zeros(2, 3, 12 * stride)
    stuffed[..., ::stride] = x
    left, _ = same_padding(size, stride)
    # y[t] = sum_j stuffed[t - j + left] w[j]
    padded = functional.pad(stuffed, (size - 1 - left, left))
    close(layer(x.transpose(1, 2)), functional.conv1d(padded, layer.weight.transpose(1, 2).flip(2), layer.bias))


@pytest.mark.parametrize(("size", "stride"), SHAPES[:2])
def test_transposed_convolution_is_torchs_less_its_last_sample(size, stride):
    layer, x = draw(SameTransposedConvolution(3, 5, size, stride), 12)
    left, _ = same_padding(size, stride)
    expected = functional.conv_transpose1d(x, layer.weight.permute(2, 0, 1), layer.bias, stride, padding=left)
    close(layer(x.transpose(1, 2)), expected[..., :-1])


@pytest.mark.parametrize(("size", "stride"), SHAPES[:4])
def test_transposed_is_the_adjoint(size, stride):
    down, y = draw(SameConvolution(3, 3, size, stride), 12)
    up = SameTransposedConvolution(3, 3, size, stride).double()
    up.weight.data = down.weight.data.transpose(0, 2).contiguous()
    down.bias.data.zero_()
    x = torch.randn(2, 12 * stride, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    y = y.transpose(1, 2)
    torch.testing.assert_close((down(x) * y).sum(), (x * up(y)).sum())


@pytest.mark.parametrize(("size", "stride"), SHAPES[:3])
def test_nearest_is_repetition_and_convolution(size, stride):
    layer, x = draw(NearestConvolution(3, 5, size, stride), 12)
    repeated = functional.pad(x.repeat_interleave(stride, 2), same_padding(size, 1))
    close(layer(x.transpose(1, 2)), functional.conv1d(repeated, layer.weight.transpose(1, 2), layer.bias))


def test_glorot_uniform_and_zero():
    torch.manual_seed(0)
    layer = SameConvolution(64, 128, 25, 4)
    bound = (6 / (25 * (64 + 128))) ** 0.5
    assert layer.weight.abs().max() <= bound
    assert layer.weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.01)
    assert not layer.bias.any()
