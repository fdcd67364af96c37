"""Virtual batch norm: each sample sees the reference and itself, and nobody else."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from gansuite.layers import ReferenceBatch, VirtualBatchNorm


def joint(reference, sample, eps=1e-5):
    """The definition: moments of the reference's samples and this one, together."""
    together = torch.cat([reference, sample[None]]).transpose(0, 1).flatten(1)
    shape = (-1, *(1 for _ in sample.shape[1:]))
    return (sample - together.mean(1).view(shape)) / (together.var(1, correction=0) + eps).sqrt().view(shape)


@pytest.mark.parametrize("axes", [(), (5,), (3, 2)], ids=["points", "signals", "pictures"])
def test_moments_are_those_of_the_reference_and_the_sample_together(axes):
    layer, reference = VirtualBatchNorm(4), 3 + 2 * torch.randn(16, 4, *axes)
    layer.refer_to(reference)
    x = torch.randn(5, 4, *axes)
    torch.testing.assert_close(layer(x), torch.stack([joint(reference, sample) for sample in x]), atol=1e-5, rtol=1e-4)


def test_a_sample_is_independent_of_its_mates():
    layer, x, y = VirtualBatchNorm(4), torch.randn(8, 4), torch.randn(8, 4)
    layer(torch.randn(16, 4))  # becomes the reference
    y[0] = x[0]
    assert torch.equal(layer(x)[0], layer(y)[0])
    assert torch.equal(layer(x)[:1], layer(x[:1]))


def test_the_first_training_batch_is_the_reference_for_good():
    layer, first, second = VirtualBatchNorm(4), torch.randn(8, 4), torch.randn(8, 4)
    layer.eval()(second)
    given = copy.deepcopy(layer)
    given.refer_to(first)
    layer.train()
    value = layer(first)
    layer(second)
    assert torch.equal(value, layer(first))  # a cost may be run again
    assert torch.equal(layer(second), given(second))
    assert torch.equal(layer.eval()(second), given(second))


def test_resume_is_bit_for_bit():
    layer, resumed, x = VirtualBatchNorm(4), VirtualBatchNorm(4), torch.randn(8, 4)
    resumed.load_state_dict(layer.state_dict())
    assert resumed.unset  # saved before the first batch: the first batch is still to come
    layer(torch.randn(16, 4))
    resumed.load_state_dict(layer.state_dict())
    assert torch.equal(resumed(x), layer(x))


def network():
    return nn.Sequential(nn.Linear(2, 8), VirtualBatchNorm(8), nn.ReLU(), nn.Linear(8, 8), VirtualBatchNorm(8))


def test_a_reference_batch_goes_through_the_network_of_the_moment():
    body, reference, x = network(), torch.randn(16, 2), torch.randn(5, 2)
    whole = ReferenceBatch(body, reference)
    for _ in range(2):
        expected, seen = x, reference
        for module in body:
            if isinstance(module, VirtualBatchNorm):
                expected = torch.stack([joint(seen, sample) for sample in expected])
                seen = (seen - seen.mean(0)) / (seen.var(0, correction=0) + 1e-5).sqrt()
            else:
                expected, seen = module(expected), module(seen)
        torch.testing.assert_close(whole(x), expected, atol=1e-5, rtol=1e-4)
        assert torch.allclose(whole(x)[:1], whole(x[:1]), atol=1e-6)
        nn.init.normal_(body[0].weight)


def test_the_reference_batch_is_in_the_checkpoint_and_carries_gradient():
    whole, resumed = ReferenceBatch(network(), torch.randn(16, 2)), ReferenceBatch(network(), torch.randn(16, 2))
    resumed.load_state_dict(whole.state_dict())
    x = torch.randn(1, 2)
    assert torch.equal(resumed(x), whole(x))
    layer = VirtualBatchNorm(1)
    layer.leading = 3
    rows = torch.randn(4, 1, requires_grad=True)
    assert torch.autograd.grad(layer(rows)[3].sum(), rows)[0][:3].abs().min() > 0
