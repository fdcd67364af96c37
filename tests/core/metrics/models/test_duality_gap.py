"""The duality gap on games whose every step can be written down."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gansuite.metrics import MetricError, Subject
from gansuite.metrics.models.minimax_gap import DualityGap
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.r1 import R1
from gansuite.priors.normal import Normal


class Point(nn.Module):
    def __init__(self, theta):
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(theta))

    def forward(self, z, condition=None, rng=None):
        return self.theta.expand(len(z), 1)


class Slope(nn.Module):
    def __init__(self, psi):
        super().__init__()
        self.psi = nn.Parameter(torch.tensor(psi))

    def forward(self, x, condition=None, rng=None):
        return (self.psi * x).squeeze(1)


@pytest.fixture
def dirac(subject_of, game_of, twin_of, points):
    """``dirac(theta, psi)``: a subject of the Wasserstein Dirac-GAN with data at 0 (or elsewhere, by split)."""

    def make(theta: float, psi: float, at=(0.0, 0.0, 0.0), **options) -> Subject:
        splits = zip(("train", "valid", "test"), at, strict=True)
        data, prior = points(**{split: torch.full((64, 1), x) for split, x in splits}), Normal(None, size=1)
        twin = twin_of(lambda: game_of(Point(theta), Slope(psi), prior, 1, Wasserstein()), data, **options)
        return Subject(twin().game, data, "test", 64, torch.device("cpu"), twin=twin)

    return make


def test_the_bilinear_game_has_a_closed_form(dirac):
    """M = -psi theta: k steps of rate h gain h k theta² for the critic and h k psi² for the generator."""
    theta, psi, h, k = 0.7, -0.4, 0.1, 12
    gap, critic, generator = DualityGap(steps=k)(dirac(theta, psi, rate=h))
    assert critic.value == pytest.approx(h * k * theta**2, rel=1e-5)
    assert generator.value == pytest.approx(h * k * psi**2, rel=1e-5)
    assert gap.value == pytest.approx(critic.value + generator.value, rel=1e-6)
    assert gap.extras["value"] == pytest.approx(-psi * theta)
    assert gap.extras["curve"] == pytest.approx(
        {str(j): h * j * (theta**2 + psi**2) for j in (0, 3, 6, 9, 12)}, abs=1e-6
    )
    assert gap.n_fake == 64


def test_it_is_nothing_at_the_equilibrium_and_bounded_by_the_constraint(dirac):
    assert DualityGap(steps=5)(dirac(0.0, 0.0))[0].value == 0
    _, critic, _ = DualityGap(steps=400)(dirac(0.5, 0.2, clip=1.0))  # psi ends at -1
    assert critic.value == pytest.approx(0.5 + 0.1, rel=1e-5)


def test_players_move_on_training_samples_and_are_judged_on_held_out_ones(dirac):
    """M = psi (x - theta): moved by x = 1, judged at x = -1; which place counts is chosen at the validation's x."""
    theta, psi, h, k = 0.0, 1.0, 0.1, 4
    _, critic, _ = DualityGap(steps=k)(dirac(theta, psi, (1.0, 0.5, -1.0), rate=h))
    assert critic.value == pytest.approx(-h * k, rel=1e-5)  # psi grows by h k, which pays on the training side alone
    _, critic, _ = DualityGap(steps=k)(dirac(theta, psi, (1.0, -0.5, -1.0), rate=h))
    assert critic.value == pytest.approx(0, abs=1e-6)  # the validation samples see it, and the critic stays


def test_a_path_that_overshoots_is_left_where_it_was_best(dirac):
    """The penalty's steps of 3 times its curvature throw psi from side to side: the best place counts, not the last."""
    subject = dirac(0.5, 0.4, rate=0.1, terms=[R1(weight=30.0)])
    gap, critic, _ = DualityGap(steps=4)(subject)
    assert critic.value > 0
    assert gap.value >= max(gap.extras["curve"].values()) - 1e-6
    # The value itself knows nothing of the penalty.
    assert gap.extras["value"] == pytest.approx(-0.2)


def test_the_subject_is_left_alone_and_the_untrained_model_normalises(dirac):
    subject, untrained = dirac(0.1, 0.1), dirac(1.0, 1.0)
    before = [p.clone() for p in subject.game.parameters()]
    found = DualityGap(steps=8)(subject, untrained=untrained)
    assert all(torch.equal(a, b) for a, b in zip(before, subject.game.parameters(), strict=True))
    assert found[0].untrained == pytest.approx(8 * 0.1 * 2, rel=1e-5)
    assert found[0].normalised is not None
    assert found[0].normalised.value == pytest.approx(0.01, rel=1e-4)
    assert found[0].ideal == 0


def test_the_interval_is_over_blocks_of_held_out_samples(dirac, points, game_of, twin_of):
    """M' - M = (psi' - psi)(x - theta) with x ~ N(0, 1): the standard error of 64 samples is |psi' - psi| / 8."""
    data = points(**{s: torch.randn(640, 1, generator=torch.Generator().manual_seed(3)) for s in ("train", "test")})
    twin = twin_of(lambda: game_of(Point(2.0), Slope(0.0), Normal(None, size=1), 1, Wasserstein()), data, batch_size=16)
    subject = Subject(twin().game, data, "test", 640, torch.device("cpu"), twin=twin)
    _, critic, _ = DualityGap(steps=5)(subject)
    assert critic.n_real == 640
    move = critic.value / 2
    assert (critic.high - critic.low) / 2 == pytest.approx(2.0227 * abs(move) / 640**0.5, rel=0.35)


def test_no_gain_is_told_with_its_error(points, game_of, twin_of):
    """Training points at 3 lift psi by h a step, which pays nowhere else: 0, to the error of the first step."""
    held = {s: torch.randn(640, 1, generator=torch.Generator().manual_seed(i)) for i, s in enumerate(("valid", "test"))}
    data = points(train=torch.full((64, 1), 3.0), **held)
    twin = twin_of(lambda: game_of(Point(2.0), Slope(0.5), Normal(None, size=1), 1, Wasserstein()), data, batch_size=16)
    _, critic, _ = DualityGap(steps=4)(Subject(twin().game, data, "test", 640, torch.device("cpu"), twin=twin))
    assert critic.value == pytest.approx(0, abs=1e-6)
    assert critic.high == pytest.approx(2.0227 * 0.1 / 640**0.5, rel=0.35)


def test_what_has_no_single_value_is_refused(dirac, subject_of):
    with pytest.raises(MetricError, match="no recipe"):
        DualityGap()(subject_of(Point(0.0), Slope(0.0), size=1, dim=1))
    few = dirac(0.0, 0.0)
    with pytest.raises(MetricError, match="too few"):
        DualityGap()(Subject(few.game, few.dataset, "test", 7, few.device, twin=few.twin))
