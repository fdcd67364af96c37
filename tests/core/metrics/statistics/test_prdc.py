"""Precision, recall, density and coverage against the reference package, loops over tied integers, and their laws."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
import torch

import gansuite.metrics.statistics.neighbours as module
from gansuite.metrics import MetricError, prdc
from gansuite.metrics.statistics.manifolds import PRDC, DensityCoverage, PrecisionRecall
from gansuite.metrics.two_sample import block_labels

NAMES = ("precision", "recall", "density", "coverage")


def gaussian(n, d, seed, scale=1.0, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=generator, dtype=torch.float64) * scale
    x[:, 0] += shift
    return x


def lattice(n, seed, side=3, d=2):
    return torch.randint(side, (n, d), generator=torch.Generator().manual_seed(seed)).double()


def values(found):
    return [found[name].value for name in NAMES]


def by_loops(x, y, k):
    """The expectation over random ties, from integer distances, one pair at a time."""
    x, y = x.int().tolist(), y.int().tolist()

    def far(a, b):
        return sum((p - q) ** 2 for p, q in zip(a, b, strict=True))

    def ball(rows, i):
        others = sorted(far(rows[i], rows[j]) for j in range(len(rows)) if j != i)
        radius = others[k - 1]
        return radius, others.count(radius), k - sum(d < radius for d in others)

    def inside(distance, radius, tied, need):
        return 1.0 if distance < radius else need / (tied + 1) if distance == radius else 0.0

    real, fake = ([ball(rows, i) for i in range(len(rows))] for rows in (x, y))
    held = [[inside(far(a, b), *real[i]) for b in y] for i, a in enumerate(x)]
    precision = np.mean([1 - math.prod(1 - held[i][j] for i in range(len(x))) for j in range(len(y))])
    recall = np.mean([1 - math.prod(1 - inside(far(a, b), *fake[j]) for j, b in enumerate(y)) for a in x])
    coverage = []
    for a, (radius, tied, need) in zip(x, real, strict=True):
        distances = [far(a, b) for b in y]
        others = distances.count(radius)
        empty = math.prod((tied - i) / (tied + others - i) for i in range(need))
        coverage.append(1.0 if min(distances) < radius else 1 - empty)
    return [precision, recall, np.sum(held) / (k * len(y)), np.mean(coverage)]


@pytest.mark.parametrize("d", [1, 2, 8, 300])
@pytest.mark.parametrize("rows", [1000, 50])  # by matrices in float64, and by tiles of float32
def test_equals_the_reference_package(d, rows, monkeypatch, capsys):
    reference = pytest.importorskip("prdc")
    monkeypatch.setattr(module, "TILE", 20_000)
    x, y = gaussian(300, d, d), gaussian(300, d, 99, 1.1, 0.4)
    metric = PRDC(k=5)
    metric.error_rows = rows
    truth = reference.compute_prdc(x.numpy(), y.numpy(), 5)
    assert [each.value for each in metric(x, y)] == pytest.approx([truth[name] for name in NAMES], abs=1e-12)
    strict = prdc(x + 1e4, y + 1e4, ties="strict")  # an offset costs no digits
    assert values(strict) == pytest.approx([truth[name] for name in NAMES], abs=1e-12)


@pytest.mark.parametrize("k", [1, 4])
@pytest.mark.parametrize("rows", [1000, 30])
def test_ties_are_their_expectation(k, rows, monkeypatch):
    monkeypatch.setattr(module, "TILE", 500)
    x, y = lattice(60, 0), lattice(60, 1) + torch.tensor([1.0, 0.0])
    metric = PRDC(k=k)
    metric.error_rows = rows
    assert [each.value for each in metric(x, y)] == pytest.approx(by_loops(x, y, k), abs=1e-12)


def test_without_each_block_is_what_the_other_rows_give():
    for x, y in ((gaussian(50, 3, 0), gaussian(50, 3, 1)), (lattice(50, 0), lattice(50, 1))):
        metric, labels = PRDC(k=3), block_labels(50, seed=4)
        table = metric.table(metric.side(x, labels, 0), y, labels, 0)
        for b in range(10):
            left = prdc(x[labels != b], y[labels != b], 3)
            assert table[b + 1, :4] == pytest.approx(values(left), abs=1e-12)


def test_the_first_of_the_tied_come_first_as_enumerated():
    for tied, need, others in ((3, 2, 2), (2, 2, 3), (4, 1, 2), (1, 1, 1)):
        orders = list(permutations([0] * tied + [1] * others))
        share = np.mean([sum(order[: order.index(1)].count(0) for _ in (0,)) >= need for order in orders])
        found = module.none_first(*(torch.tensor(float(v)) for v in (tied, need, others)))
        assert float(found) == pytest.approx(share)


def test_equal_discrete_laws_are_measured_as_continuous_ones():
    k, n = 5, 1000
    coverage = 1 - math.prod((n - i) / (2 * n - i) for i in range(1, k + 1))
    atoms = gaussian(50, 8, 0)
    x, y = (atoms[lattice(n, seed, 50, 1)[:, 0].long()] for seed in (1, 2))
    aware, strict = prdc(x, y, k), prdc(x, y, k, ties="strict")
    assert aware["density"].value == pytest.approx(1, abs=0.01)
    assert aware["coverage"].value == pytest.approx(coverage, abs=0.01)
    assert aware["precision"].value > 0.98 and aware["recall"].value > 0.98
    assert values(strict) == [0, 0, 0, 0]
    assert "100.0% of the real" in strict["density"].extras["warning"]
    half = prdc(x, atoms[lattice(n, 3, 25, 1)[:, 0].long()], k)  # half of the atoms are lost
    assert half["recall"].value == pytest.approx(0.5, abs=0.05) and half["precision"].value > 0.98
    # Atoms rarer than k reach to others, where ties are of many rows; jitter below every distance tells the same.
    x, y = (atoms[lattice(100, seed, 50, 1)[:, 0].long()] for seed in (1, 2))
    jittered = np.mean(
        [values(prdc(x + gaussian(100, 8, i, 1e-4), y + gaussian(100, 8, 1000 + i, 1e-4), k)) for i in range(30)], 0
    )
    assert values(prdc(x, y, k)) == pytest.approx(jittered, abs=0.05)


def test_expectations_for_equal_laws_and_coverage_of_the_intervals():
    """Density 1, coverage 1 - prod (n - i) / (2n - i), whatever the law; intervals are cautious, never short."""
    n, k, found = 60, 3, []
    for i in range(150):
        found.append(prdc(gaussian(n, 3, 2 * i), gaussian(n, 3, 2 * i + 1), k))
    numbers = np.array([values(each) for each in found])
    error = numbers.std(0) / math.sqrt(len(found))
    truth = 1 - math.prod((n - i) / (2 * n - i) for i in range(1, k + 1))
    assert abs(numbers[:, 2].mean() - 1) < 3 * error[2]
    assert abs(numbers[:, 3].mean() - truth) < 3 * error[3]
    for column, name in enumerate(NAMES):
        mean = numbers[:, column].mean()
        assert np.mean([each[name].low <= mean <= each[name].high for each in found]) >= 0.93


def test_interval_of_some_rows_is_scaled_to_n():
    metric = DensityCoverage()
    metric.error_rows = 60
    x, y = gaussian(240, 4, 0), gaussian(240, 4, 1, 0.8, 0.5)
    some = torch.randperm(240, generator=torch.Generator().manual_seed(0))[:60]
    few = [each.high - each.low for each in metric(x[some], y[some])]
    many = [each.high - each.low for each in metric(x, y)]
    assert many[0] == pytest.approx(few[0] / 2, rel=1e-9)


def test_swap_rotation_scale_and_order():
    x, y = gaussian(120, 4, 0), gaussian(120, 4, 1, 0.9, 0.8)
    found, swapped = prdc(x, y), prdc(y, x)
    assert found["precision"].value == swapped["recall"].value != found["recall"].value
    turn = torch.linalg.qr(gaussian(4, 4, 5))[0]
    assert values(prdc(7 * x @ turn - 3, 7 * y @ turn - 3)) == pytest.approx(values(found), abs=1e-12)
    assert values(prdc(x.flip(0), y.roll(7, 0))) == pytest.approx(values(found), abs=1e-12)


def test_outliers_fool_precision_and_not_density_or_coverage():
    x, y = gaussian(200, 8, 0), gaussian(200, 8, 1, shift=100)
    assert values(prdc(x, y)) == [0, 0, 0, 0]
    x[0, 0] = 200  # one real row in 200, whose ball is as wide as the world
    found = prdc(x, y)
    assert found["precision"].value > 0.9 and found["coverage"].value < 0.01


def test_metrics_share_the_numbers_and_the_floor():
    real, floor, fake, bad = gaussian(80, 3, 0), gaussian(80, 3, 1), gaussian(80, 3, 2, 0.7), gaussian(80, 3, 3, 5, 9)
    found = prdc(real, fake, floor=floor, untrained=bad)
    parts = [*PrecisionRecall()(real, fake, floor=floor, untrained=bad), *DensityCoverage()(real, fake)]
    assert [each.value for each in parts] == values(found)
    assert [each.name for each in parts] == [
        "precision-recall/precision",
        "precision-recall/recall",
        "density-coverage/density",
        "density-coverage/coverage",
    ]
    assert found["coverage"].floor == prdc(real, floor)["coverage"].value
    assert found["density"].ideal == 1 and found["density"].direction == "target"
    assert found["coverage"].normalised is not None


def test_bad_input_is_told():
    x = gaussian(30, 2, 0)
    with pytest.raises(MetricError, match="30 real rows are too few: give at least 42"):
        prdc(x, x, 20)
    with pytest.raises(MetricError, match="k = 0"):
        prdc(x, x, 0)
    with pytest.raises(MetricError, match='ties is "aware" or "strict"'):
        prdc(x, x, ties="loose")
    with pytest.raises(MetricError, match="not finite"):
        prdc(x, x / 0)
