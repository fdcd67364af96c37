"""GAN-train and GAN-test where the best accuracy is known, in the cases that tell them apart, and over many draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.special import stdtrit
from scipy.stats import norm

from gansuite.extractors.perceptrons import Perceptrons
from gansuite.metrics import Estimate, MetricError, gan_test, gan_train
from gansuite.metrics.jackknife import block_labels, jackknife_of
from gansuite.metrics.statistics.accuracies import halves, leaving_out, score_interval
from gansuite.metrics.statistics.label_transfer import GanTest, GanTrain
from gansuite.metrics.statistics.modes import wilson
from gansuite.metrics.two_sample import Known


def blobs(n, seed, shift=1.5, classes=2, d=3, spread=1.0):
    """Gaussian classes on the axes at distance ``shift``."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    means = np.zeros((classes, d))
    means[np.arange(classes), np.arange(classes)] = shift
    return means[labels] + spread * rng.standard_normal((n, d)), labels


def test_equal_laws_reach_the_best_accuracy_there_is():
    """Two classes at distance s√2: no classifier is right more often than Φ(s / √2)."""
    best = norm.cdf(1.5 / math.sqrt(2))
    for metric in (gan_train, gan_test):
        found = metric(*blobs(800, 0), *blobs(800, 1), steps=150)
        assert found.low < best < found.high
        assert abs(found.value - best) < 0.03
        assert found.extras["classes"] == 2 and 0.5 <= found.extras["chance"] < 0.54


def test_labels_by_chance_give_chance():
    (real, labels), (fake, _) = blobs(600, 0, classes=3), blobs(600, 1, classes=3)
    wrong = np.random.default_rng(2).integers(0, 3, 600)
    for metric in (gan_train, gan_test):
        found = metric(real, labels, fake, wrong)
        assert abs(found.value - 1 / 3) < 0.09 and found.low < 1 / 3 < found.high


def test_labels_exchanged_are_wrong_and_their_numbers_are_only_names():
    real, labels = blobs(60, 0, shift=8)
    fake, asked = blobs(60, 1, shift=8)
    assert gan_train(real, labels, fake, 1 - asked).value < 0.02
    assert gan_test(real, labels, fake, 1 - asked).value < 0.02
    names = np.array([7, 3])
    for metric in (gan_train, gan_test):
        found = metric(real, names[labels], fake, names[asked], steps=60)
        assert found.value == metric(real, 1 - labels, fake, 1 - asked, steps=60).value > 0.98
        assert metric(real, names[labels], fake, asked, steps=60).value == 0  # classes that the classifier never saw


def test_the_two_see_different_faults():
    """One point a class is always recognised but teaches little; a broad cloud teaches but is often not recognised."""
    real, labels = blobs(600, 0, shift=2.5, classes=3, spread=1.0)
    narrow, asked = blobs(600, 1, shift=2.5, classes=3, spread=0.05)
    broad, asked_broad = blobs(600, 2, shift=2.5, classes=3, spread=2.0)
    floor = gan_test(real, labels, *blobs(600, 3, shift=2.5, classes=3)).value
    assert gan_test(real, labels, narrow, asked).low > floor  # above the floor, which is no merit
    assert gan_test(real, labels, broad, asked_broad).high < floor - 0.1
    lost, few = blobs(600, 4, shift=2.5, classes=3), blobs(600, 5, shift=2.5, classes=3)
    moved = lost[0].copy()
    moved[lost[1] == 2] = few[0][few[1] == 1][:1]  # one class has become a single sample of another
    assert gan_train(real, labels, moved, lost[1]).high < gan_train(real, labels, *lost).low


def test_each_is_the_other_with_the_sets_exchanged():
    (real, labels), (fake, asked) = blobs(60, 0), blobs(60, 1, shift=0.7, spread=2.0)
    forth = gan_train(real, labels, fake, asked, steps=40)
    assert forth.value == gan_test(fake, asked, real, labels, steps=40).value
    assert forth.value != gan_test(real, labels, fake, asked, steps=40).value


def test_duplicates_and_order_of_the_test_rows():
    metric, (real, labels), (fake, asked) = GanTest(steps=40), blobs(100, 0), blobs(100, 1)
    value = metric(real, fake, labels={"real": labels, "fake": asked})[0].value
    order = np.random.default_rng(0).permutation(100)
    assert metric(real, fake[order], labels={"real": labels, "fake": asked[order]})[0].value == pytest.approx(value)


def test_features_units_and_offset_change_little():
    (real, labels), (fake, asked) = blobs(300, 0), blobs(300, 1)
    scale, offset = np.array([1e-6, 1.0, 1e6]), 1e4
    found = gan_train((real + offset) * scale, labels, (fake + offset) * scale, asked)
    assert found.value == pytest.approx(gan_train(real, labels, fake, asked).value, abs=0.01)


def test_intervals_cover_the_mean_over_draws():
    """The truth is the mean accuracy over draws of both sets, at this n; networks of halves make it a cautious one."""
    found = [gan_train(*blobs(100, 2 * i), *blobs(100, 2 * i + 1), steps=150, hidden=32) for i in range(24)]
    mean = np.mean([each.value for each in found])
    covered = np.mean([each.low <= mean <= each.high for each in found])
    assert covered >= 0.87  # 21 of 24
    widths = np.mean([each.high - each.low for each in found]) / (2 * stdtrit(9, 0.975))
    assert 0.9 < widths / np.std([each.value for each in found], ddof=1) < 2.2  # neither bold nor useless


def test_spread_of_halves_adds_exactly_their_variance():
    generator = torch.Generator().manual_seed(0)
    right = (torch.rand(11, 200, generator=generator) < 0.8).double()
    labels = block_labels(200)

    def variance(rows):
        table = leaving_out(rows, labels)
        return (
            jackknife_of(lambda b: [float(table[0 if b is None else b + 1])], labels, correct=False).error([1.0]) ** 2
        )

    alone = torch.cat([right[:1], torch.ones(10, 200).double()])  # networks that agree add nothing
    flat = torch.cat([torch.ones(1, 200).double(), right[1:]])  # test rows that are all right add nothing
    spread = right[1:].mean(1).var().item()
    assert variance(flat) == pytest.approx(spread, rel=1e-9)
    assert variance(alone) == pytest.approx(float(right[0].var()) / 200, rel=0.6)
    assert leaving_out(right, None).tolist() == [float(right[0].mean())]
    kept = right[0][labels != 4]
    assert float(leaving_out(alone, labels)[5]) == pytest.approx(float(kept.mean()))


def test_every_network_of_a_pair_sees_the_others_rest():
    seen = halves(31, 5, 0)
    assert seen.shape == (11, 31) and bool((seen[0] == 1).all())
    assert torch.equal(seen[1::2] + seen[2::2], torch.ones(5, 31)) and set(seen[1::2].sum(1).tolist()) == {15.0}
    assert not torch.equal(seen[1], seen[3])


def test_score_interval_is_wilsons_at_the_rows_that_the_error_stands_for():
    t = float(stdtrit(9, 0.975))
    z2 = norm.ppf(0.975)

    def ends(p, error, n=400):
        found = Estimate("a", p, p - t * error, p + t * error, n, n, "m")
        return score_interval(found)["low"], score_interval(found)["high"]

    # As many rows times (t / z)² have Wilson's interval with z where these have it with t.
    n = round(0.8 * 0.2 / 0.04**2 / (t / z2) ** 2 * 1000) / 1000
    low, high = ends(0.8, 0.04)
    for end in (low, high):  # |p - end| = t sqrt(end (1 - end) / n)
        rows = 0.8 * 0.2 / 0.04**2
        assert abs(0.8 - end) == pytest.approx(t * math.sqrt(end * (1 - end) / rows), rel=1e-9)
    assert n < 100 < 400
    assert ends(1.0, 0.0)[1] == 1 and ends(1.0, 0.0)[0] == pytest.approx(400 / (400 + t * t))
    assert ends(0.0, 0.0)[0] == 0 and ends(0.0, 0.0)[1] == pytest.approx(t * t / (400 + t * t))
    assert ends(0.5, 1e-6) == pytest.approx(ends(0.5, math.sqrt(0.25 / 400)))  # never narrower than 400 rows allow
    assert ends(1.0, 0.1)[0] < ends(1.0, 0.0)[0] - 0.1
    plain = wilson(torch.tensor([320]), 400)
    assert ends(0.8, 0.02)[0] < float(plain[0]) / 400 and ends(0.8, 0.02)[1] > float(plain[1]) / 400


def test_floor_untrained_and_what_an_evaluator_keeps():
    (real, a), (fake, b), (floor, c), (bad, _) = blobs(80, 0), blobs(80, 1, shift=1.0), blobs(80, 2), blobs(80, 3, 0.0)
    labels = {"real": a, "fake": b, "floor": c, "untrained": b}
    for metric in (GanTrain(steps=40, hidden=8), GanTest(steps=40, hidden=8)):
        known = metric.prepare(real, floor, 0, labels)
        [found] = metric(real, fake, labels=labels, floor=floor, untrained=bad)
        [again] = metric(real, fake, labels=labels, floor=floor, untrained=bad, known=Known.of(known.tensors()))
        assert found == again
        assert found.floor == metric(real, floor, labels={"real": a, "fake": c})[0].value
        assert found.untrained == metric(real, bad, labels={"real": a, "fake": b})[0].value
        assert found.floor > found.untrained
        assert metric.prepare(real, floor).side == {}  # nothing without labels, and nothing wrong is kept
    assert (GanTrain.direction, GanTest.direction, GanTrain.needs) == ("max", "target", "labels")


def test_it_leaves_the_global_generator_and_is_a_function_of_its_seed():
    before = torch.random.get_rng_state()
    first, again, other = (gan_train(*blobs(60, 0), *blobs(60, 1), steps=20, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(before, torch.random.get_rng_state())
    assert first == again and first.low != other.low
    with torch.no_grad():
        assert gan_train(*blobs(60, 0), *blobs(60, 1), steps=20, seed=1) == first


def test_bad_input_is_told():
    (real, a), (fake, b) = blobs(40, 0), blobs(40, 1)
    with pytest.raises(MetricError, match="fake samples come without labels"):
        GanTrain()(real, fake, labels={"real": a})
    with pytest.raises(MetricError, match=r"fake labels are \[39\] int64"):
        gan_train(real, a, fake, b[:-1])
    with pytest.raises(MetricError, match="float64"):
        gan_train(real, a, fake, b.astype(float))
    with pytest.raises(MetricError, match="real labels are below 0"):
        gan_test(real, np.where(a == 1, -1, a), fake, b)
    with pytest.raises(MetricError, match="needs two classes"):
        gan_test(real, a, fake, 0 * b)
    with pytest.raises(MetricError, match="all alike"):
        gan_train(0 * real, a, fake, b)
    with pytest.raises(MetricError, match="19 real rows are too few"):
        gan_train(real[:19], a[:19], fake[:19], b[:19])
    with pytest.raises(MetricError, match="39 fake rows against 40 real rows"):
        gan_train(real, a, fake[:39], b[:39])
    collapsed = gan_train(real, a, 0 * fake, b)  # a generator's fault, not the caller's
    assert collapsed.value <= collapsed.extras["chance"] + 1e-12


def test_weights_can_be_put_down_and_taken_up():
    net = Perceptrons(3, 4, hidden=5, members=2, seed=1)
    x = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(Perceptrons.of(net.state_dict())(x), net(x))
    assert net(x).shape == (2, 6, 4) and net.hidden(x).shape == (6, 2, 5)
    by_hand = torch.nn.functional.leaky_relu(x @ net.first[:, 1] + net.first_bias[1], 0.1) @ net.second[1]
    assert torch.allclose(net(x)[1], by_hand, atol=1e-6)
