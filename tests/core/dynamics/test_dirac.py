"""Eigenvalues of one round on the Dirac-GAN, for every dynamics, against closed forms.

At the equilibrium (0, 0) the game is v = -(f' psi, -f' theta), with f' = 1/2 for the logistic losses and 1 for
Wasserstein's and the hinge. The Jacobian is that of the very update that trains any other game, by differences.
Settings are those of the literature and others; numbers with five digits are of an independent computation.
"""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
import torch

from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.averaged import Averaged
from gansuite.dynamics.consensus import Consensus
from gansuite.dynamics.extragradient import Extragradient
from gansuite.dynamics.gated import Gated
from gansuite.dynamics.generator_first import GeneratorFirst
from gansuite.dynamics.optimistic import Optimistic
from gansuite.dynamics.simultaneous import Simultaneous
from gansuite.dynamics.snapshots import Snapshots
from gansuite.dynamics.stale import Stale
from gansuite.dynamics.unrolled import Unrolled
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.minimax import Minimax
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.wasserstein import Wasserstein

OBJECTIVES = [(Minimax, 0.5), (NonSaturating, 0.5), (Wasserstein, 1.0), (Hinge, 1.0)]
RATES = [0.2, 0.37]
EXACT = 1e-8


def pair(mu: complex, h: float = 1.0) -> list[complex]:
    """1 + h mu and its conjugate."""
    return [1 + h * mu, 1 + h * mu.conjugate()]


def assert_same(found: torch.Tensor, expected) -> None:
    """Equal as sets; what is left of the found ones is 0 (entries of the memory that nothing depends on)."""
    rest = list(found.tolist())
    for value in expected:
        nearest = min(rest, key=lambda x: abs(x - value))
        assert abs(nearest - value) < 1e-7, (value, found)
        rest.remove(nearest)
    assert all(abs(x) < 1e-3 for x in rest), (rest, expected)  # defective zeros are sensitive


def two_times_two(trace: float, det: float) -> list[complex]:
    root = cmath.sqrt(trace * trace / 4 - det)
    return [trace / 2 + root, trace / 2 - root]


@pytest.mark.parametrize("h", RATES)
@pytest.mark.parametrize(("objective", "slope"), OBJECTIVES)
def test_unregularised_games_spiral_out_simultaneously_and_circle_alternately(dirac, objective, slope, h) -> None:
    assert_same(dirac(Simultaneous(), objective(), h=h).eigenvalues(), pair(1j * slope, h))
    for moves in ({"critic": 1, "generator": 1}, {"critic": 5, "generator": 1}, {"critic": 2, "generator": 3}):
        a = h * slope * math.sqrt(math.prod(moves.values()))
        circle = 1 - a * a / 2 + 1j * a * math.sqrt(1 - a * a / 4)
        for rule in (Alternating(), GeneratorFirst()):
            assert_same(dirac(rule, objective(), moves=moves, h=h).eigenvalues(), [circle, circle.conjugate()])


@pytest.mark.parametrize(("h", "radius"), [(3.9, 1.0), (4.1, 1.5625)])
def test_alternating_loses_stability_at_the_predicted_rate(dirac, h: float, radius: float) -> None:
    """Circles for h f' sqrt(n_g n_d) < 2, and diverges beyond."""
    assert dirac(Alternating(), NonSaturating(), h=h).radius() == pytest.approx(radius, abs=1e-4)
    unequal = dirac(Alternating(), Wasserstein(), h=h / 10, moves={"critic": 25, "generator": 1})
    assert unequal.radius() == pytest.approx(radius, abs=1e-4)


@pytest.mark.parametrize(
    ("objective", "slope", "gamma", "simultaneous", "alternating", "five"),
    [
        (Minimax, 0.5, 0.3, 0.97468, 0.96954, 0.85668),
        (Minimax, 0.5, 1.0, 0.90000, 0.92702, 0.94865),
        (Minimax, 0.5, 2.0, 0.97321, 0.97396, 0.97495),
        (NonSaturating, 0.5, 0.3, 0.97468, 0.96954, 0.85668),
        (Wasserstein, 1.0, 0.3, 0.98995, 0.96954, None),
        (Wasserstein, 1.0, 0.11, None, None, None),
    ],
)
def test_r1_makes_them_converge(dirac, objective, slope, gamma, simultaneous, alternating, five) -> None:
    found = [
        dirac(Simultaneous(), objective(), gamma),
        dirac(Alternating(), objective(), gamma),
        dirac(Alternating(), objective(), gamma, {"critic": 5, "generator": 1}),
    ]
    radii = [system.radius() for system in found]
    for radius, known in zip(radii, (simultaneous, alternating, five), strict=True):
        if known:  # at double roots the square root is sensitive
            assert radius == pytest.approx(known, abs=2e-3 if gamma == 1.0 else 1e-5)
    if gamma < 2 * slope:
        h = 0.2
        expected = [math.sqrt(1 - h * gamma + (h * slope) ** 2), math.sqrt(1 - h * gamma), (1 - h * gamma) ** 2.5]
        assert radii == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize("rates", [(1e-2, 4e-2), (0.3, 0.05)])
def test_two_time_scales_act_through_their_geometric_mean(dirac, rates: tuple[float, float]) -> None:
    found = dirac(Simultaneous(), NonSaturating(), h=rates).eigenvalues()
    assert_same(found, pair(0.5j, math.sqrt(math.prod(rates))))


@pytest.mark.parametrize(
    ("beta", "plain", "penalised"),
    [
        (-0.5, 0.99852, 0.9786),
        (-0.25, 0.99872, 0.9746),
        (0.0, 1.0, 0.9695),
        (0.5, 1.0323, 0.9790),
        (0.9, 1.1921, 1.1473),
    ],
)
def test_momentum_destabilises_and_negative_momentum_calms(dirac, beta: float, plain: float, penalised: float) -> None:
    """(l - 1)² (l - b)² + h g (l - 1) (l - b) l + h² f'² l³ = 0 (Gidel et al. 2019, for g = 0)."""
    square = np.polymul([1, -1], [1, -beta])
    for gamma, radius in ((0.0, plain), (0.3, penalised)):
        system = dirac(Alternating(), NonSaturating(), gamma, momentum=beta)
        polynomial = np.polymul(square, square)
        polynomial = np.polyadd(polynomial, 0.2 * gamma * np.polymul(square, [1, 0]))
        roots = np.roots(np.polyadd(polynomial, 0.01 * np.array([1, 0, 0, 0])))
        found = system.radius()
        assert found == pytest.approx(radius, abs=1e-4)
        assert found == pytest.approx(np.abs(roots).max(), abs=1e-6)


@pytest.mark.parametrize("h", RATES)
@pytest.mark.parametrize("strength", [0.3, 1.0, 2.5])
@pytest.mark.parametrize(("objective", "slope"), [(NonSaturating, 0.5), (Wasserstein, 1.0)])
def test_consensus(dirac, objective, slope: float, strength: float, h: float) -> None:
    """mu = -g f'² ± i f'; alternating, each move counts (1 - h g f'²) in the determinant, (1 - h g f'²)² together."""
    mu = complex(-strength * slope**2, slope)
    assert_same(dirac(Consensus(strength=strength), objective(), h=h).eigenvalues(), pair(mu, h))
    for n in (1, 5):
        moves = {"critic": n, "generator": 1}
        system = dirac(Consensus(strength=strength, order="alternating"), objective(), moves=moves, h=h)
        q, a = 1 - h * strength * slope**2, h * slope
        gain = sum(q**i for i in range(n)) * a  # psi ← qⁿ psi + gain theta; theta ← q theta - a psi
        assert_same(system.eigenvalues(), two_times_two(q**n + q - a * gain, q ** (n + 1)))


def test_consensus_of_the_table(dirac) -> None:
    assert dirac(Consensus(strength=1.0), Minimax()).radius() == pytest.approx(0.95525, abs=1e-5)
    alternating = Consensus(strength=1.0, order="alternating")
    assert dirac(alternating, Minimax()).radius() == pytest.approx(0.95, abs=1e-5)
    assert dirac(alternating, Minimax(), moves={"critic": 5, "generator": 1}).radius() == pytest.approx(
        0.85737, abs=1e-5
    )


def test_consensus_has_its_second_order_term_whole(dirac) -> None:
    """At (.7, -.9), away from the equilibrium, the generator's part is -.3051 for g = 1; one known code halves it."""
    theta, psi = 0.7, -0.9
    after = dirac(Consensus(strength=1.0), Minimax(), h=1.0).trajectory((theta, psi), 1)[0]

    def half_square(t: float, p: float) -> float:
        return 0.5 * (t * t + p * p) / (1 + math.exp(-t * p)) ** 2

    e, s = 1e-5, 1 / (1 + math.exp(-theta * psi))
    second = [
        (half_square(theta + e, psi) - half_square(theta - e, psi)) / (2 * e),
        (half_square(theta, psi + e) - half_square(theta, psi - e)) / (2 * e),
    ]
    field = [s * psi - second[0], -s * theta - second[1]]
    assert (after - torch.tensor([theta, psi], dtype=torch.float64)).tolist() == pytest.approx(field, abs=1e-8)
    assert field[0] == pytest.approx(-0.3051, abs=1e-4)


@pytest.mark.parametrize(("steps", "eta", "h"), [(5, 0.2, 0.2), (1, 0.2, 0.2), (10, 0.07, 0.13), (3, None, 0.3)])
@pytest.mark.parametrize("stop", [False, True])
@pytest.mark.parametrize(("objective", "slope"), [(Minimax, 0.5), (Wasserstein, 1.0)])
def test_unrolled(dirac, objective, slope: float, steps: int, eta: float | None, h: float, stop: bool) -> None:
    """mu = -K e f'² ± sqrt(K² e² f'⁴ - f'²), half the real part where the gradient stops."""
    pull = steps * (eta or h) * slope**2 * (0.5 if stop else 1.0)
    root = cmath.sqrt(pull * pull - slope * slope)
    for draws in ("fresh", "shared"):
        rule = Unrolled(steps=steps, rate=eta, stop_gradient=stop, draws=draws, order="simultaneous")
        assert_same(dirac(rule, objective(), h=h).eigenvalues(), [1 + h * (-pull + root), 1 + h * (-pull - root)])
    for n in (1, 5):
        rule = Unrolled(steps=steps, rate=eta, stop_gradient=stop)
        system = dirac(rule, objective(), moves={"critic": n, "generator": 1}, h=h)
        det = 1 - 2 * h * pull
        assert_same(system.eigenvalues(), two_times_two(1 + det - n * (h * slope) ** 2, det))


def test_unrolled_of_the_table(dirac) -> None:
    full, stopped = {"steps": 5}, {"steps": 5, "stop_gradient": True}
    for options, simultaneous, alternating in ((full, 0.95394, 0.94868), (stopped, 0.97980, 0.97468)):
        assert dirac(Unrolled(**options, order="simultaneous"), Minimax()).radius() == pytest.approx(
            simultaneous, abs=1e-5
        )
        assert dirac(Unrolled(**options), Minimax()).radius() == pytest.approx(alternating, abs=1e-5)


def test_the_critic_may_look_ahead_as_well(dirac) -> None:
    """By the symmetry of the game the eigenvalues are the same."""
    rule = Unrolled(leader="critic", follower="generator", steps=5)
    assert dirac(rule, Minimax()).radius() == pytest.approx(0.94868, abs=1e-5)


@pytest.mark.parametrize("h", RATES)
@pytest.mark.parametrize(("objective", "slope"), OBJECTIVES)
@pytest.mark.parametrize("draws", ["shared", "fresh"])
def test_extragradient(dirac, objective, slope: float, h: float, draws) -> None:
    a = 1j * h * slope
    assert_same(dirac(Extragradient(draws=draws), objective(), h=h).eigenvalues(), pair(a + a * a))
    if (slope, h) == (0.5, 0.2):
        assert abs(1 + a + a * a) == pytest.approx(0.99504, abs=1e-5)


@pytest.mark.parametrize("n", [1, 5])
def test_alternating_extragradient(dirac, n: int) -> None:
    """Each move follows a trial of both: psi ← q psi + a theta, then theta ← q theta - a psi, with q = 1 - a²."""
    a = 0.37
    q, gain = 1 - a * a, sum((1 - a * a) ** i for i in range(n)) * a
    found = dirac(Extragradient(order="alternating"), Wasserstein(), moves={"critic": n, "generator": 1}, h=a)
    assert_same(found.eigenvalues(), two_times_two(q**n + q - a * gain, q ** (n + 1)))


@pytest.mark.parametrize("h", RATES)
@pytest.mark.parametrize(("objective", "slope"), [(NonSaturating, 0.5), (Wasserstein, 1.0)])
def test_optimistic(dirac, objective, slope: float, h: float) -> None:
    """l² - (1 + 2 h mu) l + h mu = 0: inside the unit circle for every h f' < 1/sqrt(3)."""
    expected = [root for mu in (1j * slope, -1j * slope) for root in np.roots([1, -1 - 2 * h * mu, h * mu])]
    found = dirac(Optimistic(), objective(), h=h).eigenvalues()
    assert_same(found, expected)
    assert (float(found.abs().max()) < 1) == (h * slope < 1 / math.sqrt(3))


def test_alternating_optimism(dirac) -> None:
    """psi ← psi + a (2 theta - theta'), theta ← theta - a (2 psi⁺ - psi): as a companion matrix, by hand."""
    a = 0.37
    now = np.eye(4)  # (theta, psi, theta before, psi before)
    psi = now[1] + a * (2 * now[0] - now[2])
    theta = now[0] - a * (2 * psi - now[1])
    found = dirac(Optimistic(order="alternating"), Wasserstein(), h=a).eigenvalues()
    assert_same(found, np.linalg.eigvals(np.stack([theta, psi, now[0], now[1]])))


@pytest.mark.parametrize("delay", [0, 1, 2, 4])
@pytest.mark.parametrize("gamma", [0.0, 0.6, 1.9])
def test_stale_gradients(dirac, delay: int, gamma: float) -> None:
    """l^(t+1) - l^t - h mu = 0, with mu = -g/2 ± sqrt(g²/4 - f'²)."""
    h, slope = 0.2, 1.0
    root = cmath.sqrt(gamma**2 / 4 - slope**2)
    expected = []
    for mu in (-gamma / 2 + root, -gamma / 2 - root):
        expected += list(np.roots([1, -1, *[0] * (delay - 1), -h * mu] if delay else [1, -1 - h * mu]))
    assert_same(dirac(Stale(delay=delay), Wasserstein(), gamma, h=h).eigenvalues(delay + 1), expected)


def test_stability_is_lost_at_the_predicted_delay(dirac) -> None:
    def predicted(delay: int) -> float:
        mu = -0.3 + 1j * math.sqrt(1 - 0.09)
        return max(abs(np.roots([1, -1, *[0] * (delay - 1), -0.1 * mu] if delay else [1, -1 - 0.1 * mu])))

    found = [dirac(Stale(delay=t), Wasserstein(), 0.6, h=0.1).radius(t + 1) for t in range(5)]
    limit = next(t for t in range(5) if predicted(t) > 1)
    assert next(t for t, radius in enumerate(found) if radius > 1) == limit == 3


@pytest.mark.parametrize("order", ["alternating", "simultaneous"])
def test_no_delay_is_no_delay(dirac, order) -> None:
    plain = {"alternating": Alternating, "simultaneous": Simultaneous}[order]()
    moves = {"critic": 5, "generator": 2}
    expected = dirac(plain, NonSaturating(), 0.3, moves).eigenvalues()
    assert_same(dirac(Stale(delay=0, order=order), NonSaturating(), 0.3, moves).eigenvalues(), expected.tolist())


def test_alternating_with_a_delay(dirac) -> None:
    """Each of the n + 1 moves of a round takes its gradient where it was taken a round before."""
    a, n = 0.2, 5
    names = n + 2  # the point and those before it, instant by instant: (theta, psi) each
    state = np.eye(2 * names)
    points = [(state[2 * i], state[2 * i + 1]) for i in range(names)]  # oldest first, the present one last
    for instant in range(n + 1):
        theta, psi = points[-1]
        old = points[-(n + 1) - 1]
        points.append((theta, psi + a * old[0]) if instant < n else (theta - a * old[1], psi))
    kept = np.concatenate([np.stack(p) for p in points[-names:]])
    system = dirac(Stale(delay=1, order="alternating"), Wasserstein(), moves={"critic": n, "generator": 1}, h=a)
    assert system.radius() == pytest.approx(np.abs(np.linalg.eigvals(kept)).max(), abs=1e-6)


@pytest.mark.parametrize("size", [1, 3])
def test_past_opponents(dirac, size: int) -> None:
    """theta ← theta - a mean(psi, psi', psi'', ...): l^K (l - 1) = h mu (l^K + ... + 1) / (K + 1)."""
    h, slope = 0.3, 0.5
    expected = []
    for mu in (1j * slope, -1j * slope):
        share = h * mu / (size + 1)
        expected += list(np.roots(np.polyadd([1, -1, *[0] * size], [-share] * (size + 1))))
    rule = Snapshots(queue=size, every=1, order="simultaneous")
    assert_same(dirac(rule, NonSaturating(), h=h).eigenvalues(size + 1), expected)


@pytest.mark.parametrize("rule", [Averaged(rule=Alternating()), Gated(low=0.2, high=0.8, boundary=-1.0)])
def test_rules_that_change_nothing_here(dirac, rule) -> None:
    """A rule that is averaged, and a gate that stands open (every score is real: accuracy 1/2)."""
    moves = {"critic": 5, "generator": 1}
    start = (0.3, 0.4)
    found = dirac(rule, NonSaturating(), 0.3, moves).trajectory(start, 20)
    assert torch.equal(found, dirac(Alternating(), NonSaturating(), 0.3, moves).trajectory(start, 20))
