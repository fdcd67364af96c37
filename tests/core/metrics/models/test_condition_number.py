"""The Jacobian's condition number against matrices whose singular values are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.autograd import Function

import gansuite.metrics.models.jacobian as module
from gansuite.metrics import MetricError, condition_number
from gansuite.metrics.models.jacobian import ConditionNumber, conditioning, jacobians


def test_the_matrix_of_compare_gan():
    """J = [[2, 1.5], [-1, 1]]: singular values 2.51158 and 1.39355, log kappa = 1.17812."""
    w = torch.tensor([[2.0, -1.0], [1.5, 1.0]], dtype=torch.float64)
    found = condition_number(lambda z: z @ w, torch.zeros(3, 2, dtype=torch.float64))
    assert found.value == pytest.approx(1.17812, abs=1e-5)
    assert found.low == found.high == found.value
    assert found.extras["spectrum"] == pytest.approx([2.51158**2, 1.39355**2], rel=1e-4)
    assert found.extras["deficient"] == 0


def test_the_spectrum_is_that_of_the_mean_product():
    """J = [[1, 2], [3, 4]] and [[2, 4], [6, 8]]: mean JᵀJ = [[25, 35], [35, 50]]."""
    w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
    z = torch.tensor([[0.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    _, spectrum, _ = conditioning(lambda z: (1 + z[:, :1].detach().round()) * (z @ w.T), z)
    assert spectrum == pytest.approx(np.linalg.eigvalsh([[25, 35], [35, 50]])[::-1])


def test_the_mean_and_interval_of_a_curved_generator():
    """G(z) = (exp z_1, z_2): log kappa = 2 |z_1|."""
    g = torch.Generator().manual_seed(0)
    z = torch.randn(200, 2, generator=g, dtype=torch.float64)
    found = condition_number(lambda z: torch.stack([z[:, 0].exp(), z[:, 1]], 1), z)
    values = 2 * z[:, 0].abs()
    assert found.value == pytest.approx(float(values.mean()))
    assert found.high - found.value == pytest.approx(1.97196 * float(values.std()) / 200**0.5, rel=1e-4)


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (4, 4)])
def test_both_routes_give_the_jacobian(shape, monkeypatch):
    k, d = shape
    g = torch.Generator().manual_seed(0)
    a, b, z = (torch.randn(*s, generator=g, dtype=torch.float64) for s in ((k, 5), (5, d), (6, k)))

    def decode(z):
        return (z @ a).tanh() @ b

    exact = torch.stack([torch.autograd.functional.jacobian(lambda one: decode(one[None])[0], one) for one in z])
    torch.testing.assert_close(jacobians(decode, z, d), exact)
    whole = conditioning(decode, z)[0]
    assert whole == pytest.approx([2 * math.log(np.linalg.cond(j)) for j in exact.numpy()], rel=1e-6)
    monkeypatch.setattr(module, "ENTRIES", 2 * k * d)  # in parts of two latents
    assert conditioning(decode, z)[0] == pytest.approx(whole, rel=1e-5)


class Cube(Function):
    """An operation whose author wrote nothing but its backward pass."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad):  # pyright: ignore[reportIncompatibleMethodOverride]
        (x,) = ctx.saved_tensors
        return 3 * x**2 * grad


def test_operations_of_ones_own_are_differentiated():
    g = torch.Generator().manual_seed(0)
    w, z = torch.randn(2, 5, generator=g), torch.randn(4, 2, generator=g)
    torch.testing.assert_close(jacobians(lambda z: Cube.apply(z) @ w, z, 5), (3 * z**2)[:, None] * w.T)


def test_lost_directions_are_counted_and_bounded(subject_of, affine):
    flat = condition_number(lambda z: z * torch.tensor([1.0, 0.0]), torch.ones(4, 2))
    assert flat.extras["deficient"] == 1
    assert flat.value == pytest.approx(-2 * math.log(torch.finfo(torch.float32).eps))
    still = condition_number(lambda z: torch.ones(len(z), 3), torch.ones(4, 2))
    assert still.value == flat.value
    with pytest.raises(MetricError, match="not finite"):
        condition_number(lambda z: z / 0, torch.ones(4, 2))


def test_a_subject_and_its_untrained_self(subject_of, affine):
    trained, untrained = (subject_of(affine(torch.diag(torch.tensor([a, 1.0])))) for a in (3.0, 1.0))
    found = ConditionNumber(points=10)(trained, untrained=untrained)
    assert found.value == pytest.approx(2 * math.log(3), rel=1e-5)
    assert found.untrained == pytest.approx(0.0, abs=1e-6)
    assert found.n_fake == 10
    one = nn.Linear(2, 2)
    assert "deficient" in ConditionNumber()(subject_of(affine(one.weight.detach()))).extras
