"""Relaxations: what the cost is shown, and how bias and variance go with the temperature."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Relaxation, one_hot, with_gradient_of
from gansuite.estimators.gapped_straight_through import GappedStraightThrough
from gansuite.estimators.gumbel_rao import GumbelRao
from gansuite.estimators.gumbel_softmax import GumbelSoftmax
from gansuite.estimators.sampling import gumbel
from gansuite.estimators.softmax import Softmax
from gansuite.estimators.straight_through import StraightThrough
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.studies.estimators.independent import Categorical

DRAWS = 40_000
HARD = [StraightThrough, StraightThroughGumbel, GumbelRao, GappedStraightThrough]
SOFT = [Softmax, GumbelSoftmax]


@pytest.mark.parametrize("make", HARD, ids=lambda make: make.__name__)
@pytest.mark.parametrize("temperature", [0.05, 0.7, 3.0])
def test_the_cost_is_called_with_corners_to_the_bit(make: Any, temperature: float):
    logits, seen = 4 * Rng(1).normal(500, 3, 7), []
    value = make(temperature=temperature).surrogate_of(
        logits.requires_grad_(), lambda y: (seen.append(y), y.square().sum((1, 2)))[1], Rng(2)
    )
    (y,) = seen
    assert torch.equal(y, one_hot(y.argmax(-1), 7)) and y.requires_grad
    (gradient,) = torch.autograd.grad(value, logits)
    assert gradient.isfinite().all() and gradient.abs().sum() > 0
    assert gradient.sum(-1).abs().max() < 1e-6  # a softmax does not see a shift


def test_a_value_with_the_gradient_of_another():
    hard, soft = Rng(0).normal(1000, 7), Rng(1).normal(1000, 7).requires_grad_()
    both = with_gradient_of(soft, hard)
    assert torch.equal(both, hard) and not torch.equal((hard - soft) + soft, hard)
    (gradient,) = torch.autograd.grad((both * hard).sum(), soft)
    assert torch.equal(gradient, hard)


@pytest.mark.parametrize("make", [*HARD, GumbelSoftmax], ids=lambda make: make.__name__)
def test_choices_have_the_law_of_the_logits(make: Any, logits: Tensor, near: Any):
    with torch.no_grad():
        y = make().choose(logits.expand(DRAWS, -1, -1), Rng(3), 0.5)
    corners = one_hot(y.argmax(-1), 5).flatten(1)
    near(corners, logits.double().softmax(-1).flatten())
    assert torch.allclose(y.sum(-1), torch.ones(()), atol=1e-5)


@pytest.mark.parametrize("make", [*HARD, *SOFT], ids=lambda make: make.__name__)
def test_without_noise_the_likeliest_and_in_half_precision_float32(make: Any):
    logits = torch.tensor([[0.0, 3.0, 1.0]], dtype=torch.bfloat16)
    y = make().choose(logits, None, 0.5)
    assert y.dtype == torch.float32 and y.argmax() == 1
    noisy = make().choose(logits.expand(4, 3), Rng(0), 0.5)
    assert noisy.dtype == torch.float32
    barred = torch.tensor([[0.0, -torch.inf, 1.0]]).expand(100, 3).clone().requires_grad_()
    y = make().choose(barred, Rng(1), 0.5)
    (gradient,) = torch.autograd.grad((y * torch.arange(3)).sum(), barred)
    assert (y[:, 1] == 0).all() and gradient.isfinite().all() and (gradient[:, 1] == 0).all()


def test_the_colder_the_less_bias_and_the_more_variance(shown: Any):
    place = Categorical()
    found = [
        shown(place.estimates(GumbelSoftmax(temperature=t), DRAWS, Rng(4)).gradients, place.truth)
        for t in (1.0, 0.5, 0.1)
    ]
    biases, variances = zip(*found, strict=True)
    assert biases[0] > 1.5 * biases[1] > 1.5**2 * biases[2] and 0.15 < biases[0] < 0.35 and biases[2] < 0.1
    assert 3 * variances[0] < variances[1] < variances[2] / 3


@pytest.mark.parametrize("make", [*HARD, *SOFT], ids=lambda make: make.__name__)
@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_all_point_about_where_the_gradient_does(make: Any, temperature: float):
    place = Categorical()
    mean = place.estimates(make(temperature=temperature), 10_000, Rng(5)).gradients.double().mean(0)
    assert torch.cosine_similarity(mean, place.truth, dim=0) > 0.9


@pytest.mark.parametrize("make", [Softmax, StraightThrough], ids=lambda make: make.__name__)
def test_costs_that_are_linear_in_each_choice_have_no_bias(make: Any, logits: Tensor, near: Any):
    """f = Π_t w_t · y_t: for softmax the gradient itself, for straight-through its mean."""
    w = Rng(6).normal(3, 5)
    theta = logits.double().requires_grad_()
    (truth,) = torch.autograd.grad((theta.softmax(-1) * w).sum(-1).prod(), theta)
    rows = logits.expand(DRAWS, -1, -1).clone().requires_grad_()
    value = make().surrogate_of(rows, lambda y: (y * w).sum(-1).prod(-1), Rng(7))
    (gradient,) = torch.autograd.grad(value, rows)
    near((DRAWS * gradient).flatten(1), truth.flatten())


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_gumbel_rao_has_the_mean_of_straight_through_gumbel_and_less_variance(temperature: float):
    place = Categorical()
    rough = place.estimates(StraightThroughGumbel(temperature=temperature), 3 * DRAWS, Rng(8)).gradients.double()
    last = float(rough.var(0).sum())
    for draws in (2, 10, 30):
        n = DRAWS // draws
        fine = place.estimates(GumbelRao(draws=draws, temperature=temperature), n, Rng(9)).gradients.double()
        error = (rough.var(0) / len(rough) + fine.var(0) / n).sqrt()
        assert ((rough.mean(0) - fine.mean(0)).abs() < 4.5 * error).all()
        variance = float(fine.var(0).sum())
        assert variance < last
        last = variance


def test_one_draw_of_gumbel_rao_is_straight_through_gumbel(shown: Any):
    place = Categorical()
    one = shown(place.estimates(GumbelRao(draws=1, temperature=0.5), 3 * DRAWS, Rng(10)).gradients, place.truth)
    rough = shown(place.estimates(StraightThroughGumbel(temperature=0.5), 3 * DRAWS, Rng(11)).gradients, place.truth)
    assert one == pytest.approx(rough, rel=0.05)


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_the_gradient_behind_a_choice_is_that_of_its_softmax(logits: Tensor, temperature: float):
    """Whatever was drawn: of softmax(θ / τ), and of softmax((θ + g) / τ) with the noise that drew it."""
    w, rows = Rng(12).normal(3, 5), logits.expand(4, -1, -1).clone().requires_grad_()
    noise = gumbel(rows, Rng(13)).detach()
    for make, added in ((StraightThrough, 0.0), (StraightThroughGumbel, noise)):
        y = make().choose(rows, Rng(13), temperature)
        soft = ((rows + added) / temperature).softmax(-1)
        both = [torch.autograd.grad((each * w).sum(), rows)[0] for each in (y, soft)]
        assert torch.allclose(both[0], both[1], atol=1e-6)


def test_the_gap_by_hand():
    """θ = (2, 1.5, 0, -1), drawn: the third. It is lifted to 2, and the others pushed to at most 2 - gap."""
    logits = torch.tensor([[2.0, 1.5, 0.0, -1.0]], requires_grad=True)
    estimator = GappedStraightThrough(gap=1.0)
    draws = (estimator.choose(logits, Rng(seed), 0.5) for seed in range(1000))
    y = next(y for y in draws if y[0, 2] == 1)
    (gradient,) = torch.autograd.grad((y * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum(), logits)
    moved = torch.tensor([[1.0, 1.0, 2.0, -1.0]], requires_grad=True)
    expected = ((moved / 0.5).softmax(-1) * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum()
    assert torch.allclose(gradient, torch.autograd.grad(expected, moved)[0], atol=1e-6)


def test_temperatures_over_the_rounds():
    def course(**options: Any) -> list[float]:
        return [Softmax(**options).temperature_at(round, 100) for round in (0, 50, 100, 200)]

    assert course(temperature=0.7) == [0.7] * 4
    assert course(temperature=1.0, final=0.01) == pytest.approx([1, 0.1, 0.01, 0.01])
    assert course(temperature=1.0, final=0.0 + 0.5, anneal="linear") == pytest.approx([1, 0.75, 0.5, 0.5])
    # RelGAN's published β = β_max^(i / 5000), which 2000 rounds do not finish.
    relgan: Relaxation = GumbelSoftmax(temperature=1.0, final=0.01, over=5000)
    assert 1 / relgan.temperature_at(2000, 2000) == pytest.approx(6.3096, abs=1e-4)
