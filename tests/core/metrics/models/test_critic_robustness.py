"""The smallest change that turns a critic, against distances that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from gansuite.conditioning.conditional import Conditional
from gansuite.inputs.packing import Packing
from gansuite.metrics.models.points import median, share
from gansuite.metrics.models.robustness import CriticRobustness, smallest
from gansuite.metrics.models.verdict import undecided
from gansuite.objectives.ebgan import Ebgan
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.least_squares import LeastSquares
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic import Relativistic
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.testing.toy import PointsSpec

W, B = torch.tensor([0.6, -1.2, 0.3]), -0.5


def linear(subject_of, affine, **more):
    more = {"dim": 3, "size": 3, **more}
    return subject_of(affine(torch.eye(3)), affine(W, B), **more)


def test_a_linear_critic_is_turned_at_its_plane(subject_of, affine):
    subject = linear(subject_of, affine)
    found, random, accidental = CriticRobustness(points=200)(subject)
    scores = subject.score(subject.generate(subject.latents(200, "critic-robustness")))
    distances = (scores[scores < 0].abs() / W.norm()).numpy()
    assert found.value == pytest.approx(np.median(distances), rel=1e-4)
    assert found.n_fake == len(distances) == found.extras["turned"]
    assert found.low < found.value < found.high
    assert random.value > 1.5 * found.value
    assert 0 <= accidental.value <= 1


def test_a_random_direction_takes_longer_by_its_cosine(subject_of, affine):
    """In the plane |cos| of a random direction has median 1 / sqrt 2, so the way is sqrt 2 times as long."""

    class Still(nn.Module):
        def __init__(self):
            super().__init__()
            self.at = nn.Parameter(torch.tensor([-2.0, 0.0]))

        def forward(self, z, condition=None, rng=None):
            return self.at.expand(len(z), 2)

    found, random, _ = CriticRobustness(points=1000)(subject_of(Still(), affine(torch.tensor([1.0, 0.0]))))
    assert found.value == pytest.approx(2.0, rel=1e-4)
    assert random.low < 2 * math.sqrt(2) < random.high
    assert random.value == pytest.approx(2 * math.sqrt(2), rel=0.1)


def test_a_round_critic_is_turned_at_its_circle():
    """D(x) = 1 - |x|³ from outside: |x| - 1, though the linear guess is far off."""
    x = torch.tensor([[2.0, 0.0], [0.0, -5.0], [3.0, 4.0]])
    found = smallest(lambda x: 1 - x.norm(dim=1) ** 3, x, 10).norm(dim=1)
    assert found == pytest.approx([1.0, 4.0, 4.0], rel=1e-3)


def test_a_crooked_critic_is_turned_where_a_search_of_the_plane_turns_it():
    def margin(x):
        return (2 * x[:, 0]).sin() + (1.5 * x[:, 1]).cos() * 0.7 - 0.4

    g = torch.Generator().manual_seed(0)
    x = 2 * torch.randn(200, 2, generator=g)
    x = x[margin(x) < 0][:40]
    angle, length = torch.linspace(0, 2 * math.pi, 721)[:-1], torch.linspace(0, 3, 1501)
    ring = torch.stack([angle.cos(), angle.sin()], 1)
    reach = x[:, None, None] + length[:, None, None] * ring
    turned = (margin(reach.reshape(-1, 2)) > 0).view(len(x), len(length), -1).any(2)
    truth = length[turned.double().argmax(1)]
    found = smallest(margin, x, 10).norm(dim=1)
    assert (found > truth - 5e-3).all()
    assert float((found / truth).median()) == pytest.approx(1, abs=0.01)
    assert float((found < 1.1 * truth).double().mean()) > 0.9


def test_a_critic_that_cannot_be_turned_is_told_so():
    assert smallest(lambda x: -1 - x.square().sum(1), torch.ones(3, 2), 5).isinf().all()


def test_critics_without_a_zero_are_judged_by_the_middle(subject_of, affine):
    first = linear(subject_of, affine, objective=Wasserstein())
    found = CriticRobustness()(first)[0]
    second = subject_of(affine(torch.eye(3)), affine(W, B + 50.0), dim=3, size=3, objective=Wasserstein())
    moved = CriticRobustness()(second)[0]
    assert not found.extras["natural"]
    fake = first.score(first.generate(first.latents(128, "critic-robustness")))
    middle = float(first.score(first.real(400)).mean() + fake.mean()) / 2
    assert found.extras["threshold"] == pytest.approx(middle, abs=1e-5)
    assert moved.extras["threshold"] == pytest.approx(found.extras["threshold"] + 50, abs=1e-3)
    assert moved.value == pytest.approx(found.value, rel=1e-3)
    assert [undecided(type("Game", (), {"objective": o})) for o in (NonSaturating(), Hinge(), LeastSquares())] == [
        0, 0, pytest.approx(0.5)
    ]  # fmt: skip
    for objective in (Wasserstein(), Relativistic(), Ebgan()):
        assert undecided(type("Game", (), {"objective": objective})) is None


def test_an_energy_is_low_where_it_is_real(subject_of, affine):
    """D(x) = |x|² as an energy: generated samples lie at the larger ones, and are turned inwards."""

    class Energy(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, x, condition=None, rng=None):
            return self.scale * x.square().sum(1)

    subject = subject_of(affine(3 * torch.eye(2)), Energy(), objective=Ebgan())
    found, _, accidental = CriticRobustness(points=400)(subject)
    radius = subject.generate(subject.latents(400, "critic-robustness")).norm(dim=1)
    circle = found.extras["threshold"] ** 0.5
    assert found.value == pytest.approx(float((radius[radius > circle] - circle).median()), rel=1e-2)
    assert accidental.high < 0.1


def test_a_turn_away_from_the_data_is_accidental(subject_of, affine, points):
    for side, expected in ((3.0, 0.0), (-3.0, 1.0)):
        data = points(
            test=torch.randn(200, 2, generator=torch.Generator().manual_seed(0)) * 0.1 + torch.tensor([side, 0])
        )
        subject = subject_of(affine(0.2 * torch.eye(2)), affine(torch.tensor([1.0, 0.0]), -0.5), data=data)
        _, _, accidental = CriticRobustness()(subject)
        assert accidental.value == expected
        assert accidental.high - accidental.low < 0.05


def test_packs_are_changed_as_a_whole(subject_of, affine):
    w = torch.tensor([1.0, 0.0, 2.0, -1.0])
    subject = subject_of(affine(torch.eye(2)), affine(w), inputs=[Packing(m=2)])
    found = CriticRobustness(points=100)(subject)[0]
    scores = subject.generate(subject.latents(200, "critic-robustness")).view(100, 4) @ w
    assert found.value == pytest.approx(float((scores[scores < 0].abs() / w.norm()).median()), rel=1e-2)
    assert found.extras["called_fake"] == int((scores < 0).sum())


def test_each_sample_keeps_its_code(subject_of, affine, points):
    """D(x, c) = x_1 - 1 under the first of two labels, x_1 + 1 under the second (attached as channels)."""
    draw = torch.Generator().manual_seed(0)
    data = points(**{s: torch.randn(100, 2, generator=draw) for s in ("train", "valid", "test")})
    data.spec = PointsSpec(2, labels=("a", "b"))
    batch = data.batch
    data.batch = lambda split, index, rng: batch(split, index, rng) | {"label": index % 2}
    generator = affine(torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]))
    critic = affine(torch.tensor([1.0, 0.0, -1.0, 1.0]))
    subject = subject_of(generator, critic, data=data, conditioning=Conditional(), labels=("a", "b"))
    found = CriticRobustness(points=200)(subject)[0]
    z = subject.latents(200, "critic-robustness")
    codes = subject.game.conditioning.chance(200, subject.rng("labels"))
    scores = z[:, 0] + codes @ torch.tensor([-1.0, 1.0])
    assert found.value == pytest.approx(float((-scores[scores < 0]).median()), rel=1e-2)


def test_a_critic_that_calls_nothing_generated_has_no_length(subject_of, affine):
    found = CriticRobustness()(subject_of(affine(torch.eye(2)), affine(torch.zeros(2), 1.0)))
    assert all(math.isnan(each.value) for each in found)
    assert "too few" in found[0].extras["warning"]


def test_median_and_share_are_the_textbooks():
    """n = 10: the 2nd and 9th value (97.9 %); Wilson at 0 of 10 and 3 of 10."""
    found = median(np.arange(1.0, 11.0))
    assert (found.value, found.low, found.high) == (5.5, 2.0, 9.0)
    assert median(np.arange(1.0, 7.0)).low == 1.0  # 6 values: the extremes, 96.9 %
    assert median(np.arange(1.0, 6.0)).high == np.inf  # 5 have 93.8 % between them, which is too little
    assert median(np.array([1.0, np.inf, np.inf])).value == np.inf
    assert (share(0, 10).low, share(0, 10).high) == pytest.approx((0, 0.2775), abs=1e-4)
    assert (share(3, 10).low, share(3, 10).high) == pytest.approx((0.1078, 0.6032), abs=1e-4)
    g = np.random.default_rng(0)
    hits = [
        abs(found.low) <= 0 or found.low < 0 < found.high for found in (median(g.normal(size=25)) for _ in range(1000))
    ]
    assert 0.94 < np.mean(hits) < 0.985
