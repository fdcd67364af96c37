"""OT-GAN's distance against energy distances, exact assignments and finite differences."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from gansuite.objectives.optimal_transport import OptimalTransport, matching


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_one_sample_a_half_is_the_energy_distance() -> None:
    """N(0,1) from N(1,1): 2 E|X - Y| - E|X - X'| - E|Y - Y'| = .5418, by the folded normal's mean."""
    m, s = 1.0, math.sqrt(2)
    folded = s * math.sqrt(2 / math.pi) * math.exp(-(m**2) / (2 * s**2)) + m * math.erf(m / (s * math.sqrt(2)))
    exact = 2 * folded - 2 * 2 / math.sqrt(math.pi)
    assert exact == pytest.approx(0.5418, abs=1e-4)
    found = OptimalTransport(cost="euclidean", iterations=1).distance(
        normal(400000, 2, 1), normal(400000, 2, 1, seed=1) + 1
    )
    assert float(found.mean()) == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize(("k", "known"), [(2, 0.648), (8, 0.990), (32, 1.407)])
def test_larger_batches_tend_to_twice_the_wasserstein_distance(k: int, known: float) -> None:
    """On the line the best matching is the sorted one, which is cheap enough for a mean over many batches."""
    n = 80000 // k
    x, y = normal(n, 2 * k, 1), normal(n, 2 * k, 1, seed=1) + 1
    (x1, x2), (y1, y2) = ([half.squeeze(2).sort(1).values for half in z.chunk(2, 1)] for z in (x, y))
    across = sum((a - b).abs().mean(1) for a in (x1, x2) for b in (y1, y2))
    exact = 0.5 * across - (x1 - x2).abs().mean(1) - (y1 - y2).abs().mean(1)
    assert float(exact.mean()) == pytest.approx(known, abs=0.02)
    found = OptimalTransport(cost="euclidean", eps=0.01, iterations=1000).distance(x[:10], y[:10])
    torch.testing.assert_close(found, exact[:10], atol=0.02, rtol=0)


def test_matching_costs_what_the_best_assignment_does() -> None:
    """A small ε against the Hungarian method, on the published cost."""
    objective = OptimalTransport()
    x, y = normal(20, 5), normal(20, 5, seed=1)
    costs = objective.costs(x, y)
    wanted = 1 - torch.nn.functional.cosine_similarity(x[:, None], y[None], dim=-1)
    torch.testing.assert_close(costs, wanted)
    rows, columns = linear_sum_assignment(costs.numpy())
    exact = float(costs[rows, columns].mean())
    assert float((matching(costs, 0.002, 2000) * costs).sum()) == pytest.approx(exact, abs=1e-3)


def test_the_default_iterations_are_enough_for_features_in_the_plane() -> None:
    """Where the matching is hardest; at a constant ε the same number of them misses the cost by nine tenths."""
    costs = OptimalTransport().costs(normal(32, 2), normal(32, 2, seed=1) + 0.5)
    rows, columns = linear_sum_assignment(costs.numpy())
    exact = float(costs[rows, columns].mean())
    assert float((matching(costs, 0.002, 100) * costs).sum()) == pytest.approx(exact, rel=0.1)


def test_matching_has_uniform_margins() -> None:
    plan = matching(normal(3, 6, 6).abs(), 0.1, 500)
    for axis in (-1, -2):
        torch.testing.assert_close(plan.sum(axis), torch.full([3, 6], 1 / 6, dtype=torch.float64))


def test_the_gradient_is_that_of_the_entropic_cost() -> None:
    """Σ M c + ε Σ M log M by finite differences, through all six matchings of the distance."""
    eps, iterations = 0.5, 400
    objective = OptimalTransport(eps=eps, iterations=iterations)
    x, y = normal(6, 3), normal(6, 3, seed=1).requires_grad_()
    (gradient,) = torch.autograd.grad(objective.distance(x, y), y)

    def entropic(a: Tensor, b: Tensor) -> float:
        costs = objective.costs(a, b)
        plan = matching(costs, eps, iterations)
        return float((plan * (costs + eps * plan.log())).sum())

    def distance(y: Tensor) -> float:
        (x1, x2), (y1, y2) = x.chunk(2), y.chunk(2)
        across = sum(entropic(a, b) for a in (x1, x2) for b in (y1, y2))
        return 0.5 * across - entropic(x1, x2) - entropic(y1, y2)

    with torch.no_grad():
        for i, j in [(0, 0), (2, 1), (5, 2)]:
            step = torch.zeros_like(y)
            step[i, j] = 1e-5
            slope = (distance(y + step) - distance(y - step)) / 2e-5
            assert float(gradient[i, j]) == pytest.approx(slope, abs=1e-7)


def test_sides_and_invariances() -> None:
    """The critic ascends what the generator descends; the order within a half and of the halves is nothing."""
    objective = OptimalTransport(eps=0.5)
    x, y = normal(8, 4), normal(8, 4, seed=1)
    cost = objective.generator(y, x)
    assert cost.shape == (8,)
    torch.testing.assert_close(objective.critic(x, y), -cost)
    torch.testing.assert_close(objective.generator(y, x[[7, 6, 5, 4, 1, 0, 3, 2]]), cost)
    torch.testing.assert_close(objective.generator(y[[2, 0, 1, 3, 7, 4, 5, 6]], 3 * x), cost)  # lengths are nothing
    with pytest.raises(ValueError, match="even"):
        objective.check(7)


def test_equal_features_have_finite_gradients() -> None:
    for cost in ("cosine", "euclidean"):
        x = torch.ones(4, 3, requires_grad=True)
        (gradient,) = torch.autograd.grad(OptimalTransport(cost=cost).distance(x, x), x)
        assert gradient.isfinite().all()
