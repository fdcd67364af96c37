"""Minibatch standard deviation against its definition, group by group."""

from __future__ import annotations

import pytest
import torch

from gansuite.layers import MinibatchStddev


def test_a_constant_batch_gives_zero():
    x = torch.randn(1, 6, 5).expand(8, 6, 5)
    assert MinibatchStddev(6)(x)[:, 6:].abs().max() < 1e-9


@pytest.mark.parametrize("axes", [(), (5,), (3, 2)], ids=["points", "signals", "pictures"])
def test_is_the_mean_deviation_of_each_strided_group(axes):
    x = torch.randn(8, 6, *axes)
    result = MinibatchStddev(6, features=2)(x)
    assert result.shape == (8, 8, *axes)
    assert torch.equal(result[:, :6], x)
    for i in range(8):
        group = x[i % 2 :: 2]  # two groups of four: samples 0 2 4 6 and 1 3 5 7
        for part in range(2):
            deviation = group[:, 3 * part : 3 * part + 3].std(0, correction=0).mean()
            torch.testing.assert_close(result[i, 6 + part], deviation.expand(axes), atol=2e-4, rtol=1e-5)


def test_other_groups_do_not_matter():
    x, y = torch.randn(2, 8, 3)
    x[::2] = y[::2]
    layer = MinibatchStddev(3)
    assert torch.equal(layer(x)[::2], layer(y)[::2])
    assert not torch.equal(layer(x)[1::2, 3], layer(y)[1::2, 3])


def test_small_batches_are_one_group_and_others_must_fit():
    assert MinibatchStddev(3)(torch.randn(3, 3)).shape == (3, 4)
    with pytest.raises(ValueError, match="a batch of 6 samples"):
        MinibatchStddev(3)(torch.randn(6, 3))
    with pytest.raises(ValueError, match="does not divide 3 channels"):
        MinibatchStddev(3, features=2)


def test_no_gradient_is_infinite_where_units_are_dead():
    x = torch.zeros(4, 3, requires_grad=True)
    gradient = torch.autograd.grad(MinibatchStddev(3)(x).sum(), x, create_graph=True)[0]
    second = torch.autograd.grad(gradient.square().sum(), x)[0]
    assert gradient.isfinite().all()
    assert second.isfinite().all()
