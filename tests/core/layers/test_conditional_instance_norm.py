"""Conditional instance norm against torch's instance norm, label by label."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from gansuite.layers import ConditionalInstanceNorm


@pytest.fixture
def layer():
    layer = ConditionalInstanceNorm(4, labels=3)
    torch.nn.init.normal_(layer.scale.weight)
    torch.nn.init.normal_(layer.shift.weight)
    return layer


@pytest.mark.parametrize("axes", [(9,), (5, 4)], ids=["signals", "pictures"])
def test_is_instance_norm_with_the_label_s_scale_and_shift(layer, axes):
    x, label = 5 + torch.randn(6, 4, *axes), torch.tensor([0, 1, 2, 2, 1, 0])
    result = layer(x, label)
    for i, y in enumerate(label):
        expected = functional.instance_norm(x[i : i + 1], None, None, layer.scale.weight[y], layer.shift.weight[y])
        torch.testing.assert_close(result[i : i + 1], expected, atol=1e-5, rtol=1e-4)


def test_one_hot_weights_are_labels_and_others_mix(layer):
    x, label = torch.randn(3, 4, 9), torch.tensor([2, 0, 1])
    torch.testing.assert_close(layer(x, functional.one_hot(label, 3).float()), layer(x, label))
    halfway = layer(x, torch.tensor([[0.5, 0.5, 0.0]]).expand(3, 3))
    both = layer(x, torch.tensor([0, 0, 0])) + layer(x, torch.tensor([1, 1, 1]))
    torch.testing.assert_close(halfway, both / 2)


def test_begins_as_plain_instance_norm():
    x = torch.randn(3, 4, 9)
    layer = ConditionalInstanceNorm(4, labels=3)
    torch.testing.assert_close(layer(x, torch.tensor([0, 1, 2])), functional.instance_norm(x))
