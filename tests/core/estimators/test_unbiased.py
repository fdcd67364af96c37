"""Estimators without bias: the mean of 200,000 estimates is the gradient that enumeration gives."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.estimators.arm import Arm
from gansuite.estimators.disarm import DisArm
from gansuite.estimators.estimator import Estimator, log_prob_of
from gansuite.estimators.importance_weighted import ImportanceWeighted
from gansuite.estimators.local_expectation import LocalExpectation
from gansuite.estimators.pathwise import Pathwise
from gansuite.estimators.ppo import PPO
from gansuite.estimators.rebar import Rebar
from gansuite.estimators.reinforce import Reinforce
from gansuite.estimators.relax import Relax
from gansuite.estimators.sampling import categorical
from gansuite.studies.estimators.independent import Binary, Categorical, DensityRatio

DRAWS = 200_000


def taught(choices: int, alternatives: int, **options: Any) -> Relax:
    """A RELAX whose control variate is not nothing."""
    estimator = Relax(**options)
    estimator.prepare(choices, alternatives)
    with torch.no_grad():
        for parameter in estimator.parameters():
            parameter.normal_(generator=torch.Generator().manual_seed(0))
    return estimator


CASES: list[tuple[str, type[Categorical], Callable[[], Estimator], int]] = [
    ("none", Categorical, lambda: Reinforce(baseline="none"), 1),
    ("ema", Categorical, lambda: Reinforce(baseline="ema"), 1),
    ("critic", Categorical, lambda: Reinforce(baseline="critic"), 1),
    *((f"rloo {k}", Categorical, Reinforce, k) for k in (2, 4, 16)),
    ("first move of ppo", Categorical, PPO, 4),
    ("rebar", Categorical, lambda: Rebar(temperature=0.5), 1),
    ("rebar cold", Categorical, lambda: Rebar(temperature=0.1, eta=0.7), 1),
    ("relax", Categorical, lambda: taught(3, 5), 1),
    ("all alternatives", Categorical, LocalExpectation, 1),
    ("arm", Binary, Arm, 1),
    ("disarm", Binary, DisArm, 1),
    ("rebar of two", Binary, lambda: Rebar(temperature=1.0), 1),
    ("relax of two", Binary, lambda: taught(5, 2, eta=0.5), 1),
    ("alternatives of two", Binary, LocalExpectation, 1),
    ("weights", DensityRatio, lambda: ImportanceWeighted(normalise=False), 4),
    ("weights, no baseline", DensityRatio, lambda: ImportanceWeighted(normalise=False, baseline=0.0), 2),
]


@pytest.mark.parametrize(("problem", "make", "samples"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_mean_is_the_gradient(problem: type[Categorical], make: Any, samples: int, near: Any):
    place, estimator = problem(), make()
    assert estimator.unbiased or isinstance(estimator, PPO)
    estimator.after(place.costs(1000, Rng(1)))
    found = place.estimates(estimator, DRAWS // samples, Rng(2), samples=samples)
    near(found.gradients, place.truth)
    assert found.evaluations == samples * estimator.evaluations(place.choices, place.alternatives)


@pytest.mark.parametrize("make", [Reinforce, Rebar, LocalExpectation, Arm, DisArm], ids=lambda make: make.__name__)
def test_scaling_and_shifting_the_cost_scales_the_gradient(make: Any, near: Any):
    place = Binary()
    plain = place.cost
    place.cost = lambda y: 3 * plain(y) - 2
    near(place.estimates(make(), DRAWS // 2, Rng(3), samples=2).gradients, 3 * place.truth)


@pytest.mark.parametrize("per_choice", [False, True])
def test_samples_that_end_early(per_choice: bool, near: Any, logits: torch.Tensor):
    """A sample ends with its first 0; what would come after is neither chosen nor charged for."""
    logits, table = logits[:, :3].clone(), Rng(5, "cost").uniform(27)

    def held(x: torch.Tensor) -> torch.Tensor:
        return torch.cat([torch.zeros_like(x[:, :1]), (x[:, :-1] == 0).long()], 1).cumsum(1) == 0

    def cost(x: torch.Tensor) -> torch.Tensor:
        x = torch.where(held(x), x, 0)
        return table[x[:, 0] * 9 + x[:, 1] * 3 + x[:, 2]]

    theta = logits.double().requires_grad_()
    mean = torch.zeros((), dtype=torch.float64)
    for sample in itertools.product(range(3), repeat=3):
        x = torch.tensor([sample])
        mean = mean + log_prob_of(theta.unsqueeze(0), x).sum().exp() * cost(x)[0]
    (truth,) = torch.autograd.grad(mean, theta)

    n, samples = DRAWS, 4
    rows = logits.expand(n, -1, -1).clone().requires_grad_()
    x = categorical(rows.detach(), Rng(6))
    f = cost(x).unsqueeze(1).expand(-1, 3) if per_choice else cost(x)
    value = Reinforce().surrogate(log_prob_of(rows, x), f, held(x), group=samples)
    (gradient,) = torch.autograd.grad(value, rows)
    near((n // samples) * gradient.view(-1, samples, 9).sum(1), truth.flatten())


def test_pathwise_is_the_gradient_of_a_smoothed_cost(near: Any):
    """f(y) = Σ sin y under N(μ, σ²) has the mean Σ exp(-σ²/2) sin μ."""
    means, sigma = torch.tensor([[0.3, -1.0], [2.0, 0.7]]), 0.8
    rows = means.expand(DRAWS, -1, -1).clone().requires_grad_()
    value = Pathwise(temperature=sigma).surrogate_of(rows, lambda y: y.sin().sum((1, 2)), Rng(7))
    (gradient,) = torch.autograd.grad(value, rows)
    near((DRAWS * gradient).flatten(1), (math.exp(-(sigma**2) / 2) * means.double().cos()).flatten())
