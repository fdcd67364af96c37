"""The learnt classifier against the best accuracy there is, and what it is to the rest of the suite."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import norm

from gansuite.errors import UserError
from gansuite.extractors import classifier as module
from gansuite.extractors.classifier import Classifier
from gansuite.extractors.identity import Identity
from gansuite.extractors.random_projection import RandomProjection
from gansuite.metrics.features import Extractor
from gansuite.metrics.statistics.modes import wilson
from gansuite.plugins.registry import registry


def bound(spec, **table):
    return registry().bind("extractor", {"name": "classifier", **table}, "[here]").make(spec)


def test_held_out_accuracy_is_the_best_there_is(blobs):
    data = blobs(count=2000, shift=2.0)
    found = Classifier(data.spec)
    found.fit(data)
    best = norm.cdf(2.0 / math.sqrt(2))
    summary = found.summary
    assert abs(summary["accuracy"] - best) < 0.035 and summary["low"] - 0.01 < best < summary["high"] + 0.01
    low, high = wilson(torch.tensor([round(summary["accuracy"] * 400)]), 400)
    assert (summary["low"], summary["high"]) == pytest.approx((float(low) / 400, float(high) / 400))
    assert (summary["n"], summary["held_out"], summary["classes"]) == (400, "test", 2)
    assert summary["trained_on"] == 1200 and summary["steps"] <= 1000


def test_probabilities_are_the_posterior_and_features_the_units_before_them(blobs):
    """With classes at ±s/√2 along a line, p(class 1 | x) = sigmoid(s (x_1 - x_0)): calibrated, not only right."""
    data = blobs(count=4000, shift=1.5)
    found, units = Classifier(data.spec, output="probabilities"), Classifier(data.spec)
    found.fit(data)
    units.fit(data)
    x = data.parts["test"]["data"]
    p = found(x)
    truth = torch.sigmoid(1.5 * (x[:, 1] - x[:, 0]))
    assert (found.gives, units.gives) == ("probabilities", "features")
    assert float((p[:, 1] - truth).abs().mean()) < 0.05
    assert torch.allclose(p.sum(1), torch.ones(len(x)))
    assert units(x).shape == (len(x), 64)
    net = units.net
    assert torch.allclose((units(x) @ net.second[0] + net.second_bias[0]).softmax(1), p, atol=1e-5)


def test_trained_once_for_both_outputs_and_known_by_its_weights(blobs, monkeypatch):
    data, calls = blobs(), []
    fit = module.fit_classifiers
    monkeypatch.setattr(module, "fit_classifiers", lambda *args, **options: calls.append(1) or fit(*args, **options))
    kinds = [Classifier(data.spec), Classifier(data.spec, output="probabilities"), Classifier(data.spec)]
    for each in kinds:
        each.fit(data)
    assert len(calls) == 1
    assert kinds[0].fingerprint == kinds[2].fingerprint != kinds[1].fingerprint
    others = [Classifier(data.spec, seed=1), Classifier(data.spec, base=RandomProjection(size=4))]
    for each in others:
        each.fit(data)
    assert not torch.equal(others[1].net.first, kinds[0].net.first)
    again = Classifier(data.spec)
    again.fit(blobs(seed=1))
    assert len({each.fingerprint for each in (*kinds, *others, again)}) == 5
    assert [each.name for each in others] == ["classifier[identity]", "classifier[random-projection]"]
    assert isinstance(kinds[0], Extractor)


def test_the_same_everywhere_and_without_the_global_generator(blobs, monkeypatch, tmp_path):
    data, found = blobs(), []
    before = torch.random.get_rng_state()
    for place in ("a", "b"):
        monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / place))
        each = Classifier(data.spec, steps=60)
        with torch.no_grad():
            each.fit(data)
        found.append(each.fingerprint)
    assert found[0] == found[1] and torch.equal(before, torch.random.get_rng_state())


def test_rows_without_labels_are_left_out(blobs):
    data = blobs(count=3000, labels="few")
    found = Classifier(data.spec)
    found.fit(data)
    assert found.summary["trained_on"] == int((data.parts["train"]["label"] >= 0).sum()) < 700
    assert abs(found.summary["accuracy"] - norm.cdf(math.sqrt(2))) < 0.07


@pytest.mark.parametrize(
    ("labels", "told"), [("none", "no labels"), ("unknown", "no labels"), ("one", "one class only")]
)
def test_data_that_cannot_teach_it_are_told_in_one_line(blobs, labels, told):
    data = blobs(labels=labels)
    with pytest.raises(UserError, match=rf"classifier\[identity\]: the training split has {told}; .*encoder"):
        Classifier(data.spec).fit(data)


def test_a_split_that_is_too_small_is_replaced_by_training_items_that_then_train_nothing(blobs):
    data = blobs(count=600)
    for split in ("valid", "test"):
        data.parts[split] = {key: row[:3] for key, row in data.parts[split].items()}
    data.fingerprint += " cut"
    found = Classifier(data.spec)
    found.fit(data)
    assert found.summary["held_out"] == "train" and found.summary["n"] == 36
    assert found.summary["trained_on"] == 360 - 72
    data.parts["train"] = {key: row[:10] for key, row in data.parts["train"].items()}
    data.fingerprint += " again"
    with pytest.raises(UserError, match="10 training items are too few"):
        found.fit(data)


def test_it_stops_where_the_held_out_rows_say(blobs):
    data = blobs(count=150, dim=60, shift=1.0)
    short, items = Classifier(data.spec), Classifier(data.spec, items=40)
    short.fit(data)
    items.fit(data)
    assert short.summary["steps"] < 500
    assert (items.summary["trained_on"], items.summary["n"]) == (40, 30)


def test_samples_far_from_all_training_ones_stay_finite(blobs):
    data = blobs(labels="all")
    found = Classifier(data.spec, output="probabilities")
    found.fit(data)
    far = found(3e38 * torch.ones(3, 4))
    assert torch.isfinite(far).all() and torch.allclose(far.sum(1), torch.ones(3))


def test_from_a_recipe_with_its_base(blobs):
    data = blobs()
    found = bound(data.spec, base={"name": "random-projection", "size": 3}, hidden=5)
    assert found.base.size == 3 and found.name == "classifier[random-projection]"
    with pytest.raises(UserError, match=r"is not trained: call fit\(dataset, device\) first"):
        found(data.parts["test"]["data"])
    found.fit(data)
    assert found(data.parts["test"]["data"]).shape == (120, 5)
    inner = bound(data.spec, base={"name": "classifier", "base": "identity", "hidden": 7})
    inner.fit(data)  # the base is trained first
    assert inner.base.summary["classes"] == 2 and inner.name == "classifier[classifier[identity]]"
    assert isinstance(bound(data.spec).base, Identity)  # the domain's own
    with pytest.raises(UserError, match=r"\[here\] output = 'logits'|output"):
        bound(data.spec, output="logits")


def test_a_domain_whose_own_extractor_is_learnt_must_name_a_base(blobs):
    class Spec(type(blobs().spec)):
        extractor = "classifier"

    with pytest.raises(UserError, match="is itself trained: name the base"):
        Classifier(Spec(4))
