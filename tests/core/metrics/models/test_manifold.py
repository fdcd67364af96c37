"""Precision and recall about a manifold that is known: a line, of which a linear generator makes what it makes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gansuite.metrics.estimate import Interval
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.manifold import ManifoldPrecisionRecall, between, harmonic
from gansuite.metrics.models.points import share


class Line:
    """The first axis of the plane."""

    tolerance = 0.5

    def __init__(self, unit: float = 1.0) -> None:
        self.unit = unit

    def away(self, samples: torch.Tensor) -> torch.Tensor:
        return self.unit * samples[:, 1].abs()


def judged(subject_of, affine, *, weight=((1.0, 0.0), (0.0, 1.0)), bias=(0.0, 0.0), unit=1.0, **more):
    """A subject whose generator is linear, and whose data has a judge."""
    subject = subject_of(affine(torch.tensor(weight), torch.tensor(bias)), **more)
    subject.dataset.judge = Line(unit)
    return subject


@pytest.mark.parametrize(("tolerance", "unit"), [(None, 1.0), (0.2, 1.0), (None, 0.5)])
def test_both_shares_are_those_of_the_distances(subject_of, affine, tolerance, unit):
    """G(z) = (z1, z2): every real point is reached, and a sample's distance is |z2|."""
    subject = judged(subject_of, affine, n=400, unit=unit)
    precision, recall, f1 = ManifoldPrecisionRecall(points=40, tolerance=tolerance)(subject)
    delta = 0.5 if tolerance is None else tolerance
    samples, real = subject.latents(400), subject.real(400)
    assert precision.value == pytest.approx(float((unit * samples[:, 1].abs() <= delta).double().mean()))
    assert precision.floor == pytest.approx(float((unit * real[:, 1].abs() <= delta).double().mean()))
    assert recall.value == 1
    assert f1.value == pytest.approx(2 * precision.value / (1 + precision.value))
    assert [each.name.partition("/")[2] for each in (precision, recall, f1)] == ["precision", "recall", "f1"]
    assert (precision.n_fake, recall.n_fake, precision.extras["tolerance"]) == (400, 40, delta)


@pytest.mark.parametrize("unit", [1.0, 0.5])
def test_a_generator_of_a_parallel_line_reaches_what_lies_near_it(subject_of, affine, unit):
    """G(z) = (z1, 0.3): of a real x the nearest is at |x2 - 0.3|, and all samples are 0.3 from the manifold."""
    subject = judged(subject_of, affine, weight=((1.0, 0.0), (0.0, 0.0)), bias=(0.0, 0.3), unit=unit, n=300)
    precision, recall, _ = ManifoldPrecisionRecall(points=300, tolerance=0.25)(subject)
    assert precision.value == (1.0 if unit * 0.3 <= 0.25 else 0.0)
    reached = unit * (subject.real(300)[:, 1] - 0.3).abs() <= 0.25
    assert recall.value == pytest.approx(float(reached.double().mean()), abs=1 / 300)
    low = share(int(reached.sum()), 300).low
    assert recall.low == pytest.approx(low, abs=0.01)


def test_normalised_is_0_at_real_data_and_1_at_the_untrained_generator(subject_of, affine):
    narrow, far = (judged(subject_of, affine, bias=(0.0, b), n=400) for b in (0.0, 4.0))
    precision, recall, f1 = ManifoldPrecisionRecall(points=30)(narrow, untrained=far)
    assert (precision.untrained, recall.untrained, f1.untrained) == (0, 1, 0)  # z2 = x2 - 4 reaches every x
    assert recall.normalised is None
    assert precision.normalised is not None and f1.normalised is not None
    assert precision.floor is not None
    wanted = 1 - precision.value / precision.floor
    assert precision.normalised.value == pytest.approx(wanted)
    assert f1.floor == pytest.approx(2 * precision.floor / (1 + precision.floor))
    assert f1.normalised.low < f1.normalised.value < f1.normalised.high
    same = ManifoldPrecisionRecall(points=30)(far, untrained=far)
    assert same[0].normalised is not None
    assert same[0].normalised.value == pytest.approx(1)


def test_the_harmonic_mean_of_a_share_and_a_certain_1_is_a_function_of_the_share():
    p = share(30, 100)
    found = harmonic(p, Interval(1.0, 1.0, 1.0))
    assert (found.value, found.low, found.high) == pytest.approx([2 * x / (1 + x) for x in (p.value, p.low, p.high)])
    assert harmonic(Interval(1.0, 1.0, 1.0), p) == found


def test_where_a_share_is_0_so_is_the_mean():
    none, half = share(0, 50), share(25, 50)
    found = harmonic(none, half)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(2 * none.high * half.high / (none.high + half.high))
    assert harmonic(none, none).value == 0


@pytest.mark.parametrize(("p", "r"), [(0.9, 0.5), (0.3, 0.1), (0.97, 0.9)])
def test_the_interval_of_f1_covers_it(p, r):
    g, covered, reps = np.random.default_rng(0), 0, 600
    for hits, reached in zip(g.binomial(500, p, reps), g.binomial(64, r, reps), strict=True):
        found = harmonic(share(int(hits), 500), share(int(reached), 64))
        covered += found.low <= 2 * p * r / (p + r) <= found.high
    assert 0.92 <= covered / reps <= 0.985


def test_between_floor_and_untrained():
    found = between(Interval(0.5, 0.4, 0.7), 0.9, Interval(0.1, 0.05, 0.2))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.25, 0.625))
    assert between(Interval(0.5, 0.4, 0.7), 0.1, Interval(0.1, 0.05, 0.2)) is None


def test_data_without_a_manifold_is_refused(subject_of, affine):
    with pytest.raises(MetricError, match="manifold"):
        ManifoldPrecisionRecall()(subject_of(affine(torch.eye(2))))
    subject = judged(subject_of, affine)
    subject.dataset.representation = object()
    with pytest.raises(MetricError, match="another form"):
        ManifoldPrecisionRecall()(subject)


def test_equal_seeds_give_equal_numbers(subject_of, affine):
    one, again = (ManifoldPrecisionRecall(points=10, steps=20)(judged(subject_of, affine, n=50)) for _ in range(2))
    assert [each.as_dict() for each in one] == [each.as_dict() for each in again]
    assert not math.isnan(one[2].value)
