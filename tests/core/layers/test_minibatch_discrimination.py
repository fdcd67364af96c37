"""Minibatch discrimination against the paper's sum, its limits, and torch's derivatives."""

from __future__ import annotations

import torch

from gansuite.layers import MinibatchDiscrimination
from gansuite.layers.minibatch_discrimination import distances


def naive(x):
    return (x[:, :, None] - x[:, None]).abs().sum(-1)


def test_is_the_published_sum_without_the_sample_itself():
    layer = MinibatchDiscrimination(6, kernels=4, dimensions=3)
    features = torch.randn(9, 6)
    rows = (features @ layer.projection.flatten(1)).view(9, 4, 3)
    for i in range(9):
        others = [torch.exp(-(rows[i] - rows[j]).abs().sum(1)) for j in range(9) if j != i]
        torch.testing.assert_close(layer.closeness(features)[i], torch.stack(others).sum(0))
    torch.testing.assert_close(layer(features)[:, :6], features)
    assert layer(features).shape == (9, 10)


def test_an_identical_batch_gives_all_others_and_a_scattered_one_none():
    layer = MinibatchDiscrimination(6, kernels=5)
    same = torch.randn(1, 6).expand(12, 6)
    torch.testing.assert_close(layer.closeness(same), torch.full((12, 5), 11.0))
    assert layer.closeness(1e6 * torch.randn(12, 6)).abs().max() < 1e-6


def test_follows_the_order_of_the_batch():
    layer, features, order = MinibatchDiscrimination(6), torch.randn(12, 6), torch.randperm(12)
    torch.testing.assert_close(layer(features)[order], layer(features[order]))


def test_distances_to_the_second_derivative():
    x = torch.randn(3, 6, 4, dtype=torch.float64, requires_grad=True)
    results = []
    for function in (distances, naive):
        value = function(x)
        first = torch.autograd.grad((-value).exp().pow(2).sum(), x, create_graph=True)[0]
        results.append([value, first, torch.autograd.grad(first.pow(3).sum(), x)[0]])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)
    assert torch.autograd.gradgradcheck(lambda x: (-distances(x)).exp(), x)


def test_similarities_stay_exact_under_autocast():
    layer, features = MinibatchDiscrimination(6), torch.randn(12, 6)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(layer.closeness(features), layer.closeness(features.clone()))
        low = layer.closeness(features)
    torch.testing.assert_close(low, layer.closeness(features))


def test_collapse_shows():
    layer = MinibatchDiscrimination(2, kernels=20)
    spread, collapsed = torch.randn(32, 2), 0.1 * torch.randn(32, 2)
    assert layer.closeness(collapsed).mean() > 2 * layer.closeness(spread).mean()
