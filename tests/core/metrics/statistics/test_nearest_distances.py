"""Distances to nearest neighbours: by loops, at known answers, without each block, and over many draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from gansuite.metrics import MetricError, self_distance, train_distance
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics import nearest_distances as module
from gansuite.metrics.statistics.nearest_distances import SelfDistance, TrainDistance


def normal(n, seed, d=5, scale=1.0):
    return scale * np.random.default_rng(seed).standard_normal((n, d))


def nearest(x, y=None):
    """Mean distance to the nearest row of y, or to the nearest other one of x, by a tree."""
    return cKDTree(x if y is None else y).query(x, 2)[0][:, 1 if y is None else 0].mean()


def test_against_a_tree_and_by_hand():
    x, y = normal(203, 0), normal(203, 1)
    assert self_distance(x).value == pytest.approx(nearest(x), rel=1e-12)
    assert train_distance(y, x).value == pytest.approx(nearest(x, y), rel=1e-12)
    line = np.concatenate([np.arange(20) * 3.0, [0.5]])[:, None]  # 0 and 0.5 are half apart; 3 is 2.5 from 0.5
    assert self_distance(line).value == pytest.approx((2 * 0.5 + 2.5 + 18 * 3) / 21, rel=1e-12)
    assert train_distance(line, line + 0.1).value == pytest.approx(0.1, rel=1e-9)


def test_in_small_parts_as_at_once(monkeypatch):
    x, y = normal(90, 0), normal(90, 1)
    whole = self_distance(x), train_distance(y, x)
    monkeypatch.setattr(module, "ROOM", 200)
    assert self_distance(x).value == pytest.approx(whole[0].value, rel=1e-13)
    assert self_distance(x).low == pytest.approx(whole[0].low, rel=1e-10)


def test_leaving_a_block_out_is_the_distance_among_the_rows_left():
    x, train, labels = normal(101, 2), normal(101, 3), block_labels(101, seed=4)
    rows, others = torch.from_numpy(x), torch.from_numpy(train)
    own = SelfDistance().table({}, rows, labels, 4)
    to_train = TrainDistance().table({"train": others}, rows, labels, 4)
    assert own.shape == to_train.shape == (11, 2)
    for b in range(10):
        left = labels.numpy() != b
        assert own[b + 1, 0] == pytest.approx(nearest(x[left]), rel=1e-12)
        assert to_train[b + 1, 0] == pytest.approx(nearest(x[left], train), rel=1e-12)  # all of them stay


def test_copies_are_at_nought_exactly_and_counted():
    train = normal(80, 5, d=300, scale=1e3)
    fake = np.concatenate([train[:60], normal(20, 6, d=300, scale=1e3)])
    found = train_distance(train, fake)
    assert found.extras["copies"] == 0.75 and found.low >= 0
    doubled = np.concatenate([train[:20], train[:20], normal(40, 7, d=300, scale=1e3)])
    assert self_distance(doubled).extras["doubled"] == 0.5
    one = self_distance(np.repeat(train[:1], 40, 0))
    assert (one.value, one.high, one.extras["doubled"]) == (0, 0, 1)


def test_fewer_different_samples_are_closer_noise_is_farther_and_real_ones_are_at_the_floor():
    real, other, held = normal(400, 0), normal(400, 1), normal(400, 2)
    collapsed, noise = np.tile(normal(40, 3), (10, 1)) + normal(400, 4, scale=0.05), normal(400, 5, scale=3)
    alike, far = (self_distance(x, floor=real, untrained=noise) for x in (collapsed, noise))
    assert alike.high < alike.floor < far.low
    assert alike.floor == pytest.approx(self_distance(real).value) and alike.direction == "target"
    assert far.normalised.value == 1
    assert abs(self_distance(other, floor=real, untrained=noise).normalised.value) < 0.05
    copies = train_distance(real, real + normal(400, 6, scale=0.01), floor=held)
    assert copies.high < copies.floor == pytest.approx(nearest(held, real))
    assert train_distance(real, noise, floor=held).low > copies.floor
    fresh = train_distance(real, other, floor=held)
    assert fresh.low < fresh.floor < fresh.high


def test_in_a_run_the_floors_other_side_are_the_training_samples():
    held, train, fake = normal(60, 0), normal(60, 1), normal(60, 2)
    metric = TrainDistance()
    known = metric.prepare(held, train, 0)
    [found] = metric(held, fake, floor=train, untrained=3 * fake, known=known)
    assert found.value == pytest.approx(nearest(fake, train)) and found.floor == pytest.approx(nearest(held, train))
    assert found.untrained == pytest.approx(nearest(3 * fake, train))
    assert found == metric(held, fake, floor=train, untrained=3 * fake)[0]
    with pytest.raises(MetricError, match="training samples are missing"):
        metric(held, fake)


def test_moved_turned_and_stretched():
    x = normal(60, 8)
    turn = np.linalg.qr(normal(5, 9))[0]
    assert self_distance(7 * x @ turn + 1e3).value == pytest.approx(7 * self_distance(x).value, rel=1e-9)


def test_intervals_cover():
    """The train side fixed: the mean over draws of fakes. Itself: the mean at this n over draws."""
    draws, n = 300, 60
    train = normal(n, 10**6)
    to_train = [train_distance(train, normal(n, seed)) for seed in range(draws)]
    own = [self_distance(normal(n, seed)) for seed in range(draws)]
    for found, least, most in ((to_train, 0.91, 0.98), (own, 0.88, 0.99)):
        truth = np.mean([f.value for f in found])
        assert least <= np.mean([f.low <= truth <= f.high for f in found]) <= most
    spread = np.std([f.value for f in own])
    assert np.mean([(f.high - f.value) / 2.262 for f in own]) == pytest.approx(spread, rel=0.25)


def test_bad_input_is_told():
    with pytest.raises(MetricError, match=r"self-distance: 19 fake rows|19 .* rows are too few: give at least 20"):
        self_distance(normal(19, 0))
    with pytest.raises(MetricError, match="not finite"):
        self_distance(np.full((40, 2), math.nan))
    with pytest.raises(MetricError, match="30 fake rows against 40"):
        train_distance(normal(40, 0), normal(30, 1))
