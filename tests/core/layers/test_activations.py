"""Masked activations against torch's: values, first and second gradients, and the work they save."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from gansuite.layers import LeakyReLU, ReLU, leaky_relu, relu

PAIRS = {
    "leaky": (lambda x: leaky_relu(x, 0.2), lambda x: functional.leaky_relu(x, 0.2)),
    "relu": (relu, functional.relu),
}


def derivatives(activation, x, weight):
    """Value, and gradients of a penalty on the input gradient, which take a double backward."""
    x = x.clone().requires_grad_()
    weight = weight.clone().requires_grad_()
    value = activation(x @ weight)
    (first,) = torch.autograd.grad((value**2).sum(), x, create_graph=True)
    second = torch.autograd.grad(first.norm(2, 1).sub(1).square().sum(), (x, weight))
    return value, first, *second


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_torch_to_the_last_bit(name, dtype):
    generator = torch.Generator().manual_seed(0)
    x, weight = (torch.randn(9, 9, generator=generator, dtype=dtype) for _ in range(2))
    x[0] = 0  # the kink as well
    for ours, theirs in zip(*(derivatives(each, x, weight) for each in PAIRS[name]), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("name", PAIRS)
def test_gradgradcheck(name):
    x = torch.randn(20, generator=torch.Generator().manual_seed(1), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(PAIRS[name][0], x)
    assert torch.autograd.gradgradcheck(lambda x: PAIRS[name][0](x) ** 2, x)


@pytest.mark.parametrize("name", PAIRS)
def test_second_gradient_is_absent_where_torch_makes_zeros(name):
    x = torch.randn(5, generator=torch.Generator().manual_seed(2), requires_grad=True)
    ours, theirs = (torch.autograd.grad(each(x).sum(), x, create_graph=True)[0] for each in PAIRS[name])
    assert torch.equal(ours, theirs)
    assert not ours.requires_grad and theirs.requires_grad


def test_modules():
    x = torch.linspace(-1, 1, 5)
    assert torch.equal(LeakyReLU(0.1)(x), functional.leaky_relu(x, 0.1))
    assert torch.equal(ReLU()(x), functional.relu(x))
    with pytest.raises(ValueError, match="slope"):
        LeakyReLU(0.0)
