"""The classifier two-sample test: its law for equal laws, its power in closed form, and planted defects in order."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.special import ndtr

from gansuite.metrics import MetricError, c2st, ordered_defects
from gansuite.metrics.statistics import critics
from gansuite.metrics.statistics.classifier_test import C2ST, verdicts
from gansuite.metrics.statistics.critics import logistic, round_robin, votes
from gansuite.metrics.statistics.normal_critics import Normal, orthogonal


def gaussian(n, d, seed, shift=0.0):
    x = torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    x[:, 0] += shift
    return x


@pytest.mark.parametrize(("classifier", "d", "repeats"), [("logistic", 6, 250), ("knn", 6, 250), ("mlp", 4, 30)])
def test_z_is_standard_normal_for_equal_laws(classifier, d, repeats, monkeypatch):
    """With folds that judge each other its variance would be 1.5 to 1.8."""
    monkeypatch.setattr(critics, "EPOCHS", 40)
    z = np.array(
        [
            c2st(gaussian(60, d, 2 * i), gaussian(60, d, 2 * i + 1), classifier, seed=i).extras["z"]
            for i in range(repeats)
        ]
    )
    assert abs(z.mean()) < 3 / math.sqrt(repeats)
    assert 1 - 3.2 * math.sqrt(2 / repeats) < z.var() < 1 + 3.2 * math.sqrt(2 / repeats)


def test_of_two_folds_never_both_judge_each_other():
    fold, train = round_robin(35, 7, torch.Generator().manual_seed(0))
    assert fold.bincount().tolist() == [5] * 7
    judges = torch.stack([train[:, fold == f].all(1) for f in range(7)])  # [of f, by fold]
    assert torch.equal(judges, torch.stack([train[:, fold == f].any(1) for f in range(7)]))
    assert torch.equal((judges.int() + judges.T.int()), 1 - torch.eye(7, dtype=torch.int))


@pytest.mark.parametrize("classifier", ["logistic", "knn", "mlp"])
def test_accuracy_of_a_shift_is_bayes(classifier):
    """Phi(m / 2) for laws m standard deviations apart."""
    found = c2st(gaussian(1500, 2, 0), gaussian(1500, 2, 1, 1.5), classifier)
    assert found.value == pytest.approx(float(ndtr(0.75)), abs=0.025)
    assert found.extras["z"] == pytest.approx((found.value - 0.5) * 2 * math.sqrt(3000))
    assert found.extras["p"] < 1e-9 and found.ideal == 0.5


def test_what_the_mean_does_not_show_others_see():
    x, y = gaussian(600, 2, 0), 2.5 * gaussian(600, 2, 1)
    assert c2st(x, y).value < 0.6
    assert c2st(x, y, "mlp").value > 0.68 and c2st(x, y, "knn").value > 0.65


def test_interval_covers():
    found = [c2st(gaussian(100, 2, 2 * i), gaussian(100, 2, 2 * i + 1, 1.0), seed=i) for i in range(200)]
    mean = np.mean([each.value for each in found])
    assert 0.9 <= np.mean([each.low <= mean <= each.high for each in found]) <= 0.99


def test_logistic_is_that_of_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    for d in (3, 90):  # more features than rows, too
        x, label = torch.cat([gaussian(40, d, 0), gaussian(40, d, 1, 1.0)]), torch.arange(80).ge(40).double()
        x = x - x.mean(0)
        train = torch.zeros(2, 80, dtype=torch.bool)
        train[0, ::2], train[1, 20:60] = True, True
        found = logistic(x, label, train)
        for mask, score in zip(train, found, strict=True):
            oracle = LogisticRegression(C=1 / (1e-2 * int(mask.sum())), max_iter=2000, tol=1e-8)
            truth = oracle.fit(x[mask].numpy(), label[mask].numpy()).decision_function(x.numpy())
            assert np.corrcoef(truth, score.numpy())[0, 1] > 0.98
            if d == 3:
                assert score.numpy() == pytest.approx(truth, abs=0.05)


def test_votes_are_those_of_scikit_learn():
    from sklearn.neighbors import KNeighborsClassifier

    x, label = torch.cat([gaussian(50, 3, 0), gaussian(50, 3, 1, 1.0)]), torch.arange(100).ge(50).double()
    fold, train = (each for each in round_robin(100, 5, torch.Generator().manual_seed(0)))
    found = votes(x, label, fold, train)
    k = 2 * int(20**0.5 / 2) + 1
    for f in range(5):
        oracle = KNeighborsClassifier(k).fit(x[train[f]].numpy(), label[train[f]].numpy())
        assert found[fold == f].numpy() + 0.5 == pytest.approx(oracle.predict_proba(x[fold == f].numpy())[:, 1])


def test_leaving_out_a_block_leaves_out_its_verdicts():
    x, y, labels = gaussian(55, 2, 0), gaussian(55, 2, 1, 0.7), torch.arange(55) % 10
    table = C2ST().table({"rows": x}, y, labels, 3)[:, 0]
    right = verdicts(x, y, "logistic", 5, 3)
    assert table[0] == pytest.approx(float(right.mean()))
    assert table[1:] == pytest.approx([float(right[:, labels != b].mean()) for b in range(10)])


def planted(n, seed):
    """A shift of 1.6, spreads of 2.5 for 1, and a shift of .6, among 12 features."""
    x, y = gaussian(n, 12, 2 * seed), gaussian(n, 12, 2 * seed + 1)
    y[:, 3] += 1.6
    y[:, 7] *= 2.5
    y[:, 0] -= 0.6
    return x, y


def test_planted_defects_come_back_in_order_and_size():
    for seed in range(3):
        found = ordered_defects(*planted(2000, seed), at_most=3)
        assert [each.features for each in found] == [(3,), (7,), (0,)]
        assert found[0].size == pytest.approx(1.6, abs=0.2) and found[2].size == pytest.approx(0.6, abs=0.2)
        assert found[0].accuracy > found[1].accuracy > found[2].accuracy
        # Best accuracy between N(0, 1) and N(0, s²), told apart at |x| = r: .5 + (P(|x| < r) - P(|x| < r / s)) / ...
        r = math.sqrt(2 * math.log(2.5) / (1 - 1 / 2.5**2))
        assert found[1].accuracy == pytest.approx(0.5 + float(ndtr(r) - ndtr(r / 2.5)), abs=0.03)
        assert all(each.low < each.accuracy < each.high and each.p < 0.05 for each in found)


def test_defects_of_subspaces():
    x, y = gaussian(2000, 12, 0), gaussian(2000, 12, 1)
    y[:, 0:4] += 0.3
    y[:, 4:8] += 0.75
    found = ordered_defects(x, y, groups=[range(4), range(4, 8), range(8, 12)])
    assert [each.features for each in found] == [(4, 5, 6, 7), (0, 1, 2, 3)]
    assert [each.size for each in found] == pytest.approx([1.5, 0.6], abs=0.2)


def test_a_defect_of_correlated_features_is_one():
    """Features that follow another show its defect; once they are orthogonal to it, only their own is left."""
    x, y = gaussian(2000, 3, 0), gaussian(2000, 3, 1)
    y[:, 0] += 1.5
    y[:, 2] += 0.7
    for rows in (x, y):
        rows[:, 1] = rows[:, 0] + 0.3 * rows[:, 1]
    found = ordered_defects(x, y)
    assert [each.features for each in found] == [(0,), (2,)]
    left, other = orthogonal(x, y, torch.arange(2000), [0])
    assert abs(float(torch.corrcoef(torch.stack([left[:, 1], x[:, 0]]))[0, 1])) < 1e-4
    assert abs(float(other[:, 1].mean())) < 0.03 and float(left[:, 0].std()) < 1e-4


def test_no_defect_where_there_is_none():
    found = [ordered_defects(gaussian(60, 5, 2 * i), gaussian(60, 5, 2 * i + 1), seed=i) for i in range(200)]
    assert 0.01 <= np.mean([len(each) > 0 for each in found]) <= 0.1


def test_normal_laws_of_groups():
    x = gaussian(200, 4, 0) @ gaussian(4, 4, 1)
    law = Normal.fitted(x[:, [[0, 1], [2, 3]]])
    for g, columns in enumerate(([0, 1], [2, 3])):
        part = x[:, columns]
        truth = torch.distributions.MultivariateNormal(part.mean(0), torch.cov(part.T)).log_prob(part)
        found = law.log_density(x[:, [[0, 1], [2, 3]]])[:, g]
        assert float((found - truth - (found - truth).mean()).abs().max()) < 1e-3


def test_a_run_lists_defects():
    x, y = planted(400, 0)
    found = C2ST(defects=2)(x, y, floor=gaussian(400, 12, 9), untrained=y + 3)[0]
    assert [each["features"] for each in found.extras["defects"]] == [(3,), (7,)]
    assert found.normalised is not None and found.floor == pytest.approx(0.5, abs=0.06)
    assert "defects" not in C2ST(defects=0)(x, y)[0].extras


def test_a_constant_feature_is_no_error_and_is_seen():
    x, y = gaussian(100, 3, 0), gaussian(100, 3, 1)
    y[:, 1] = 0.3
    assert ordered_defects(x, y)[0].features == (1,)
    x[:, 1] = y[:, 1] = 0.0
    assert c2st(x, y).value == pytest.approx(0.5, abs=0.12)


def test_bad_input_is_told():
    x = gaussian(30, 2, 0)
    with pytest.raises(MetricError, match="one of logistic, mlp, knn"):
        c2st(x, x, "forest")
    with pytest.raises(MetricError, match="folds = 4: give an odd number"):
        c2st(x, x, folds=4)
    with pytest.raises(MetricError, match="30 real rows are too few: give at least 60"):
        c2st(x, x, folds=15)
    with pytest.raises(MetricError, match="groups hold features 0 to 1"):
        ordered_defects(x, x, groups=[[2]])
