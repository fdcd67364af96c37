"""Corners of the simplex against the dense product: values, and gradients of the first and second order."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from gansuite_graph.networks.corner_rows import CornerRows, Corners, rows, stacked

N, D = 7, 3


def made(seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    soft = torch.randn(4, 5, N, generator=generator, dtype=torch.float64).softmax(-1)
    weight = torch.randn(N, D, generator=generator, dtype=torch.float64)
    return soft, torch.randint(0, N, (4, 5), generator=generator), weight


def dense(soft: Tensor, chosen: Tensor, weight: Tensor) -> Tensor:
    """The definition: (one-hot + soft - soft's value) W."""
    return (one_hot(chosen, N).double() + (soft - soft.detach())) @ weight


def test_a_corner_has_the_values_and_the_gradients_of_the_product():
    soft, chosen, weight = made()
    toward = torch.randn(4, 5, D, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found = []
    for read in (dense, lambda s, x, w: rows(Corners(s, x), w)):
        s, w = soft.clone().requires_grad_(), weight.clone().requires_grad_()
        value = read(s, chosen, w)
        found.append((value.detach(), *torch.autograd.grad((value.sin() * toward).sum(), [s, w])))
    for plain, own in zip(*found, strict=True):
        assert torch.allclose(plain, own, rtol=0, atol=1e-12)
    assert found[1][1].abs().min() > 0, "every alternative hears of it, not the chosen one alone"


def test_by_finite_differences_too_where_the_sample_is_its_own_relaxation():
    soft, chosen, weight = made()
    weight.requires_grad_()
    assert torch.autograd.gradcheck(lambda w: CornerRows.apply(soft, chosen, w), [weight])
    backward = lambda g, w: torch.autograd.grad(  # noqa: E731 - the map whose derivative is the second one
        CornerRows.apply(s := soft.clone().requires_grad_(), chosen, w), s, g, create_graph=True
    )[0]
    toward = torch.randn(4, 5, D, dtype=torch.float64, generator=torch.Generator().manual_seed(2)).requires_grad_()
    assert torch.autograd.gradcheck(backward, [toward, weight])


def test_numbers_and_relaxed_rows_are_read_alike():
    soft, chosen, weight = made()
    assert torch.equal(rows(chosen, weight), weight[chosen])
    assert torch.allclose(rows(one_hot(chosen, N).double(), weight), rows(chosen, weight), rtol=0, atol=1e-12)
    assert torch.allclose(rows(soft, weight), soft @ weight)


@pytest.mark.parametrize("corner", [False, True])
def test_steps_are_stacked_into_walks(corner: bool):
    soft, chosen, _ = made()
    steps = [Corners(soft[:, t], chosen[:, t]) if corner else soft[:, t] for t in range(5)]
    walk = stacked(steps)
    assert torch.equal(walk.soft if corner else walk, soft)
    assert not corner or torch.equal(walk.chosen, chosen)
