"""Where nonlinear games end: limit cycles and rates that the eigenvalues do not tell."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import nn

from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.averaged import Averaged
from gansuite.dynamics.extragradient import Extragradient
from gansuite.dynamics.optimistic import Optimistic
from gansuite.dynamics.simultaneous import Simultaneous
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.wasserstein import Wasserstein


@pytest.mark.parametrize(("h", "measured"), [(0.2, 0.6318), (0.4, 0.8905)])
def test_non_saturating_simultaneous_play_ends_on_a_cycle(dirac, h: float, measured: float) -> None:
    """The radius falls by 2 t tanh(t/2), t = theta psi, and grows by h: it stays where they balance, at sqrt(2 h)."""
    for start in (0.9 * measured, 1.1 * measured):
        radii = dirac(Simultaneous(), NonSaturating(), h=h).trajectory((start, 0.0), round(100 / h)).norm(dim=1)
        last = float(radii[-round(40 / h) :].mean())
        assert last == pytest.approx(measured, rel=5e-3)
        assert last == pytest.approx(math.sqrt(2 * h), rel=1e-2)


def test_non_saturating_alternating_play_converges_like_the_root_of_time(dirac) -> None:
    """r² = 8 / (h n)."""
    h, n = 0.4, 1000
    point = dirac(Alternating(), NonSaturating(), h=h).trajectory((1.0, 1.0), n)[-50:]
    assert float(point.square().sum(1).mean()) == pytest.approx(8 / (h * n), rel=0.06)


def test_a_clipped_wasserstein_critic_circles_at_its_bound(dirac) -> None:
    h, c = 0.02, 0.6
    radii = dirac(Alternating(), Wasserstein(), h=h, clip=c).trajectory((1.0, 1.0), 900)[-400:].norm(dim=1)
    assert c * (1 - h) < float(radii.min()) <= float(radii.max()) < c * (1 + h)


def test_the_average_of_a_circle_is_its_centre(dirac) -> None:
    """On the bilinear game the last iterate circles for ever, and the uniform average goes to 0 like 1/t."""
    system = dirac(Averaged(rule=Alternating()), Wasserstein(), h=0.1)
    average = system.dynamics.average(list(system.nets.values()))
    system.point = (1.0, 1.0)
    sizes = {}
    for step in range(1, 801):
        system.play()
        average.after(step)
        sizes[step] = math.hypot(*map(float, average.shadow)), math.hypot(*system.point)
    envelope = [max(sizes[i][0] for i in range(n, 2 * n)) for n in (100, 200, 400)]
    assert envelope[2] < 2 * math.sqrt(2) / (0.1 * 400) * 1.05  # a chord of the circle, over the time it took
    assert [a / b for a, b in itertools.pairwise(envelope)] == pytest.approx([2, 2], rel=0.2)
    assert min(last for _, last in sizes.values()) > 1.3


def test_an_average_may_begin_late_and_forget() -> None:
    layer = nn.Linear(1, 1, bias=False)
    uniform = Averaged(rule=Alternating(), start=2).average([layer])
    fading = Averaged(rule=Alternating(), start=2, half_life=1.0).average([layer])
    fading.ramp = math.inf
    for step, value in enumerate((100.0, 100.0, 1.0, 2.0, 6.0), 1):
        nn.init.constant_(layer.weight, value)
        uniform.after(step)
        fading.after(step)
    assert float(uniform.shadow[0]) == pytest.approx(3.0)  # (1 + 2 + 6) / 3
    expected = 100.0
    for value in (1.0, 2.0, 6.0):
        expected += 0.5 * (value - expected)
    assert float(fading.shadow[0]) == pytest.approx(expected)


@pytest.mark.parametrize("rule", [Extragradient(), Optimistic()])
def test_rotation_is_damped_on_the_bilinear_game(dirac, rule) -> None:
    radii = dirac(rule, Wasserstein(), h=0.4).trajectory((1.0, 1.0), 60).norm(dim=1)
    assert float(radii[-1]) < 0.1
    plain = dirac(Simultaneous(), Wasserstein(), h=0.4).trajectory((1.0, 1.0), 60).norm(dim=1)
    assert bool((plain.diff() > 0).all())
    assert torch.isfinite(plain).all()
