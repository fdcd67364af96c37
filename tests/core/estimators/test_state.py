"""Baselines and learnt control variates: what they are, what they learn, and that they can be put away."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.arm import Arm
from gansuite.estimators.baseline import left_out
from gansuite.estimators.estimator import log_prob_of
from gansuite.estimators.importance_weighted import ImportanceWeighted
from gansuite.estimators.ppo import PPO, deviation
from gansuite.estimators.rebar import relaxed_pair
from gansuite.estimators.reinforce import Reinforce
from gansuite.estimators.relax import Relax
from gansuite.estimators.sampling import categorical
from gansuite.studies.estimators.independent import Categorical


def test_leave_one_out_by_hand():
    cost = torch.tensor([1.0, 2.0, 6.0, 10.0])
    assert torch.allclose(left_out(cost, None, 4), torch.tensor([-5.0, -11 / 3, 5 / 3, 7.0]))
    assert torch.allclose(left_out(cost, None, 2), torch.tensor([-1.0, 1.0, -4.0, 4.0]))


def test_leave_one_out_at_each_place_among_those_that_are_there():
    """Against a loop over samples and places."""
    n, c = 12, 5
    cost = Rng(1).normal(n, c)
    length = 1 + (Rng(2).uniform(n) * c).long()
    length[3:6] = torch.tensor([2, 5, 1])  # a group where one alone has the last places
    mask = torch.arange(c) < length.unsqueeze(1)
    found = left_out(torch.where(mask, cost, torch.nan), mask, 3)
    for i in range(n):
        others = [j for j in range(i // 3 * 3, i // 3 * 3 + 3) if j != i]
        for t in range(int(length[i])):
            there = [cost[j, t] for j in others if mask[j, t]]
            there = there or [cost[j, s] for j in others for s in range(c) if mask[j, s]]
            assert found[i, t] == pytest.approx(float(cost[i, t] - sum(there) / len(there)), abs=1e-5)
    assert found[mask].isfinite().all()


def test_the_running_mean_lags_by_a_move():
    estimator, decay = Reinforce(baseline="ema", decay=0.5), 0.5
    log_prob, seen = torch.zeros(2, 1, requires_grad=True), []
    for cost in ([4.0, 8.0], [1.0, 3.0], [10.0, 0.0]):
        (gradient,) = torch.autograd.grad(estimator.surrogate(log_prob, torch.tensor(cost)), log_prob)
        weights = [decay**s for s in range(len(seen), 0, -1)]
        expected = sum(w * m for w, m in zip(weights, seen, strict=True)) / sum(weights) if seen else 0.0
        assert 2 * gradient.flatten() == pytest.approx([x - expected for x in cost])
        estimator.after(torch.tensor(cost))
        seen.append(sum(cost) / 2)


def test_the_running_mean_counts_choices_that_are_there():
    estimator = Reinforce(baseline="ema")
    cost = torch.tensor([[1.0, torch.nan], [2.0, 6.0]])
    estimator.after(cost, torch.tensor([[True, False], [True, True]]))
    baseline = estimator.baseline
    assert float(baseline.total / baseline.weight) == pytest.approx(3.0)


@pytest.mark.parametrize("make", [lambda: Reinforce(baseline="ema"), Relax], ids=["ema", "relax"])
def test_state_is_put_away_and_taken_up_to_the_bit(make: Any):
    place, one = Categorical(), make()
    one.prepare(3, 5)
    with torch.no_grad():
        for parameter in one.parameters():
            parameter.normal_(generator=torch.Generator().manual_seed(1))
    one.after(torch.tensor([0.2, 0.7]))
    one.after(torch.tensor([0.3, 0.1]))
    assert one.state_dict()
    other = make()
    other.prepare(3, 5)
    before = place.estimates(other, 64, Rng(2)).gradients
    other.load_state_dict({key: value.clone() for key, value in one.state_dict().items()})
    mine, others = (place.estimates(each, 64, Rng(2)).gradients for each in (one, other))
    assert torch.equal(mine, others) and not torch.equal(mine, before)
    one.after(torch.tensor([0.9]))
    other.after(torch.tensor([0.9]))
    assert all(torch.equal(a, b) for a, b in zip(one.buffers(), other.buffers(), strict=True))


def test_relax_learns_from_the_gradient_of_its_variance():
    """The gradient by φ is that of the mean square of the estimate, which finite differences give."""
    place, estimator = Categorical(), Relax(width=8, eta=0.5)
    estimator.prepare(3, 5)
    estimator.double()
    with torch.no_grad():
        for parameter in estimator.parameters():
            parameter.normal_(generator=torch.Generator().manual_seed(1))
    rows = place.logits.double().expand(32, -1, -1).clone().requires_grad_()
    parameters = list(estimator.parameters())
    found = torch.autograd.grad(estimator.surrogate_of(rows, place.cost, Rng(3)), parameters)

    def square() -> float:
        (g,) = torch.autograd.grad(estimator.surrogate_of(rows, place.cost, Rng(3)), rows)
        return float((32 * g).square().sum() / 32)

    for parameter, gradient in zip(parameters, found, strict=True):
        flat, index = parameter.data.view(-1), int(gradient.abs().argmax())
        kept, values = float(flat[index]), []
        for step in (1e-5, -1e-5):
            flat[index] = kept + step
            values.append(square())
        flat[index] = kept
        assert float(gradient.flatten()[index]) == pytest.approx((values[0] - values[1]) / 2e-5, rel=1e-4)


def test_relax_becomes_quieter(shown: Any):
    place, estimator = Categorical(), Relax()
    estimator.prepare(3, 5)
    adam = torch.optim.Adam(estimator.parameters(), 0.02)
    _, before = shown(place.estimates(estimator, 10_000, Rng(4)).gradients, place.truth)
    for step in range(100):
        adam.zero_grad()
        place.surrogate(estimator, place.logits.expand(128, -1, -1), place.cost, Rng(5, index=step)).backward()
        adam.step()
    _, after = shown(place.estimates(estimator, 10_000, Rng(6)).gradients, place.truth)
    _, best = shown(place.estimates(Reinforce(baseline="critic"), 10_000, Rng(6)).gradients, place.truth)
    assert after < best < before / 2


def test_the_two_relaxed_points_are_one(logits: Tensor):
    """z̃ is z as a number; only the way to the logits differs, and its sum over draws of z̃ alone is 0 for f = 1."""
    x, point = relaxed_pair(logits.expand(100, -1, -1).clone().requires_grad_(), Rng(7), 0.5)
    assert torch.allclose(point.sum(-1), torch.ones(()), atol=1e-5)
    assert (point.argmax(-1) == x).all() and point.requires_grad


@pytest.mark.parametrize("make", [Reinforce, PPO, ImportanceWeighted], ids=lambda make: make.__name__)
@pytest.mark.parametrize("per_choice", [False, True])
def test_what_is_no_choice_is_not_moved(make: Any, per_choice: bool):
    log_prob = Rng(12).normal(6, 3).requires_grad_()
    mask = torch.tensor([[True, True, False], [True, False, False], [True, True, True]]).repeat(2, 1)
    cost = -Rng(13).uniform(6)
    if per_choice:
        cost = torch.where(mask, cost.unsqueeze(1), torch.nan)
    (gradient,) = torch.autograd.grad(make().surrogate(log_prob, cost, mask), log_prob)
    assert (gradient[~mask] == 0).all() and (gradient[mask] != 0).all()


def test_the_clip_leaves_alone_what_has_moved_far_enough():
    """Ratios of 1.5 and 0.5 with ε = 0.2: only those on the wrong side are pulled back."""
    ratio = torch.tensor([[1.5], [1.5], [0.5], [0.5]])
    log_prob = ratio.log().requires_grad_()
    cost = torch.tensor([1.0, -1.0, 1.0, -1.0])
    estimator = PPO(baseline="none")
    assert estimator.replays == 4
    value = estimator.surrogate(log_prob, cost, old_log_prob=torch.zeros(4, 1))
    (gradient,) = torch.autograd.grad(value, log_prob)
    assert float(value.detach()) == pytest.approx((1.5 - 1.2 + 0.8 - 0.5) / 4)
    assert gradient.flatten() == pytest.approx([1.5 / 4, 0.0, 0.0, -0.5 / 4])


def test_normalised_advantages_do_not_see_the_scale_of_rewards():
    rows = Categorical().logits.expand(64, -1, -1)
    x = categorical(rows, Rng(8))
    log_prob, cost, mask = log_prob_of(rows, x).requires_grad_(), Rng(9).normal(64), Rng(10).uniform(64, 3) < 0.8
    one, hundred = (
        torch.autograd.grad(PPO(normalise=True).surrogate(log_prob, scale * cost, mask), log_prob)[0]
        for scale in (1.0, 100.0)
    )
    assert torch.allclose(one, hundred, atol=1e-6)
    values = Rng(11).normal(64, 3)
    assert float(deviation(values, mask)) == pytest.approx(float(values[mask].std(correction=0)), rel=1e-5)


def test_what_cannot_be_is_told():
    x, two = torch.zeros(3, 1), torch.zeros(3)
    for wrong in (1, 2):
        with pytest.raises(UserError, match="rloo compares samples"):
            Reinforce().surrogate(x, two, group=wrong)
    with pytest.raises(UserError, match="critic needs a generator that predicts values"):
        Reinforce(baseline="critic").surrogate(x, two)
    with pytest.raises(UserError, match="two alternatives"):
        Arm().surrogate_of(torch.zeros(2, 1, 3), lambda y: y.sum((1, 2)), Rng(0))
