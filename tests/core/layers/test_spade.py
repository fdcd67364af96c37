"""SPADE: a constant map makes it conditional normalisation; another map acts where it differs."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from gansuite.layers import ConditionalInstanceNorm, Spade

AXES = {1: (12,), 2: (6, 8), 3: (4, 4, 4)}


def constant(rank, label, classes=3):
    """One-hot map of one class everywhere, half the size of the features."""
    one_hot = functional.one_hot(label, classes).float()
    return one_hot.view(*one_hot.shape, *(1 for _ in AXES[rank])).expand(-1, -1, *(n // 2 for n in AXES[rank]))


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_constant_map_is_conditional_normalisation(rank):
    layer, x, label = Spade(4, map=3, rank=rank, hidden=8), torch.randn(5, 4, *AXES[rank]), torch.arange(5) % 3
    conditional = ConditionalInstanceNorm(4, labels=3)
    with torch.no_grad():
        # What the three convolutions make of each class, from a single place with its copies all around.
        taps = [convolution.weight.flatten(2).sum(2) for convolution in (layer.shared, layer.scale, layer.shift)]
        read = functional.relu(taps[0].t() + layer.shared.bias)
        conditional.scale.weight.copy_(1 + read @ taps[1].t() + layer.scale.bias)
        conditional.shift.weight.copy_(read @ taps[2].t() + layer.shift.bias)
    torch.testing.assert_close(layer(x, constant(rank, label)), conditional(x, label), atol=1e-5, rtol=1e-4)


def test_a_map_acts_where_it_differs():
    layer, x = Spade(4, map=1, rank=1, hidden=8), torch.randn(2, 4, 32)
    plain = torch.zeros(2, 1, 32)
    marked = plain.clone()
    marked[:, :, 16] = 1
    apart = (layer(x, plain) - layer(x, marked)).abs().amax((0, 1))
    assert apart[14:19].min() > 0  # two convolutions of three taps reach two places
    assert apart[:14].max() == apart[19:].max() == 0


def test_batch_statistics_as_published():
    layer, x, map = Spade(4, map=3, rank=1, norm="batch"), 5 + torch.randn(6, 4, 12), torch.randn(6, 3, 12)
    read = functional.relu(layer.shared(map))
    expected = (1 + layer.scale(read)) * functional.batch_norm(x, None, None, training=True) + layer.shift(read)
    torch.testing.assert_close(layer(x, map), expected)
    with pytest.raises(ValueError, match="odd"):
        Spade(4, map=3, size=4)
