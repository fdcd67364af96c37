"""Scores of class probabilities against their definition, their ends, and the bias and coverage at a known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gansuite.metrics import MetricError, inception_score
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics.class_scores import (
    AMScore,
    InceptionScore,
    ModifiedInceptionScore,
    am_score,
    modified_inception_score,
)


def dirichlet(n, alpha, seed):
    return np.random.default_rng(seed).dirichlet(alpha, n)


def published(p, splits):
    """The definition, as a loop: mean and standard deviation over splits of exp E KL(p(y|x) || p(y))."""
    scores = []
    for i in range(splits):
        part = p[i * len(p) // splits : (i + 1) * len(p) // splits]
        mean = part.mean(0)
        scores.append(math.exp(np.mean([np.sum(row * np.log(row / mean)) for row in part])))
    return np.mean(scores), np.std(scores)


@pytest.mark.parametrize("n", [200, 207])
def test_ten_splits_are_the_papers_form(n):
    p = dirichlet(n, [0.3] * 7, 0)
    found = inception_score(p, splits=10)
    assert found.value == pytest.approx(published(p, 10)[0], rel=1e-12)
    assert found.extras["plug_in"] == found.value
    assert inception_score(p).extras["plug_in"] == pytest.approx(published(p, 1)[0], rel=1e-12)


def test_leaving_a_block_out_is_the_score_of_the_rows_left():
    p, labels = dirichlet(101, [0.5] * 4, 1), block_labels(101, seed=3)
    metric = InceptionScore()
    table = metric.table(metric.side(torch.from_numpy(p), labels, 3), torch.from_numpy(p), labels, 3)
    for b in range(10):
        assert table[b + 1, 0] == pytest.approx(published(p[labels.numpy() != b], 1)[0], rel=1e-12)


def test_the_ends_of_the_range():
    sure = np.eye(8)[np.arange(400) % 8]
    assert inception_score(sure).value == pytest.approx(8, abs=1e-12) and inception_score(sure).high <= 8 + 1e-12
    alike = np.tile(dirichlet(1, [1.0] * 8, 2), (400, 1))
    found = inception_score(alike)
    assert (found.value, found.low, found.high) == pytest.approx((1, 1, 1), abs=1e-12)
    one_class = np.eye(8)[np.zeros(400, int)]
    assert inception_score(one_class).value == pytest.approx(1, abs=1e-12)
    four = np.eye(8)[np.arange(400) % 4]  # half of the modes lost
    assert inception_score(four).extras["plug_in"] == pytest.approx(4, abs=1e-12)


ALPHA = np.array([0.2, 0.1, 0.4, 0.2, 0.1])


def truth():
    """exp(H(E p) - E H(p)) of a Dirichlet law, in closed form."""
    digamma = torch.digamma
    alpha, total = torch.tensor(ALPHA), torch.tensor(ALPHA.sum())
    mean = alpha / total
    rows = (mean * (digamma(alpha + 1) - digamma(total + 1))).sum()
    return float((rows - (mean * mean.log()).sum()).exp())


def test_bias_is_taken_away_and_intervals_cover():
    found = [inception_score(dirichlet(60, ALPHA, seed)) for seed in range(400)]
    values, plug_in = np.array([f.value for f in found]), np.array([f.extras["plug_in"] for f in found])
    error = values.std() / math.sqrt(len(values))
    assert abs(values.mean() - truth()) < 3 * error
    assert plug_in.mean() < truth() - 4 * error  # as it comes it falls short
    split = [inception_score(dirichlet(60, ALPHA, seed), splits=3).value for seed in range(400)]
    assert np.mean(split) < plug_in.mean() - 4 * error  # and more so with splits
    covered = np.mean([f.low <= truth() <= f.high for f in found])
    assert 0.92 <= covered <= 0.98


def test_order_of_rows_and_names_of_classes_change_nothing():
    p = dirichlet(120, [0.3] * 5, 4)
    plug_in = inception_score(p).extras["plug_in"]
    assert inception_score(p[::-1].copy()).extras["plug_in"] == pytest.approx(plug_in, rel=1e-12)
    assert inception_score(p[:, ::-1].copy()).value == pytest.approx(inception_score(p).value, rel=1e-12)
    assert inception_score(np.concatenate([p, p])).extras["plug_in"] == pytest.approx(plug_in, rel=1e-12)


def test_floor_is_the_real_samples_own_score():
    real, other, fake, bad = (dirichlet(100, [a] * 5, i) for i, a in enumerate((0.1, 0.1, 0.3, 20.0)))
    [found] = InceptionScore()(real, fake, floor=other, untrained=bad)
    assert found.floor == pytest.approx(inception_score(other).value)
    assert found.untrained == pytest.approx(inception_score(bad).value)
    assert found.normalised.value == pytest.approx((found.value - found.floor) / (found.untrained - found.floor))
    assert found.normalised.low < found.normalised.value < found.normalised.high
    assert InceptionScore()(real, other, floor=other, untrained=bad)[0].normalised.value == pytest.approx(0, abs=1e-12)
    assert (found.direction, InceptionScore.needs) == ("max", "probabilities")


def test_modified_score_is_the_mean_over_pairs():
    p = dirichlet(40, [0.5] * 3, 5)
    pairs = [np.sum(p[i] * np.log(p[i] / p[j])) for i in range(40) for j in range(40) if i != j]
    found = modified_inception_score(p)
    assert found.extras["plug_in"] == pytest.approx(math.exp(np.mean(pairs)), rel=1e-10)
    alike = np.tile(p[:1], (40, 1))
    assert modified_inception_score(alike).value == pytest.approx(1, abs=1e-12)
    assert math.isfinite(modified_inception_score(np.eye(4)[np.arange(40) % 4]).value)
    labels, metric, rows = block_labels(40), ModifiedInceptionScore(), torch.from_numpy(p)
    table = metric.table(metric.side(rows, labels, 0), rows, labels, 0)
    left = modified_inception_score(p[labels.numpy() != 2]).extras["plug_in"]
    assert table[3, 0] == pytest.approx(left, rel=1e-10)


def test_am_score_by_hand():
    real, fake = dirichlet(60, [2.0, 1.0, 1.0], 6), dirichlet(60, [0.5, 0.5, 1.0], 7)
    r, f = real.mean(0), fake.mean(0)
    entropy = np.mean([-np.sum(row * np.log(row)) for row in fake])
    assert am_score(real, fake).extras["plug_in"] == pytest.approx(np.sum(r * np.log(r / f)) + entropy, rel=1e-12)
    sure = np.eye(3)[np.arange(60) % 3]
    assert am_score(sure, sure[::-1].copy()).extras["plug_in"] == pytest.approx(0, abs=1e-12)  # the least there is
    labels, metric = block_labels(60), AMScore()
    table = metric.table(metric.side(torch.from_numpy(real), labels, 0), torch.from_numpy(fake), labels, 0)
    keep = labels.numpy() != 4
    assert table[5, 0] == pytest.approx(am_score(real[keep], fake[keep]).extras["plug_in"], rel=1e-12)


def smoothed(label, k, rest):
    """Rows that are sure of a class, but for ``rest`` spread over the others."""
    return np.full((len(label), k), rest / (k - 1)) + (1 - rest - rest / (k - 1)) * np.eye(k)[label]


@pytest.mark.parametrize("rest", [0.3, 1e-3])
def test_scores_of_rows_that_are_almost_sure_in_closed_form(rest):
    """Two rows of different classes diverge by (p - q) log(p / q), rows of one class by 0."""
    n, k = 60, 4
    p, q = 1 - rest, rest / (k - 1)
    found = modified_inception_score(smoothed(np.arange(n) % k, k, rest))
    different = (n - n // k) / (n - 1)
    assert found.extras["plug_in"] == pytest.approx(math.exp(different * (p - q) * math.log(p / q)), rel=1e-10)
    real, one = smoothed(np.arange(n) % k, k, rest), smoothed(np.zeros(n, int), k, rest)
    entropy = -p * math.log(p) - (k - 1) * q * math.log(q)
    lost = -math.log(k) - (math.log(p) + (k - 1) * math.log(q)) / k
    assert am_score(real, one).extras["plug_in"] == pytest.approx(lost + entropy, rel=1e-10)
    assert am_score(real, real).extras["plug_in"] == pytest.approx(entropy, rel=1e-10)


def test_modified_score_with_floor_and_untrained():
    real, other, fake, bad = (dirichlet(100, [a] * 5, i) for i, a in enumerate((0.5, 0.5, 1.0, 20.0)))
    for metric, score in ((ModifiedInceptionScore(), modified_inception_score), (AMScore(), None)):
        [found] = metric(real, fake, floor=other, untrained=bad)
        assert found.low < found.value < found.high
        if score is not None:
            assert found.floor == pytest.approx(score(other).value) and found.direction == "max"
        ratio = (found.value - found.floor) / (found.untrained - found.floor)
        assert found.normalised.value == pytest.approx(ratio) and 0 < ratio < 1


def test_bad_input_is_told():
    p = dirichlet(100, [1.0] * 3, 8)
    with pytest.raises(MetricError, match=r"the first sums to 5\.338\): take softmax"):
        inception_score(np.log(p) + 3)
    with pytest.raises(MetricError, match="no probabilities"):
        inception_score(2 * p)
    with pytest.raises(MetricError, match="at least 2"):
        inception_score(np.ones((100, 1)))
    with pytest.raises(MetricError, match="rows are too few: give at least 200"):
        inception_score(p, splits=10)
    p[3, 0] = np.nan
    with pytest.raises(MetricError, match="not finite"):
        inception_score(p)
