"""Conditional batch normalisation against torch's, class by class."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.functional import batch_norm, one_hot

from gansuite.layers import ConditionalBatchNorm

AXES = [(12,), (6, 4), (4, 2, 2)]


@pytest.mark.parametrize("axes", AXES, ids=["signals", "pictures", "volumes"])
def test_each_class_has_its_scale_and_shift(axes):
    layer, x = ConditionalBatchNorm(5, codes=3, rank=len(axes)), torch.randn(8, 5, *axes) * 3 + 1
    for weight in (layer.scale.weight, layer.shift.weight):
        nn.init.normal_(weight)
    label = torch.arange(8) % 3
    y = layer(x, one_hot(label, 3).float())
    plain = batch_norm(x, None, None, training=True, eps=1e-5)
    ones = (1,) * len(axes)
    for i in range(8):
        scale, shift = 1 + layer.scale.weight[:, label[i]], layer.shift.weight[:, label[i]]
        torch.testing.assert_close(y[i], plain[i] * scale.view(-1, *ones) + shift.view(-1, *ones))


def test_it_begins_as_batch_norm_and_is_it_without_codes():
    layer, plain, x = ConditionalBatchNorm(4, codes=2), ConditionalBatchNorm(4, codes=0), torch.randn(6, 4, 3, 3)
    torch.testing.assert_close(layer(x, torch.randn(6, 2)), batch_norm(x, None, None, training=True))
    torch.testing.assert_close(plain(x), batch_norm(x, None, None, training=True))
    assert [name for name, _ in plain.named_parameters()] == ["norm.weight", "norm.bias"]
    assert sum(p.numel() for p in layer.parameters()) == 2 * 4 * 2  # no scale and shift of its own beside the code's


def test_at_rest_each_sample_is_made_by_itself():
    layer, x, code = ConditionalBatchNorm(4, codes=2), torch.randn(6, 4, 3, 3), torch.randn(6, 2)
    nn.init.normal_(layer.scale.weight)
    for _ in range(3):
        layer(x + 1, code)
    layer.eval()
    torch.testing.assert_close(layer(x, code)[2:3], layer(x[2:3], code[2:3]))
