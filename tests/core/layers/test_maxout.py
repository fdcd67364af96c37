"""Maxout against its definition and the convex functions it can be."""

from __future__ import annotations

import torch

from gansuite.layers import Maxout


def test_is_the_largest_of_its_affine_maps():
    layer = Maxout(3, out=4, pieces=5)
    x = torch.randn(7, 3)
    weight, bias = layer.affine.weight.view(4, 5, 3), layer.affine.bias.view(4, 5)
    expected = torch.stack([(weight[:, k] @ x.t()).t() + bias[:, k] for k in range(5)]).amax(0)
    torch.testing.assert_close(layer(x), expected)
    assert layer(x.view(1, 7, 3)).shape == (1, 7, 4)


def test_can_be_the_absolute_value():
    layer = Maxout(1, out=1, pieces=2)
    with torch.no_grad():
        layer.affine.weight.copy_(torch.tensor([[1.0], [-1.0]]))
        layer.affine.bias.zero_()
    x = torch.linspace(-2, 2, 9)[:, None]
    torch.testing.assert_close(layer(x), x.abs())


def test_is_convex():
    layer = Maxout(3, out=8, pieces=3)
    one, other = torch.randn(2, 50, 3)
    assert (layer((one + other) / 2) <= (layer(one) + layer(other)) / 2 + 1e-6).all()
