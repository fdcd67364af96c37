"""The equivariant layer: its formula, its symmetry, and that nothing linear with that symmetry is left out."""

from __future__ import annotations

import torch
from torch import nn

from gansuite.layers import EquivariantLinear


def test_formula():
    layer, x = EquivariantLinear(3, out=4), torch.randn(7, 3)
    expected = x @ layer.own.weight.t() + x.mean(0) @ layer.shared.weight.t() + layer.own.bias
    torch.testing.assert_close(layer(x), expected)
    assert EquivariantLinear(3, out=4, bias=False).own.bias is None


def test_hidden_layers_are_equivariant_and_the_mean_invariant():
    network = nn.Sequential(EquivariantLinear(3, out=16), nn.ReLU(), EquivariantLinear(16, out=4)).double()
    x, order = torch.randn(9, 3, dtype=torch.float64), torch.randperm(9)
    torch.testing.assert_close(network(x)[order], network(x[order]), atol=1e-12, rtol=0)
    torch.testing.assert_close(network(x).mean(0), network(x[order]).mean(0), atol=1e-12, rtol=0)
    assert (network(x.float().double())[order] - network(x[order])).abs().max() < 1e-6


def test_a_stack_of_sets_is_one_set_after_the_other():
    layer, x = EquivariantLinear(3, out=4), torch.randn(5, 7, 3)
    torch.testing.assert_close(layer(x), torch.stack([layer(batch) for batch in x]))


def test_the_batch_is_seen():
    layer, x = EquivariantLinear(3, out=4), torch.randn(7, 3)
    other = x.clone()
    other[1:] += 1
    assert not torch.allclose(layer(x)[0], layer(other)[0])
    assert layer.couples_batch
