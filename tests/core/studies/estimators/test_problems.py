"""The problems' exact gradients against sums written out, and what a text game would pay for roll-outs."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Estimator, one_hot
from gansuite.estimators.gumbel_softmax import GumbelSoftmax
from gansuite.estimators.reinforce import Reinforce
from gansuite.estimators.softmax import Softmax
from gansuite.studies.estimators.independent import Binary, Categorical
from gansuite.studies.estimators.problem import every, place_of
from gansuite.studies.estimators.sequence import Sequence


@pytest.mark.parametrize("make", [Categorical, Binary])
def test_choices_by_a_sum_over_all_samples(make: type[Categorical]):
    """∂/∂θ of Σ_x p(x) f(x) by central differences, p by hand."""
    place = make()
    c, k = place.choices, place.alternatives

    def mean(theta: Tensor) -> float:
        p, total = theta.softmax(-1), 0.0
        for x in itertools.product(range(k), repeat=c):
            share = math.prod(float(p[t, v]) for t, v in enumerate(x))
            total += share * float(place.cost(one_hot(torch.tensor([x]), k).double()))
        return total

    theta = place.logits.double()
    assert mean(theta) == pytest.approx(place.mean)
    for t, v in [(0, 0), (c - 1, k - 1), (1, 1)]:
        step = torch.zeros_like(theta)
        step[t, v] = 1e-4
        slope = (mean(theta + step) - mean(theta - step)) / 2e-4
        assert slope == pytest.approx(float(place.truth.view(c, k)[t, v]), abs=1e-8)


def test_sequences_by_a_sum_over_all_of_them():
    place = Sequence()
    tables = [table.double().requires_grad_() for table in place.tables]
    states = every(5, 4)
    x, log_p = states.argmax(-1), torch.zeros(1024, dtype=torch.float64)
    assert torch.equal(place_of(x, 4), torch.arange(1024))
    for t, table in enumerate(tables):
        beginning = sum((x[:, s] * 4 ** (t - 1 - s) for s in range(t)), torch.zeros(1024, dtype=torch.int64))
        log_p = log_p + table.log_softmax(1)[beginning, x[:, t]]
    mean = (log_p.exp() * place.cost(states.double())).sum()
    truth = torch.cat([g.flatten() for g in torch.autograd.grad(mean, tables)])
    assert torch.allclose(truth, place.truth, atol=1e-12) and len(truth) == 1364
    assert float(place.worth[0]) == pytest.approx(float(mean.detach()))


def test_a_relaxed_beginning_at_a_corner_is_the_beginning():
    place = Sequence()
    y, shares, _ = place.walk(200, lambda logits: one_hot(logits.argmax(-1), 4))
    for t in range(1, 5):
        assert torch.equal(shares[t].argmax(-1), place_of(y[:, :t].argmax(-1), 4))
        assert torch.equal(shares[t].sum(1), torch.ones(200))


def projected(gradients: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Fifty random directions: single parameters behind rare beginnings have too few draws for a normal law."""
    directions = Rng(0, "directions").normal(len(truth), 50).double()
    return gradients.double() @ directions, truth @ directions


CASES: list[tuple[str, dict[str, Any], int, str, int]] = [
    ("none", {"baseline": "none"}, 1, "whole", 20_000),
    ("perfect critic", {"baseline": "critic"}, 1, "whole", 20_000),
    ("rloo", {}, 17, "whole", 4_000),
    ("exact advantage", {"baseline": "critic"}, 1, "exact", 20_000),
    ("rollouts", {"baseline": "none"}, 1, "rollouts-4", 20_000),
    ("less previous prefix", {"baseline": "none"}, 1, "rollouts-4-previous", 20_000),
]


@pytest.mark.parametrize(("options", "samples", "credit", "draws"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_on_sequences_the_mean_is_the_gradient(options: Any, samples: int, credit: str, draws: int):
    place = Sequence()
    found = place.estimates(Reinforce(**options), draws, Rng(1), samples=samples, credit=credit)
    rows, truth = projected(found.gradients, place.truth)
    error = rows.std(0) / math.sqrt(draws)
    assert ((rows.mean(0) - truth).abs() < 4.5 * error).all()


def variance(estimator: Estimator, samples: int = 1, credit: str = "whole", draws: int = 4_000) -> float:
    rows = Sequence().estimates(estimator, draws, Rng(2), samples=samples, credit=credit).gradients
    return float(rows.var(0).sum())


def test_leave_one_out_beats_rollouts_at_the_same_evaluations():
    """65 evaluations: sixteen ends of four beginnings and the sample, or sixty-five samples.

    What roll-outs lack is a baseline: even the exact Q does no better, and the exact advantage does.
    """
    place, plain = Sequence(), Reinforce(baseline="none")
    one, four, sixteen = (variance(plain, credit=f"rollouts-{n}") for n in (1, 4, 16))
    less = [variance(plain, credit=f"rollouts-{n}-previous") for n in (1, 4, 16)]
    rloo = [variance(Reinforce(), samples=k, draws=1500) for k in (4, 17, 65)]
    exact, advantage = (
        variance(plain, credit="exact"),
        variance(Reinforce(baseline="critic"), credit="exact"),
    )
    assert place.estimates(plain, 100, Rng(3), credit="rollouts-16").evaluations == 65
    assert place.estimates(Reinforce(), 100, Rng(3), samples=65).evaluations == 65
    assert variance(plain) > 0.95 * one > 0.95 * four > 0.9 * sixteen > 0.85 * exact > 0.6 * variance(plain)
    assert less[0] > less[1] > less[2] > advantage and less[0] < one / 2
    assert rloo[0] > 3 * rloo[1] > 9 * rloo[2]
    assert sixteen > 100 * rloo[2] and less[2] > 10 * rloo[2]


def test_rollouts_keep_the_beginning_and_are_worth_what_it_is_worth():
    place = Sequence()
    x = torch.tensor([[0, 1, 2, 3, 0], [3, 3, 0, 0, 1]])
    ends = place.ends(x, Rng(4), 20_000)
    assert ends.shape == (4, 2, 20_000, 5)
    worth = place.before(x, 1)
    for t in range(4):
        kept = x[:, : t + 1].unsqueeze(1)
        assert (ends[t, :, :, : t + 1] == kept).all()
        costs = place.cost(one_hot(ends[t].flatten(0, 1), 4)).view(2, -1)
        error = costs.std(1) / math.sqrt(20_000)
        assert ((costs.mean(1) - worth[:, t]).abs() < 4.5 * error).all()


def test_relaxations_of_sequences_have_bias_that_falls_with_the_temperature(shown: Any):
    place = Sequence()
    found = [
        shown(place.estimates(GumbelSoftmax(temperature=t), 4_000, Rng(5)).gradients, place.truth) for t in (1.0, 0.5)
    ]
    assert 0.3 < found[0][0] < 0.6 and found[1][0] < 0.8 * found[0][0] and found[1][1] > 3 * found[0][1]
    assert shown(place.estimates(Softmax(), 10, Rng(5)).gradients, place.truth)[0] > found[0][0]
