"""Precision and recall of distributions: the reference's cases, closed forms, and clusters whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.metrics import MetricError, prd
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics.mixture_curve import PRD, counts, f_beta, prd_curve, shares


def modes(n, seed, which, d=2):
    """Rows about some of ten points on a circle of radius 10."""
    generator = torch.Generator().manual_seed(seed)
    angle = torch.tensor(which)[torch.randint(len(which), (n,), generator=generator)] * 2 * torch.pi / 10
    centre = 10 * torch.stack([angle.cos(), angle.sin()], 1).double()
    return centre + 0.1 * torch.randn(n, d, generator=generator, dtype=torch.float64)


def test_cases_of_the_reference():
    """Those of the authors' prd_score_test.py, where the generated histogram is given first."""
    for curve in prd_curve([1, 0], [0, 1]):
        assert curve == pytest.approx(0, abs=1e-9)
    precision, recall = prd_curve([1, 0], [1, 0], angles=11)
    assert (precision[5], recall[5]) == pytest.approx((1, 1))
    precision, recall = prd_curve([1, 0], [0.5, 0.5], angles=11)
    assert (precision[5], recall[5], precision[10], recall[1]) == pytest.approx((0.5, 0.5, 0.5, 1))
    precision, recall = prd_curve([0.5, 0.5], [1, 0], angles=11)
    assert (precision[5], recall[5], precision[10], recall[1]) == pytest.approx((0.5, 0.5, 1, 0.5))


def test_f_beta():
    assert f_beta([1, 1], [1, 0.5]) == pytest.approx([1, 2 / 3])
    assert float(f_beta(1, 0.5, 2)) == pytest.approx(5 / 9)
    assert float(f_beta(1, 0.5, 0.5)) == pytest.approx(5 / 6)
    assert float(f_beta(0, 0)) == 0


def test_curve_mirrors_when_the_laws_change_places():
    p, q = np.random.default_rng(0).dirichlet(np.ones(6), 2)
    precision, recall = prd_curve(p, q)
    mirrored = prd_curve(q, p)
    assert precision == pytest.approx(mirrored[1][::-1], abs=1e-6)
    assert recall == pytest.approx(mirrored[0][::-1], abs=1e-6)
    assert precision.max() == pytest.approx(1) and recall.max() == pytest.approx(1)  # equal supports
    # At lambda = 1 both are one minus the total variation.
    assert precision[500] == pytest.approx(1 - abs(p - q).sum() / 2, abs=1e-6)


def test_half_of_the_modes_lost_or_invented():
    """F_8 = .504, F_1/8 = .985 in the limit: max precision 1, max recall 1/2."""
    precision, recall = prd_curve([0.1] * 10, [0.2] * 5 + [0.0] * 5)
    assert f_beta(precision, recall, 8).max() == pytest.approx(0.504, abs=1e-3)
    assert f_beta(precision, recall, 1 / 8).max() == pytest.approx(0.985, abs=1e-3)
    every, half = list(range(10)), list(range(5))
    lost = prd(modes(1000, 0, every), modes(1000, 1, half), 10)
    assert lost["recall"].value == pytest.approx(0.504, abs=0.04)
    assert lost["precision"].value == pytest.approx(0.985, abs=0.03)
    invented = prd(modes(1000, 0, half), modes(1000, 1, every), 10)
    assert invented["precision"].value == pytest.approx(0.504, abs=0.04)
    assert invented["recall"].value == pytest.approx(0.985, abs=0.03)
    curve = lost["recall"].extras["curve"]
    assert max(curve["recall"]) == pytest.approx(0.5, abs=0.03) and max(curve["precision"]) == pytest.approx(
        1, abs=0.02
    )


def test_disjoint_and_equal():
    x, y = modes(300, 0, [0, 1, 2]), modes(300, 1, [5, 6, 7])
    found = prd(x, y)
    assert found["precision"].value < 1e-6 and found["recall"].value < 1e-6
    same = prd(x, x.flip(0))
    assert same["precision"].value == pytest.approx(1) and same["recall"].value == pytest.approx(1)


def test_histograms_without_each_block():
    generator = torch.Generator().manual_seed(0)
    cell, block = torch.randint(4, (3, 57), generator=generator), block_labels(57)
    found = shares(counts(cell, block, 4))
    for run in range(3):
        assert found[run, 0] == pytest.approx((cell[run].bincount(minlength=4) / 57).numpy())
        for b in range(10):
            left = cell[run][block != b].bincount(minlength=4).double()
            assert found[run, b + 1] == pytest.approx((left / left.sum()).numpy())


def test_intervals_cover_the_mean():
    found = []
    for i in range(120):
        generator = torch.Generator().manual_seed(i)
        x, y = (torch.randn(100, 3, generator=generator) for _ in range(2))
        y[:, 0] += 1
        found.append(PRD(clusters=8, angles=101, runs=3)(x, y, seed=i))
    for part in range(2):
        mean = np.mean([each[part].value for each in found])
        assert (
            np.mean([each[part].low <= mean <= each[part].high for each in found]) >= 0.87
        )  # k-means itself moves too


def test_bad_input_is_told():
    x = modes(30, 0, [0])
    with pytest.raises(MetricError, match="30 real rows are too few: give at least 40"):
        prd(x, x, 40)
    with pytest.raises(MetricError, match="does not sum to 1"):
        prd_curve([1, 1], [1, 0])
    with pytest.raises(MetricError, match="2 real bins against 3 generated ones"):
        prd_curve([1, 0], [1, 0, 0])
    with pytest.raises(MetricError, match="angles = 2"):
        prd_curve([1], [1], 2)
