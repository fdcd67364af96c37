"""The channels-last convolution against torch's conv1d, to the second derivative."""

from __future__ import annotations

import torch
from torch.nn import functional

from gansuite.layers import convolve


def reference(x, weight, bias, padding):
    return functional.conv1d(x.transpose(1, 2), weight.transpose(1, 2), bias, padding=padding).transpose(1, 2)


def ours(x, weight, bias, padding):
    return convolve(x, weight, bias, padding=padding)


def draw(*shapes):
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True) for shape in shapes]


def test_value_and_derivatives():
    inputs = draw((2, 11, 3), (4, 5, 3), (4,))
    results = []
    for function in (ours, reference):
        value = function(*inputs, 2)
        first = torch.autograd.grad(value.pow(3).sum(), inputs, create_graph=True)
        penalty = sum(gradient.pow(2).sum() for gradient in first)
        results.append([value, *first, *torch.autograd.grad(penalty, inputs)])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-10)


def test_any_order():
    x, weight = draw((1, 5, 2), (3, 3, 2))
    assert torch.autograd.gradgradcheck(lambda x, weight: convolve(x, weight, padding=1), (x, weight))
    assert convolve(x, weight).shape == (1, 3, 3)


def test_autocast_gives_float32_gradients():
    x, weight, bias = (tensor.detach().float().requires_grad_() for tensor in draw((2, 64, 8), (4, 7, 8), (4,)))
    with torch.autocast("cpu", torch.bfloat16):
        value = convolve(x, weight, bias, padding=3)
    assert value.dtype == torch.bfloat16
    exact = reference(x, weight, bias, 3)
    assert (value - exact).norm() < 0.01 * exact.norm()
    gradients = torch.autograd.grad(value.float().square().sum(), (x, weight, bias))
    for gradient, true in zip(gradients, torch.autograd.grad(exact.square().sum(), (x, weight, bias)), strict=True):
        assert gradient.dtype == torch.float32
        assert (gradient - true).norm() < 0.02 * true.norm()
