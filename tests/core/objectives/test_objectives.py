"""Objectives against closed forms: optimal critics, the divergences they measure, and the generator's gradients."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from gansuite.objectives.boundary_seeking import BoundarySeeking
from gansuite.objectives.ebgan import Ebgan
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.least_squares import LeastSquares
from gansuite.objectives.minimax import Minimax
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic import Relativistic
from gansuite.objectives.relativistic_average import RelativisticAverage
from gansuite.objectives.wasserstein import Wasserstein

GRID = torch.linspace(-12, 14, 40001, dtype=torch.float64)
REAL, FAKE = torch.tensor([0.3, -1.5, 2.0]), torch.tensor([-0.7, 0.4, 1.2])


def density(mean: float | Tensor) -> Tensor:
    return torch.exp(-0.5 * (GRID - mean) ** 2) / math.sqrt(2 * math.pi)


def integral(f: Tensor) -> Tensor:
    return torch.trapezoid(f, GRID)


def expected_critic_cost(objective, score: Tensor, p: Tensor, q: Tensor) -> Tensor:
    """E_p and E_q of the two halves; the halves separate because each is a function of one score."""
    zero = torch.zeros_like(score)
    none = objective.critic(zero, zero)
    return integral(p * (objective.critic(score, zero) - none)) + integral(q * objective.critic(zero, score))


def test_minimax_critic_is_cross_entropy_on_logits() -> None:
    ones, zeros = torch.ones(3), torch.zeros(3)
    wanted = cross_entropy(REAL, ones, reduction="none") + cross_entropy(FAKE, zeros, reduction="none")
    torch.testing.assert_close(Minimax().critic(REAL, FAKE), wanted)
    torch.testing.assert_close(Minimax().generator(FAKE), -cross_entropy(FAKE, zeros, reduction="none"))
    torch.testing.assert_close(NonSaturating().generator(FAKE), cross_entropy(FAKE, ones, reduction="none"))


def test_minimax_at_the_optimal_critic_is_jensen_shannon() -> None:
    """V(D*) = 2 JS - 2 log 2 = -1.163451 for N(0,1) and N(1,1), and no other critic does better."""
    p, q = density(0.0), density(1.0)
    best = (p / q).log()
    value = -expected_critic_cost(Minimax(), best, p, q)
    assert float(value) == pytest.approx(-1.163451, abs=1e-6)
    for change in (0.1 * GRID.cos(), torch.full_like(GRID, 0.05)):
        assert -expected_critic_cost(Minimax(), best + change, p, q) < value


@pytest.mark.parametrize(
    ("objective", "slope"),
    [(Minimax(), 0.344259), (NonSaturating(), 0.455741), (BoundarySeeking(), 0.5 * 0.8**3)],
    ids=["minimax", "non-saturating", "boundary-seeking"],
)
def test_generator_gradient_at_the_optimal_critic(objective, slope: float) -> None:
    """At mu = .8: saturating, the derivative of 2 JS; non-saturating, that of KL(P_g|P_r) - 2 JS.

    Boundary seeking: the frozen logit is mu²/2 - mu x, so that the derivative of half its mean square is mu³/2.
    """
    mu = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    frozen = (density(0.0) / density(0.8)).log()
    cost = integral(density(mu) * objective.generator(frozen))
    (gradient,) = torch.autograd.grad(cost, mu)
    assert float(gradient) == pytest.approx(slope, abs=1e-6)


def test_non_saturating_gradient_survives_a_sure_critic() -> None:
    score = torch.tensor([-20.0], requires_grad=True)
    (saturated,) = torch.autograd.grad(Minimax().generator(score).sum(), score)
    (alive,) = torch.autograd.grad(NonSaturating().generator(score).sum(), score)
    assert abs(float(saturated)) < 1e-8
    assert float(alive) == pytest.approx(-1, abs=1e-6)


def test_least_squares_optimal_critic_measures_pearson() -> None:
    """With (real, fake, goal) = (1, -1, 0), the generator's side 2C is the Pearson chi² of p+q from 2q."""
    p, q = density(0.0), density(1.0)
    best = (p - q) / (p + q)
    objective = LeastSquares(real=1.0, fake=-1.0, goal=0.0)
    value = expected_critic_cost(objective, best, p, q)
    for change in (0.1 * GRID.cos(), torch.full_like(GRID, 0.05)):
        assert expected_critic_cost(objective, best + change, p, q) > value
    both = integral((p + q) * objective.generator(best))
    chi_squared = integral((2 * q - (p + q)) ** 2 / (p + q))
    assert float(2 * both) == pytest.approx(float(chi_squared), abs=1e-8)


@pytest.mark.parametrize(
    ("objective", "best", "scale"),
    [(Hinge(), lambda p, q: (p - q).sign(), 2.0), (Ebgan(margin=3.0), lambda p, q: 3.0 * (p < q), 3.0)],
    ids=["hinge", "ebgan"],
)
def test_margins_at_the_optimal_critic_are_total_variation(objective, best, scale: float) -> None:
    """The critic's cost is 2 (1 - TV) for the hinge and m (1 - TV) for the energy with margin m; TV = 2 Φ(½) - 1."""
    p, q = density(0.0), density(1.0)
    value = expected_critic_cost(objective, best(p, q).double(), p, q)
    overlap = 1 - math.erf(0.5 / math.sqrt(2))
    assert float(value) == pytest.approx(scale * overlap, abs=1e-6)
    for change in (0.1 * (GRID.cos() + 1), -0.05 * (p > q).double() + 0.05):
        assert expected_critic_cost(objective, best(p, q) + change, p, q) > value


@pytest.mark.parametrize("apart", [0.1, 1.0, 5.0])
def test_parallel_lines(apart: float) -> None:
    """Disjoint supports (Arjovsky & Bottou 2017): JS is log 2 however far apart, and W is the distance."""
    sure = torch.full([1], 800.0, dtype=torch.float64)
    assert float(-Minimax().critic(sure, -sure)) == pytest.approx(0)  # 2 JS - 2 log 2, so JS = log 2
    real, fake = torch.zeros(1), torch.full([1], -apart)  # D(x) = -x has slope one
    assert float(-Wasserstein().critic(real, fake)) == pytest.approx(apart)


def test_energy_by_hand() -> None:
    """Past the margin generated samples are left alone."""
    real, fake = torch.tensor([0.5, 2.0, 0.0]), torch.tensor([0.4, 5.0, 1.0], requires_grad=True)
    cost = Ebgan(margin=1.5).critic(real, fake)
    torch.testing.assert_close(cost.detach(), torch.tensor([0.5 + 1.1, 2.0 + 0.0, 0.0 + 0.5]))
    (pull,) = torch.autograd.grad(cost.sum(), fake)
    assert pull.tolist() == [-1, 0, -1]
    torch.testing.assert_close(Ebgan().generator(fake), fake)


def test_wasserstein_and_hinge_by_hand() -> None:
    torch.testing.assert_close(Wasserstein().critic(REAL, FAKE), FAKE - REAL)
    torch.testing.assert_close(Wasserstein().generator(FAKE), -FAKE)
    torch.testing.assert_close(Hinge().critic(REAL, FAKE), torch.tensor([0.7 + 0.3, 2.5 + 1.4, 0.0 + 2.2]))
    torch.testing.assert_close(Hinge().generator(FAKE), -FAKE)


def test_wasserstein_gap_of_the_identity_critic_is_the_distance_of_shifted_gaussians() -> None:
    x = torch.randn(20000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert float(-Wasserstein().critic(x + 3, x).mean()) == pytest.approx(3)


def test_relativistic_average_by_hand() -> None:
    """Each score against the mean of the other side, one by one in double precision."""
    objective = RelativisticAverage()
    assert objective.joint
    assert objective.generator_needs_real
    mean = {"real": sum(REAL.tolist()) / 3, "fake": sum(FAKE.tolist()) / 3}
    sigma = lambda t: 1 / (1 + math.exp(-t))  # noqa: E731
    critic = [
        -math.log(sigma(r - mean["fake"])) - math.log(1 - sigma(f - mean["real"]))
        for r, f in zip(REAL.tolist(), FAKE.tolist(), strict=True)
    ]
    generator = [
        -math.log(1 - sigma(r - mean["fake"])) - math.log(sigma(f - mean["real"]))
        for r, f in zip(REAL.tolist(), FAKE.tolist(), strict=True)
    ]
    torch.testing.assert_close(objective.critic(REAL, FAKE), torch.tensor(critic))
    torch.testing.assert_close(objective.generator(FAKE, REAL), torch.tensor(generator))


def test_relativistic_pairs_by_hand() -> None:
    """-log σ of the difference of each pair; a constant added to all scores changes nothing."""
    log_sigma = lambda t: -math.log(1 + math.exp(-t))  # noqa: E731
    pairs = list(zip(REAL.tolist(), FAKE.tolist(), strict=True))
    objective = Relativistic()
    torch.testing.assert_close(objective.critic(REAL, FAKE), torch.tensor([-log_sigma(r - f) for r, f in pairs]))
    torch.testing.assert_close(objective.generator(FAKE, REAL), torch.tensor([-log_sigma(f - r) for r, f in pairs]))
    for each in (objective, RelativisticAverage()):
        torch.testing.assert_close(each.critic(REAL + 7, FAKE + 7), each.critic(REAL, FAKE))


def test_boundary_seeking_weights_by_enumeration() -> None:
    """Eight symbols, each as often among the samples as g has it: at the best critic the weights add up to p."""
    counts = torch.tensor([1, 2, 3, 4, 5, 6, 7, 12])
    p = torch.tensor([0.3, 0.05, 0.1, 0.15, 0.2, 0.05, 0.05, 0.1])
    symbols = torch.arange(8).repeat_interleave(counts)
    logit = (p / (counts / counts.sum())).log()  # log σ(D)/(1 - σ(D)) = log p/g
    weights = BoundarySeeking.weights(torch.stack([logit[symbols], torch.zeros(40)], 1))
    torch.testing.assert_close(torch.zeros(8).index_add(0, symbols, weights[:, 0]), p)
    torch.testing.assert_close(weights[:, 1], torch.full([40], 1 / 40))


def test_boundary_seeking_gradient_is_that_of_the_divergence() -> None:
    """With those weights, -Σ w̄ log g has the gradient of KL(p | g) in the logits of g: softmax - p. It reaches p."""
    p = torch.tensor([0.3, 0.05, 0.1, 0.15, 0.2, 0.05, 0.05, 0.1])
    logits = torch.zeros(8, requires_grad=True)
    rng = torch.Generator().manual_seed(0)
    for _ in range(300):
        log_g = logits.log_softmax(0)
        x = torch.multinomial(log_g.detach().exp(), 400, replacement=True, generator=rng)
        weights = BoundarySeeking.weights((p.log() - log_g)[x].unsqueeze(1)).squeeze(1)
        (gradient,) = torch.autograd.grad(-(weights * log_g[x]).sum(), logits)
        with torch.no_grad():
            logits -= 0.5 * gradient
    assert float((logits.detach().softmax(0) - p).abs().sum() / 2) < 0.05
