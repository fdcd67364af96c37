"""Self-attention: identity at the start, weights that sum to one, and the written-out formula."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gansuite.layers import SelfAttention


@pytest.mark.parametrize("axes", [(12,), (6, 4), (4, 2, 2)], ids=["signals", "pictures", "volumes"])
@pytest.mark.parametrize("pool", [1, 2])
def test_identity_at_the_start_and_rows_sum_to_one(axes, pool):
    layer, x = SelfAttention(16, pool=pool), torch.randn(3, 16, *axes)
    assert torch.equal(layer(x), x)
    places = torch.tensor(axes).prod().item()
    weights = layer.attention(x)
    assert weights.shape == (3, places, places // pool ** len(axes))
    torch.testing.assert_close(weights.sum(2), torch.ones(3, places))


def test_formula():
    layer, x = SelfAttention(16), torch.randn(1, 16, 5)
    nn.init.constant_(layer.gate, 0.7)
    query, key, value, mix = (each.weight[:, :, 0] for each in (layer.query, layer.key, layer.value, layer.mix))
    places = x[0].t()
    for j in range(5):
        weights = torch.stack([(key @ places[i]) @ (query @ places[j]) for i in range(5)]).softmax(0)
        seen = mix @ sum(weights[i] * (value @ places[i]) for i in range(5))
        torch.testing.assert_close(layer(x)[0, :, j], 0.7 * seen + places[j])


def test_places_have_no_order():
    layer, x, order = SelfAttention(16), torch.randn(2, 16, 9), torch.randperm(9)
    nn.init.ones_(layer.gate)
    torch.testing.assert_close(layer(x)[:, :, order], layer(x[:, :, order]))


def test_pooling_keeps_the_largest_of_neighbours():
    layer, x = SelfAttention(8, reduction=2, pool=2), torch.randn(2, 8, 4, 6)
    keys = nn.functional.max_pool2d(layer.key(x.flatten(2)).view(2, 4, 4, 6), 2).flatten(2)
    query = layer.query(x.flatten(2)).transpose(1, 2)
    torch.testing.assert_close(layer.attention(x), (query @ keys).softmax(2))
    assert SelfAttention(4).query.out_channels == 1


def test_values_may_have_channels_of_their_own_number():
    layer = SelfAttention(16, value_reduction=2)
    assert [each.out_channels for each in (layer.query, layer.key, layer.value, layer.mix)] == [2, 2, 8, 16]
    x = torch.randn(2, 16, 4, 4)
    assert torch.equal(layer(x), x)
