"""f-GAN against the divergences themselves: conjugates, optima, bounds, gradients."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gansuite.objectives.f_divergence import DIVERGENCES, FDivergence
from gansuite.objectives.minimax import Minimax

GRID = torch.linspace(-12, 14, 40001, dtype=torch.float64)
F: dict[str, Callable[[Tensor], Tensor]] = {
    "kl": lambda u: u * u.log(),
    "reverse-kl": lambda u: -u.log(),
    "pearson": lambda u: (u - 1) ** 2,
    "js": lambda u: u * u.log() - (u + 1) * ((u + 1) / 2).log(),
}
BEST: dict[str, Callable[[Tensor], Tensor]] = {  # the output v whose activation is f'(u)
    "kl": lambda u: 1 + u.log(),
    "reverse-kl": lambda u: u.log(),
    "pearson": lambda u: 2 * (u - 1),
    "js": lambda u: u.log(),
}
P = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)
Q = torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64)
everyone = pytest.mark.parametrize("name", list(F))


def bound(objective: FDivergence, v: Tensor, p: Tensor, q: Tensor, integral: Callable = torch.sum) -> Tensor:
    return -integral(p * objective.on_real(v) + q * objective.on_fake(v))


def density(mean: float | Tensor) -> Tensor:
    return torch.exp(-0.5 * (GRID - mean) ** 2) / math.sqrt(2 * math.pi)


@everyone
def test_conjugate_is_the_supremum(name: str) -> None:
    """f*(t) = sup_u {u t - f(u)} on a fine grid of u, at t = g_f(v)."""
    u = torch.logspace(-6, 4, 400001, dtype=torch.float64)
    for v in torch.linspace(-1.5, 2, 8, dtype=torch.float64):
        t = DIVERGENCES[name].activation(v)
        assert float(DIVERGENCES[name].conjugate(v)) == pytest.approx(float((u * t - F[name](u)).max()), abs=1e-6)


@everyone
def test_the_inner_maximum_is_the_divergence(name: str) -> None:
    """Four points: the best critic, found by Newton's kind of ascent, attains Σ q f(p/q); any other stays below."""
    objective = FDivergence(divergence=name)
    exact = float((Q * F[name](P / Q)).sum())
    v = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    ascent = torch.optim.LBFGS([v], max_iter=200, tolerance_grad=1e-10, line_search_fn="strong_wolfe")

    def minus_bound() -> Tensor:
        ascent.zero_grad()
        value = -bound(objective, v, P, Q)
        value.backward()
        return value

    ascent.step(minus_bound)
    assert float(bound(objective, v, P, Q).detach()) == pytest.approx(exact, abs=1e-9)
    others = torch.randn(200, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert all(float(bound(objective, other, P, Q)) < exact for other in others)


@pytest.mark.parametrize(
    ("name", "value"), [("kl", 0.5), ("reverse-kl", 0.5), ("pearson", math.e - 1), ("js", 2 * 0.111421)]
)
def test_shifted_gaussians(name: str, value: float) -> None:
    """N(0,1) from N(1,1): KL ½ both ways, χ² = e - 1, and the paper's f of JS gives 2 JS."""
    p, q = density(0.0), density(1.0)
    found = bound(FDivergence(divergence=name), BEST[name](p / q), p, q, lambda y: torch.trapezoid(y, GRID))
    assert float(found) == pytest.approx(value, abs=2e-6)


@pytest.mark.parametrize(
    ("name", "slope"),
    [("kl", 0.8), ("reverse-kl", 0.8), ("pearson", 1.6 * math.exp(0.64)), ("js", 0.344259)],
    ids=list(F),
)
def test_the_generator_descends_the_divergence(name: str, slope: float) -> None:
    """At mu = .8 and the frozen best critic its slope is that of the divergence: mu, mu, 2 mu exp(mu²), (2 JS)'."""
    mu = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    best = BEST[name](density(0.0) / density(0.8))
    cost = torch.trapezoid(density(mu) * FDivergence(divergence=name).generator(best), GRID)
    (gradient,) = torch.autograd.grad(cost, mu)
    assert float(gradient) == pytest.approx(slope, abs=1e-6)


@everyone
def test_the_practical_generator_raises_the_critic(name: str) -> None:
    """-g_f(v), whose slope lives where the bound's is flat (v = -20)."""
    v = torch.tensor([-2.0, 0.0, 1.5])
    objective = FDivergence(divergence=name, side="non-saturating")
    torch.testing.assert_close(objective.generator(v), objective.on_real(v))


def test_js_is_the_original_game() -> None:
    """Up to the constant 2 log 2, with finite values where log(2 - exp g_f) itself overflows."""
    real, fake = torch.tensor([0.3, -1.5, 90.0]), torch.tensor([-0.7, 0.4, 200.0])
    wanted = Minimax().critic(real, fake) - 2 * math.log(2)
    torch.testing.assert_close(FDivergence(divergence="js").critic(real, fake), wanted)
