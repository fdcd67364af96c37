"""Estimators against each other, sample by sample where they are equal; and in the order that theory puts them in."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.arm import Arm
from gansuite.estimators.disarm import DisArm
from gansuite.estimators.estimator import Estimator, ScoreFunction, log_prob_of, one_hot
from gansuite.estimators.local_expectation import LocalExpectation
from gansuite.estimators.ppo import PPO
from gansuite.estimators.rebar import Rebar
from gansuite.estimators.reinforce import Reinforce
from gansuite.estimators.relax import Relax
from gansuite.estimators.sampling import categorical
from gansuite.studies.estimators.independent import Binary, Categorical, DensityRatio

DRAWS = 30_000


def gradients(estimator: Estimator, n: int = 1000, seed: int = 1, place: Categorical | None = None) -> Tensor:
    return (place or Categorical()).estimates(estimator, n, Rng(seed)).gradients


def test_rebar_without_its_control_variate_is_reinforce():
    plain = gradients(Reinforce(baseline="none"))
    assert torch.allclose(gradients(Rebar(eta=0.0)), plain, atol=2e-6)
    assert not torch.allclose(gradients(Rebar(eta=1.0)), plain, atol=1e-2)


def test_relax_before_it_has_learnt_is_reinforce_and_with_eta_rebar():
    assert torch.allclose(gradients(Relax()), gradients(Reinforce(baseline="none")), atol=2e-6)
    rebar = gradients(Rebar(eta=1.0, temperature=0.5))
    assert torch.allclose(gradients(Relax(eta=1.0, temperature=0.5)), rebar, atol=2e-6)


def test_the_first_move_of_ppo_is_reinforce():
    for samples in (2, 8):
        ppo, plain = (Categorical().estimates(e, 500, Rng(1), samples=samples).gradients for e in (PPO(), Reinforce()))
        assert torch.allclose(ppo, plain, atol=1e-7)


def test_disarm_is_the_mean_of_arm_given_the_two_samples():
    """Rows whose pairs of samples are the same are averaged: ARM's mean is DisARM's value."""
    place, pairs = Binary(), []
    plain = place.cost
    place.cost = lambda y: (pairs.append(y.argmax(-1)), plain(y))[1]
    arm = gradients(Arm(), 200_000, 3, place)
    x, other = pairs.pop().chunk(2)
    disarm = gradients(DisArm(), 200_000, 3, place)
    assert torch.equal(torch.cat([x, other]), pairs.pop())  # the same noise gives the same pairs
    key = torch.cat([x, other], 1) @ (2 ** torch.arange(10))
    patterns, place_of_each, counts = key.unique(return_inverse=True, return_counts=True)
    assert len(patterns) > 20
    for pattern in counts.argsort(descending=True)[:20]:
        rows = arm[place_of_each == pattern].double()
        value = disarm[place_of_each == pattern][0]
        error = rows.std(0) / len(rows) ** 0.5
        assert ((rows.mean(0) - value).abs() < 4.5 * error + 1e-7).all()
    assert disarm.var(0).sum() < arm.var(0).sum()
    assert (disarm.var(0) <= 1.01 * arm.var(0)).all()


def test_variances_stand_in_the_order_of_theory(shown: Any):
    place, n = Categorical(), DRAWS

    def variance(estimator: Estimator, samples: int = 1) -> float:
        return shown(place.estimates(estimator, n, Rng(5), samples=samples).gradients, place.truth)[1]

    none = variance(Reinforce(baseline="none"))
    best = variance(Reinforce(baseline="critic"))
    pairs, four, sixteen = (variance(Reinforce(), k) for k in (2, 4, 16))
    # Leave-one-out of k has the variance of a mean over k with a perfect constant, and what its own noise adds.
    assert pairs < none / 2 and four < none / 4 and sixteen < none / 16
    for k, found in ((2, pairs), (4, four), (16, sixteen)):
        assert best / k < found < 1.15 * best * k / (k - 1) / k
    assert variance(Rebar(temperature=0.5)) < 0.7 * best < 0.7 * none
    assert variance(LocalExpectation()) < sixteen
    binary = Binary()
    arm, disarm, lone = (
        shown(binary.estimates(each, n, Rng(6)).gradients, binary.truth)[1]
        for each in (Arm(), DisArm(), Reinforce(baseline="none"))
    )
    assert disarm < arm < lone


@pytest.mark.parametrize("make", [Reinforce, PPO, Arm, DisArm], ids=lambda make: make.__name__)
def test_a_constant_more_in_the_cost_changes_nothing(make: Any):
    place, shifted = Binary(), Binary()
    plain = place.cost
    shifted.cost = lambda y: plain(y) + 8.0
    one, other = (each.estimates(make(), 1000, Rng(7), samples=2).gradients for each in (place, shifted))
    assert torch.allclose(one, other, atol=1e-5)
    raw = [each.estimates(Reinforce(baseline="none"), 1000, Rng(7)).gradients for each in (place, shifted)]
    assert float((raw[1] - raw[0]).abs().max()) > 1  # where nothing is subtracted it does


@pytest.mark.parametrize("per_choice", [False, True])
@pytest.mark.parametrize("make", [Reinforce, lambda: PPO(normalise=True)], ids=["reinforce", "ppo"])
def test_a_constant_cost_moves_nothing_at_all(make: Any, per_choice: bool):
    """100 moves at a cost of 0.3 leave the law as it is, to the bit."""
    theta = Rng(8).normal(3, 5).requires_grad_()
    before = theta.detach().clone()
    for step in range(100):
        rows = theta.expand(64, -1, -1)
        x = categorical(rows.detach(), Rng(9, index=step))
        cost, mask = torch.full((64, 3) if per_choice else (64,), 0.3), x.cumsum(1) - x < 5
        mask[:, 0] = True
        value = make().surrogate(log_prob_of(rows, x), cost, mask)
        (gradient,) = torch.autograd.grad(value, theta)
        assert not gradient.any()
        with torch.no_grad():
            theta -= gradient
    assert torch.equal(theta, before)


def test_a_constant_cost_with_a_running_mean_leaves_the_entropy():
    """Only the first move, before anything is known, is pushed about; leave that out, and nothing moves."""
    theta, estimator = Rng(8).normal(3, 5).requires_grad_(), Reinforce(baseline="ema")
    before = theta.detach().clone()
    for step in range(100):
        rows = theta.expand(64, -1, -1)
        x = categorical(rows.detach(), Rng(9, index=step))
        cost = torch.full((64,), 0.3)
        (gradient,) = torch.autograd.grad(estimator.surrogate(log_prob_of(rows, x), cost), theta)
        estimator.after(cost)
        assert gradient.abs().max() < (0.1 if step == 0 else 1e-7)
        assert gradient.any() or step
        if step:
            with torch.no_grad():
                theta -= gradient
    assert torch.allclose(theta, before, atol=1e-6)


EVERYONE = ["softmax", "gumbel-softmax", "straight-through", "straight-through-gumbel", "gumbel-rao"]
EVERYONE += ["gapped-straight-through", "reinforce", "ppo", "rebar", "relax", "arm", "disarm", "local-expectation"]


def make(name: str) -> Estimator:
    from gansuite.studies.estimators.measure import made

    return made({"name": name})


@pytest.mark.parametrize("name", EVERYONE)
def test_a_move_lowers_the_expected_cost(name: str):
    place, estimator = Binary(), make(name)
    for step in range(20):
        rows = place.logits.expand(2000, -1, -1).clone().requires_grad_()
        value = place.surrogate(estimator, rows, place.cost, Rng(10, index=step), 2000)
        (gradient,) = torch.autograd.grad(value, rows)
        place.logits = place.logits - 2.0 * gradient.sum(0)
    later = Binary()
    later.logits = place.logits
    later.solve(place.cost)
    assert later.mean < Binary().mean - 0.02


def test_a_move_along_weights_raises_the_likelihood():
    place, before = DensityRatio(), DensityRatio()
    target = -before.cost(before.states) * before.probability(before.logits.double())
    first = float((target * before.probability(before.logits.double()).log()).sum())
    rows = place.logits.expand(2000, -1, -1).clone().requires_grad_()
    value = place.surrogate(make("importance-weighted"), rows, place.cost, Rng(11), 2000)
    (gradient,) = torch.autograd.grad(value, rows)
    then = float((target * place.probability((place.logits - gradient.sum(0)).double()).log()).sum())
    assert then > first + 0.01


@pytest.mark.parametrize("name", [*EVERYONE, "importance-weighted"])
def test_no_gradient_leaks_into_what_pays(name: str):
    """Score functions, and whatever else asks for values alone, leave the critic's parameters untouched."""
    weight = Rng(12).uniform(10).requires_grad_()
    estimator, rows = make(name), Binary().logits.expand(64, -1, -1).clone().requires_grad_()
    sign = -1.0 if name == "importance-weighted" else 1.0

    def cost(y: Tensor) -> Tensor:
        return sign * (y.flatten(1) * weight).sum(1)

    if isinstance(estimator, ScoreFunction):
        x = categorical(rows.detach(), Rng(13))
        value = estimator.surrogate(log_prob_of(rows, x), cost(one_hot(x, 2)))
    else:
        value = estimator.surrogate_of(rows, cost, Rng(13))
    leak, moves = torch.autograd.grad(value, [weight, rows], allow_unused=True)
    assert moves is not None and moves.any()
    if "relaxed" not in estimator.needs:
        assert leak is None


def test_relaxed_needs_are_told_by_what_is_asked_of_the_cost():
    """Who says that values are enough is content with a cost that has no derivative."""
    table = Rng(14).uniform(32)
    for name in [*EVERYONE, "importance-weighted"]:
        estimator, rows = make(name), Binary().logits.expand(8, -1, -1).clone().requires_grad_()
        if "relaxed" in estimator.needs or "weights" in estimator.needs:
            continue

        def cost(y: Tensor) -> Tensor:
            assert not y.requires_grad and torch.equal(y, one_hot(y.argmax(-1), 2))
            return table[y.argmax(-1) @ (2 ** torch.arange(5))]

        (gradient,) = torch.autograd.grad(estimator.surrogate_of(rows, cost, Rng(15)), rows)
        assert gradient.any(), name


@pytest.mark.parametrize("name", [*EVERYONE, "importance-weighted"])
def test_nothing_waits_for_the_device(name: str):
    """On the meta device, where no number exists, a step would fail as soon as one is looked at."""
    estimator, rows = make(name), torch.zeros(16, 3, 2, device="meta", requires_grad=True)
    estimator.prepare(3, 2)
    estimator.to("meta")
    value = estimator.surrogate_of(rows, lambda y: y.square().sum((1, 2)), Rng(0, device="meta"))
    (gradient,) = torch.autograd.grad(value, rows)
    assert gradient.shape == rows.shape and gradient.is_meta
    if isinstance(estimator, ScoreFunction):
        shape, mask = (16, 3), torch.ones(16, 3, dtype=torch.bool, device="meta")
        log_prob, cost = torch.zeros(shape, device="meta", requires_grad=True), torch.zeros(shape, device="meta")
        assert estimator.surrogate(log_prob, cost, mask, group=4).is_meta
        estimator.after(cost, mask)
