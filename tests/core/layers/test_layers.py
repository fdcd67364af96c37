"""What holds for every layer: two derivatives, functional calls, precision, and an honest ``couples_batch``."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.func import functional_call

from gansuite import layers

LABEL = torch.tensor([0, 1, 2, 2])
CASES = {
    "maxout": (lambda: layers.Maxout(3, out=4), (4, 3), ()),
    "discrimination": (lambda: layers.MinibatchDiscrimination(3, kernels=4), (4, 3), ()),
    "stddev": (lambda: layers.MinibatchStddev(4, group=2), (4, 4, 3), ()),
    "pixel-norm": (lambda: layers.PixelNorm(3), (4, 3, 2), ()),
    "virtual-norm": (lambda: referred(), (4, 3, 2), ()),
    "equivariant": (lambda: layers.EquivariantLinear(3, out=4), (4, 3), ()),
    "equalised-linear": (lambda: layers.EqualisedLinear(3, out=4), (4, 3), ()),
    "equalised-convolution": (lambda: layers.EqualisedConvolution(3, out=2, rank=1), (4, 3, 5), ()),
    "spectral": (lambda: layers.SpectralNorm(3, out=2, rank=1, gain=2.0).eval(), (4, 3, 5), ()),
    "conditional-norm": (lambda: layers.ConditionalInstanceNorm(3, labels=3), (4, 3, 5), (LABEL,)),
    "adaptive-norm": (lambda: layers.AdaptiveInstanceNorm(3, style=2), (4, 3, 5), (torch.ones(4, 2),)),
    "spade": (lambda: layers.Spade(3, map=2, rank=1, hidden=4), (4, 3, 5), (torch.ones(4, 2, 5),)),
    "spade-batch": (lambda: layers.Spade(3, map=2, rank=1, hidden=4, norm="batch"), (4, 3, 5), (torch.ones(4, 2, 5),)),
    "attention": (lambda: opened(layers.SelfAttention(4, reduction=2)), (4, 4, 6), ()),
    "attention-pooled": (lambda: opened(layers.SelfAttention(4, reduction=2, pool=2)), (4, 4, 6), ()),
    "projection": (lambda: layers.ProjectionHead(3, labels=3), (4, 3), (LABEL,)),
}
COUPLED = {"discrimination", "stddev", "equivariant", "spade-batch"}


def referred():
    norm = layers.VirtualBatchNorm(3)
    norm.refer_to(torch.randn(8, 3, 2))
    return norm


def opened(attention):
    nn.init.ones_(attention.gate)
    return attention


@pytest.fixture(params=CASES)
def case(request):
    make, shape, rest = CASES[request.param]
    return request.param, make(), torch.randn(shape), rest


def test_two_derivatives(case):
    _, layer, x, rest = case
    layer, rest = layer.double(), tuple(t.double() if t.is_floating_point() else t for t in rest)
    x = x.double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: layer(x, *rest), x)
    assert torch.autograd.gradgradcheck(lambda x: layer(x, *rest), x)


def test_a_gradient_penalty_reaches_every_weight_it_should(case):
    _, layer, x, rest = case
    x.requires_grad_()
    slope = torch.autograd.grad(layer(x, *rest).square().sum(), x, create_graph=True)[0]
    weights = dict(layer.named_parameters())
    gradients = torch.autograd.grad(slope.square().sum(), [x, *weights.values()], allow_unused=True)
    for name, gradient in zip(["x", *weights], gradients, strict=True):
        assert gradient is not None, name
        assert gradient.isfinite().all(), name


def test_functional_call_uses_the_weights_it_is_given(case):
    _, layer, x, rest = case
    given = {name: parameter + 0.1 for name, parameter in layer.named_parameters()}
    value = functional_call(layer, given, (x, *rest))
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            parameter.copy_(given[name])
    torch.testing.assert_close(value, layer(x, *rest))


def test_couples_batch_says_whether_mates_matter(case):
    name, layer, x, rest = case
    before = layer(x, *rest)[0]
    x[1:] = torch.randn_like(x[1:])
    coupled = any(getattr(m, "couples_batch", False) or isinstance(m, nn.BatchNorm1d) for m in layer.modules())
    assert coupled == (name in COUPLED)
    assert torch.allclose(layer(x, *rest)[0], before, atol=1e-6) != coupled


def test_draws_no_random_numbers(case):
    _, layer, x, rest = case
    state = torch.get_rng_state()
    layer(x, *rest)
    assert torch.equal(torch.get_rng_state(), state)


def test_precision_is_kept_under_autocast(case):
    _, layer, x, rest = case
    exact = layer(x, *rest)
    with torch.autocast("cpu", torch.bfloat16):
        low = layer(x, *rest)
    assert (low.float() - exact).norm() < 0.03 * exact.norm()


def test_every_name_is_there():
    for name in layers.__all__:
        assert getattr(layers, name)
