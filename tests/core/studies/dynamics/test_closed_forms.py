"""Eigenvalues of the training step against the closed forms of Mescheder, Geiger & Nowozin (2018), and our own.

With a = h f'(0) √(n_g n_d) and J the Jacobian of the flow, simultaneous moves have λ = 1 + h μ with μ those of J;
alternating ones are the product of both moves' matrices. Every form is written out here, not computed from a model.
"""

from __future__ import annotations

import cmath
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gansuite.studies.dynamics.jacobian import eigenvalues, jacobian
from gansuite.studies.dynamics.point import Round, arrives, measure, trajectory
from gansuite.studies.dynamics.system import Setting

# f'(0) and f''(0) of each loss: f(t) = -log(1 + exp(-t)), f(t) = t.
SLOPE = {"minimax": 0.5, "non-saturating": 0.5, "wasserstein": 1.0, "hinge": 1.0}
BEND = {"minimax": -0.25, "non-saturating": -0.25, "wasserstein": 0.0, "hinge": 0.0}
LOSSES = list(SLOPE)


def found(**options: Any) -> list[complex]:
    """The eigenvalues of a setting's round at its equilibrium, where it must rest."""
    setting = Setting(**options).resolved()
    step = Round(setting)
    rest = step.settle(np.array(setting.equilibrium))
    np.testing.assert_allclose(step(rest), rest, atol=1e-12)
    return eigenvalues(jacobian(step, rest)[0])


def roots(trace: float, product: float) -> list[complex]:
    """The eigenvalues of a 2x2 matrix."""
    root = cmath.sqrt(trace**2 / 4 - product)
    return [trace / 2 + root, trace / 2 - root]


def linear(dynamics: str, h: float, a: float, b: float, c: float, d: float, n: int = 1) -> list[complex]:
    """Eigenvalues of a round of the linear flow [[a, b], [c, d]]: all at once, or θ first and then ψ n times."""
    if dynamics == "simultaneous":
        return [1 + h * each for each in roots(a + d, a * d - b * c)]
    r = 1 + h * d
    total = sum(r**k for k in range(n))
    return roots((1 + h * a) + r**n + h * h * b * c * total, (1 + h * a) * r**n)


def assert_same(first: list[complex], second: list[complex]) -> None:
    """Equal to 1e-6, whichever of a pair comes first."""
    assert len(first) >= len(second)
    key = lambda each: (round(abs(each), 5), round(each.imag, 5), each.real)  # noqa: E731
    for x, y in zip(sorted(first, key=key), sorted(second, key=key), strict=True):
        assert abs(x - y) < 1e-6, (first, second)


both = pytest.mark.parametrize("dynamics", ["simultaneous", "alternating"])


@both
@pytest.mark.parametrize("objective", LOSSES)
@pytest.mark.parametrize(("h", "n"), [(0.2, 1), (0.037, 5)])
def test_plain_losses_spiral_out_or_circle(dynamics: str, objective: str, h: float, n: int):
    p = SLOPE[objective]
    if dynamics == "simultaneous":
        radius = math.sqrt(1 + (h * p) ** 2)
        n = 1
    else:
        radius = 1.0
    roots_found = found(method=objective, dynamics=dynamics, h=h, n_critic=n)
    assert [abs(each) for each in roots_found] == pytest.approx([radius, radius], abs=1e-12)
    assert_same(roots_found, linear(dynamics, h, 0, -p, p, 0, n))


def test_alternating_moves_lose_stability_at_h_4():
    assert abs(found(dynamics="alternating", h=3.9)[0]) == pytest.approx(1.0, abs=1e-9)
    assert abs(found(dynamics="alternating", h=4.1)[0]) == pytest.approx(1.5625, abs=1e-6)


@both
@pytest.mark.parametrize("method", ["r1", "r2"])
@pytest.mark.parametrize("objective", ["non-saturating", "wasserstein"])
@pytest.mark.parametrize(("h", "g", "n"), [(0.2, 0.3, 1), (0.2, 2.0, 5), (0.45, 0.11, 2)])
def test_zero_centred_penalties(dynamics: str, method: str, objective: str, h: float, g: float, n: int):
    """μ = -g/2 ± √(g²/4 - f'²); alternating (1 - h g)^(n/2) while complex."""
    p = SLOPE[objective]
    n = 1 if dynamics == "simultaneous" else n
    got = found(method=method, objective=objective, dynamics=dynamics, h=h, strength=g, n_critic=n)
    assert_same(got, linear(dynamics, h, 0, -p, p, -g, n))
    if dynamics == "simultaneous":
        mu = [-g / 2 + cmath.sqrt(g * g / 4 - p * p), -g / 2 - cmath.sqrt(g * g / 4 - p * p)]
        assert_same(got, [1 + h * each for each in mu])
    elif abs(got[0].imag) > 1e-3:
        assert abs(got[0]) == pytest.approx((1 - h * g) ** (n / 2), abs=1e-9)


@pytest.mark.parametrize("h", [0.2, 0.13])
def test_double_roots_hold_to_six_digits(h: float):
    """Critical damping g = 2f': λ = 1 - h f' twice; alternating at (1 - a)² = 1 - h g: λ = 1 - a; noise at s² = 2."""
    assert_same(found(method="r1", strength=1.0, h=h), [1 - h / 2] * 2)
    a = h / 2
    assert_same(found(method="r1", dynamics="alternating", strength=(1 - (1 - a) ** 2) / h, h=h), [1 - a] * 2)
    assert_same(found(method="instance-noise", noise=math.sqrt(2), h=h), [1 - h / 2] * 2)
    assert_same(found(method="r2", objective="wasserstein", strength=2.0, h=h), [1 - h] * 2)


@both
@pytest.mark.parametrize(("h", "s", "n"), [(0.2, 0.7, 1), (0.09, 2.3, 4)])
def test_instance_noise(dynamics: str, h: float, s: float, n: int):
    """μ = f''s² ± √(f''²s⁴ - f'²); alternating √(1 - 2 h |f''| s²) while complex, n = 1."""
    n = 1 if dynamics == "simultaneous" else n
    got = found(method="instance-noise", dynamics=dynamics, h=h, noise=s, n_critic=n)
    assert_same(got, linear(dynamics, h, 0, -0.5, 0.5, -0.5 * s * s, n))
    if dynamics == "alternating" and n == 1 and abs(got[0].imag) > 1e-3:
        assert abs(got[0]) == pytest.approx(math.sqrt(1 - 0.5 * h * s * s), abs=1e-9)


@both
@pytest.mark.parametrize("objective", ["minimax", "wasserstein"])
@pytest.mark.parametrize(("h", "g", "n"), [(0.2, 1.0, 5), (0.11, 3.0, 1)])
def test_consensus(dynamics: str, objective: str, h: float, g: float, n: int):
    """μ = -g f'² ± i f'; alternating 1 - h g f'² while complex, n = 1."""
    p = SLOPE[objective]
    n = 1 if dynamics == "simultaneous" else n
    got = found(method="consensus", objective=objective, dynamics=dynamics, h=h, strength=g, n_critic=n)
    assert_same(got, linear(dynamics, h, -g * p * p, -p, p, -g * p * p, n))
    if dynamics == "simultaneous":
        assert_same(got, [1 + h * (-g * p * p + 1j * p), 1 + h * (-g * p * p - 1j * p)])


@both
@pytest.mark.parametrize(("h", "k", "n"), [(0.2, 5, 5), (0.07, 12, 1)])
def test_unrolled(dynamics: str, h: float, k: int, n: int):
    """μ = -K η f'² ± √(K²η²f'⁴ - f'²) with η = h; alternating √(1 - 2 h K η f'²) while complex, n = 1."""
    n = 1 if dynamics == "simultaneous" else n
    got = found(method="unrolled", dynamics=dynamics, h=h, unroll=k, n_critic=n)
    assert_same(got, linear(dynamics, h, -2 * k * h * 0.25, -0.5, 0.5, 0, n))
    if dynamics == "alternating" and n == 1:
        assert abs(got[0]) == pytest.approx(math.sqrt(1 - 2 * h * k * h * 0.25), abs=1e-9)


def test_unrolled_rests_at_the_data():
    """The leader's value holds E log D(x) at the critic to come: without it θ would settle away from s."""
    setting = Setting(system="variance", method="unrolled", h=0.02, sd=1.3).resolved()
    rest = Round(setting).settle(np.array(setting.equilibrium))
    np.testing.assert_allclose(rest, setting.equilibrium, atol=1e-9)


@pytest.mark.parametrize("objective", ["minimax", "wasserstein"])
@pytest.mark.parametrize("h", [0.2, 0.8])
def test_extragradient(objective: str, h: float):
    """λ = 1 ± i h f' - h²f'²; one after the other, each after a trial of both: modulus 1 - h²f'² while complex."""
    a = h * SLOPE[objective]
    assert_same(found(method="extragradient", objective=objective, h=h), [1 - a * a + 1j * a, 1 - a * a - 1j * a])
    alternating = found(method="extragradient", objective=objective, h=h, dynamics="alternating")
    assert_same(alternating, roots(2 - 3 * a * a, (1 - a * a) ** 2))


# Gidel et al. (2019), as theory has it: radius of alternating moves at h = 0.2, alone and with R1 of 0.3.
MOMENTUM = [(-0.5, 0.99852, 0.9786), (-0.25, 0.99872, 0.9746), (0.5, 1.0323, 0.9790), (0.9, 1.1921, 1.1473)]


@pytest.mark.parametrize(("beta", "plain", "penalised"), MOMENTUM)
def test_momentum(beta: float, plain: float, penalised: float):
    """λ of the heavy ball: (λ - 1)(λ - β) for each player, coupled by the other's new place."""
    assert abs(found(dynamics="alternating", momentum=beta)[0]) == pytest.approx(plain, abs=5e-5)
    r1 = found(method="r1", strength=0.3, dynamics="alternating", momentum=beta)
    assert abs(r1[0]) == pytest.approx(penalised, abs=5e-5)
    # det of [[(λ-1)(λ-β)/λ, h f'], [-h f' λ, (λ-1)(λ-β)/λ + h g]] = 0, for any h
    h, p, g = 0.13, 0.5, 0.7
    got = found(method="r1", strength=g, h=h, dynamics="alternating", momentum=beta)
    quadratic = np.poly1d([1, -(1 + beta), beta])
    truth = np.roots(quadratic * (quadratic + np.poly1d([h * g, 0])) + np.poly1d([(h * p) ** 2, 0, 0, 0]))
    assert_same(got, list(truth))


@pytest.mark.parametrize("delay", [1, 3])
@pytest.mark.parametrize("g", [0.8])
def test_late_gradients(delay: int, g: float):
    """λ^(τ+1) - λ^τ = h μ for each μ of the flow without delay."""
    h = 0.17
    mu = roots(-g, 0.25)
    truth = [root for each in mu for root in np.roots([1, -1, *[0] * (delay - 1), -h * each])]
    got = found(method="r1", strength=g, h=h, delay=delay)
    assert_same(got[: len(truth)], truth)


# The variance system: data N(0, s²), G(z) = θ z, D(x) = ψ x².


@both
@pytest.mark.parametrize("objective", LOSSES)
@pytest.mark.parametrize(("h", "s", "n"), [(0.05, 0.6, 3), (0.004, 4.0, 1)])
def test_variance_learning(dynamics: str, objective: str, h: float, s: float, n: int):
    """WGAN: μ = ±2si; logistic: a/2 ± √(a²/4 - 4s²f'²), a = 6f''s⁴: it converges without a penalty."""
    n = 1 if dynamics == "simultaneous" else n
    p, a = SLOPE[objective], 6 * BEND[objective] * s**4
    got = found(system="variance", method=objective, dynamics=dynamics, h=h, sd=s, n_critic=n)
    assert_same(got, linear(dynamics, h, 0, -2 * s * p, 2 * s * p, a, n))
    if dynamics == "simultaneous":
        root = cmath.sqrt(a * a / 4 - 4 * s * s * p * p)
        assert_same(got, [1 + h * (a / 2 + root), 1 + h * (a / 2 - root)])


def test_variance_learning_of_the_table():
    assert sorted(x.real - 1 for x in found(system="variance", h=1.0)) == pytest.approx([-3.8446, -0.4396], abs=5e-5)


@both
@pytest.mark.parametrize("method", ["r1", "r2"])
@pytest.mark.parametrize("objective", ["minimax", "wasserstein"])
@pytest.mark.parametrize(("h", "s", "g"), [(0.07, 0.8, 1.5)])
def test_variance_learning_with_penalties(dynamics: str, method: str, objective: str, h: float, s: float, g: float):
    """WGAN: μ = -2gs² ± √(4g²s⁴ - 4s²)."""
    p, a = SLOPE[objective], 6 * BEND[objective] * s**4 - 4 * g * s * s
    got = found(system="variance", method=method, objective=objective, dynamics=dynamics, h=h, sd=s, strength=g)
    assert_same(got, linear(dynamics, h, 0, -2 * s * p, 2 * s * p, a))
    if objective == "wasserstein" and dynamics == "simultaneous":
        root = cmath.sqrt(4 * g * g * s**4 - 4 * s * s)
        assert_same(got, [1 + h * (-2 * g * s * s + root), 1 + h * (-2 * g * s * s - root)])


@both
def test_variance_learning_with_noise(dynamics: str):
    """The critic sees variances s² + σ²: a = 6f''(s² + σ²)², and the coupling is what it was."""
    h, s, sigma = 0.11, 0.9, 0.6
    got = found(system="variance", method="instance-noise", dynamics=dynamics, h=h, sd=s, noise=sigma)
    assert_same(got, linear(dynamics, h, 0, -s, s, -1.5 * (s * s + sigma * sigma) ** 2))


@both
def test_variance_learning_with_consensus(dynamics: str):
    """J - γ JᵀJ in place of J."""
    h, s, gamma = 0.02, 1.1, 0.8
    flow = np.array([[0.0, -s], [s, -1.5 * s**4]])
    (a, b), (c, d) = flow - gamma * flow.T @ flow
    got = found(system="variance", method="consensus", dynamics=dynamics, h=h, sd=s, strength=gamma)
    assert_same(got, linear(dynamics, h, a, b, c, d))


@both
def test_variance_learning_with_extragradient(dynamics: str):
    """1 + h J (1 + h J); one after the other each mover's row of it, with the other where it stands."""
    h, s = 0.1, 1.3
    flow = np.array([[0.0, -s], [s, -1.5 * s**4]])
    whole = np.eye(2) + h * flow @ (np.eye(2) + h * flow)
    if dynamics == "alternating":
        first, second = np.eye(2), np.eye(2)
        first[0], second[1] = whole[0], whole[1]
        whole = second @ first
    got = found(system="variance", method="extragradient", dynamics=dynamics, h=h, sd=s)
    assert_same(got, [complex(each) for each in np.linalg.eigvals(whole)])


# Far from the equilibrium, and where no derivative exists: each round written out by hand.


def sigmoid(t: float) -> float:
    return 1 / (1 + math.exp(-t))


def by_hand(method: str, h: float, strength: float, rounds: int) -> np.ndarray:
    """The trajectory of alternating moves on the Dirac-GAN from (1, 1); L = f(ψθ), and a penalty or a clip."""
    theta, psi = 1.0, 1.0
    path = [(theta, psi)]
    for _ in range(rounds):
        # The logistic loss has the slope s(ψθ) in a fake's score; Wasserstein's is 1.
        theta += h * psi * (sigmoid(theta * psi) if method == "dragan" else 1.0)
        move = -theta * (sigmoid(theta * psi) if method == "dragan" else 1.0)
        if method == "weight-clipping":
            psi = min(max(psi + h * move, -strength), strength)
        else:
            psi += h * (move - strength * (abs(psi) - 1) * np.sign(psi))
        path.append((theta, psi))
    return np.array(path)


CYCLES = [("gradient-penalty", 0.7, 1.21, 1.38), ("dragan", 0.7, 1.13, 1.54), ("weight-clipping", 1.0, 0.9975, 1.0025)]


@pytest.mark.parametrize(("method", "strength", "low", "high"), CYCLES)
def test_one_centred_penalties_and_clipping_cycle(method: str, strength: float, low: float, high: float):
    """Our rounds are those written out, and these end on a cycle whose radii at h = 0.01 theory knows."""
    setting = Setting(method=method, dynamics="alternating", h=0.1, strength=strength).resolved()  # type: ignore[arg-type]
    np.testing.assert_allclose(trajectory(setting, 100), by_hand(method, 0.1, strength, 100), atol=1e-12)
    path = by_hand(method, 0.01, strength, 10_000)
    radius = np.hypot(*path[5_000:].T)
    assert (radius.min(), radius.max()) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))
    assert not arrives(path, np.zeros(2))


def test_non_saturating_play_ends_on_the_limit_cycle_of_its_rate():
    """Simultaneous moves: r = √(2h) on the average, to first order."""
    path = trajectory(Setting(method="non-saturating", h=0.4).resolved(), 250)
    assert np.hypot(*path[-100:].T).mean() == pytest.approx(math.sqrt(0.8), abs=0.01)


def test_a_round_without_derivative_is_judged_by_its_trajectory():
    row = measure(Path(), "cpu", method="gradient-penalty")
    assert (row["eigenvalues"], row["spectral_radius"], row["evidence"]) == ([], None, "trajectory")
    assert row["converges"] is False
    assert (row["rounds"], row["trajectory"][0]) == (500, [1.0, 1.0])
    assert len(row["trajectory"]) <= 301 and len(row["field"]) == 121


def test_a_trajectory_arrives_when_its_end_is_near():
    line = np.linspace(1, 0, 101)
    inward = np.stack([1.3 + line**4, line**4], 1)
    assert arrives(inward, np.array([1.3, 0.0]))
    assert arrives(inward * [-1, 1], np.array([1.3, 0.0]))
    assert not arrives(inward[:50], np.array([1.3, 0.0]))
    circle = np.stack([np.cos(30 * line), np.sin(30 * line)], 1)
    assert not arrives(circle, np.zeros(2))


def test_differences_of_a_known_map():
    f = lambda x: np.array([np.sin(x[0]) * np.exp(x[1]), x[0] ** 3 + np.tanh(5 * x[1])])  # noqa: E731
    x = np.array([0.4, -0.3])
    truth = [
        [np.cos(0.4) * np.exp(-0.3), np.sin(0.4) * np.exp(-0.3)],
        [3 * 0.4**2, 5 / np.cosh(1.5) ** 2],
    ]
    matrix, error = jacobian(f, x)
    np.testing.assert_allclose(matrix, truth, atol=1e-11)
    assert error < 1e-11
    assert eigenvalues(np.array([[0.9, 1.0], [1e-13, 0.9]])) == [0.9, 0.9]
