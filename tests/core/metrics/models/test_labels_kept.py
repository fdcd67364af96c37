"""Shares of translations that keep their class and reach their domain, by a judge that knows both."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from gansuite.data.domains.views import BySide
from gansuite.errors import UserError
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.domain_reached import DomainReached
from gansuite.metrics.models.judged import Judged
from gansuite.metrics.models.labels_kept import LabelsKept, matched
from gansuite.metrics.models.points import share
from gansuite.metrics.models.translations import translated
from gansuite.plugins.registry import registry

from .tiny_domains import CLASSES, Four, N, Reader, Two, lit, no_translator, picture, shifted, subject_of


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))


def kept(move, dataset=None, **more):
    return LabelsKept(classifier=Reader("content"))(subject_of(move, dataset), **more)


def reached(move, dataset=None, what="side", **more):
    return DomainReached(classifier=Reader(what))(subject_of(move, dataset), **more)


def to(domain):
    return lambda x: lit(x, torch.full((len(x),), domain))


def moved(x, codes):
    """The right translation between four domains."""
    return lit(x, codes.argmax(1))


@pytest.mark.parametrize("paired", [True, False])
def test_of_two_domains(paired):
    data = Two(paired)
    perfect = kept(to(1), data)
    assert (perfect.value, perfect.high, perfect.floor, perfect.direction) == (1.0, 1.0, 1.0, "max")
    assert perfect.low == share(48, 48).low < 1 and perfect.method == "share; Wilson score"
    wrong = kept(lambda x: shifted(to(1)(x), 1), data)
    assert (wrong.value, wrong.extras["matched"]) == (0.0, 1.0)  # a permutation of the classes
    assert set(wrong.extras["classes"]) == set(CLASSES) and wrong.extras["sources"] == 1.0
    one = kept(lambda x: picture(torch.zeros(len(x), dtype=torch.int64), 1), data)
    index = subject_of(to(1), data).items(48, "test")
    content = data.batch("test", index, None)["content"]
    dark = float((content == 0).double().mean())
    assert one.value == pytest.approx(dark)
    most = float(content.bincount().max()) / 48
    assert one.extras["matched"] == pytest.approx(most)
    assert {name: each["share"] for name, each in one.extras["classes"].items()} == {"dark": 1, "grey": 0, "bright": 0}
    assert sum(each["n"] for each in one.extras["classes"].values()) == 48


def test_reaching_one_domain():
    perfect, idle = reached(to(1)), reached(lambda x: x)
    assert (perfect.value, perfect.floor, idle.value, idle.extras["sources"]) == (1.0, 1.0, 0.0, 0.0)
    assert perfect.extras["domains"]["target"]["n"] == 48
    # half of them, by their class: it says nothing about classes
    some = reached(lambda x: torch.where((x[:, :, 3:, 3:] > 0), lit(x, torch.ones(len(x), dtype=torch.int64)), x))
    index = subject_of(to(1)).items(48, "test")
    assert some.value == pytest.approx(float((index % 3 == 2).double().mean()))


def test_between_many_domains():
    """Each of the other domains is asked for as often, never the own one; the class is the content, not the label."""
    found = translated(subject_of(moved, Four()), "x")
    own = found.rows["label"]
    assert found.wanted is not None and not bool((found.wanted == own).any())
    for domain in range(4):
        counts = found.wanted[own == domain].bincount(minlength=4)
        assert int((counts > 0).sum()) == 3
    assert torch.equal(found.made, picture(found.rows["content"], found.wanted))
    assert kept(moved, Four()).value == 1.0 and reached(moved, Four(), "domains").value == 1.0
    names = reached(moved, Four(), "domains").extras["domains"]
    assert sorted(names) == ["a", "b", "c", "d"] and {each["share"] for each in names.values()} == {1.0}
    stuck = reached(lambda x, codes: lit(x, torch.full((len(x),), 2)), Four(), "domains")
    shares = {name: each["share"] for name, each in stuck.extras["domains"].items()}
    assert shares == {"a": 0.0, "b": 0.0, "c": 1.0, "d": 0.0}
    assert stuck.extras["sources"] == 0.0 and stuck.floor == 1.0
    assert kept(lambda x, codes: shifted(moved(x, codes), 1), Four()).value == 0.0


def test_normalised_between_the_floor_and_the_untrained():
    """A third right before training, two thirds after: half the way, whichever rows these are."""

    def some(least):
        return lambda x: torch.where(x[:, :, 3:, 3:] >= least, to(1)(x), shifted(to(1)(x), 1))

    found = kept(some(0.0), untrained=subject_of(some(0.25)))
    index = subject_of(to(1)).items(48, "test") % 3
    share_of = [float((index >= least).double().mean()) for least in (1, 2)]
    assert (found.value, found.untrained) == (pytest.approx(share_of[0]), pytest.approx(share_of[1]))
    assert found.normalised is not None
    assert found.normalised.value == pytest.approx((1 - share_of[0]) / (1 - share_of[1]))
    assert reached(to(1), untrained=subject_of(lambda x: x)).normalised.value == 0.0


def test_the_usual_classifier_is_trained_on_the_target_and_tells_its_accuracy(tmp_path):
    metric = LabelsKept()
    found = metric(subject_of(to(1), Two()))
    assert found.value == 1.0 and found.extras["classifier"]["accuracy"] == 1.0
    assert found.extras["classifier"]["n"] == N and found.extras["classifier"]["held_out"] == "test"
    [judge] = metric.trained.values()
    assert judge.name == "classifier[identity]" and metric(subject_of(to(1))).value == 1.0
    assert len(metric.trained) == 1
    # of many domains: the classes of all of them, and not the domains
    many = LabelsKept()
    assert many(subject_of(moved, Four())).value == 1.0
    [judge] = many.trained.values()
    assert judge.summary["classes"] == 3
    sides = DomainReached()
    assert sides(subject_of(to(1), Two(paired=False))).value == 1.0
    [judge] = sides.trained.values()
    assert judge.summary["classes"] == 2 and judge.summary["n"] == 2 * N


def test_a_classifier_of_a_recipe():
    table = {"name": "labels-kept", "classifier": {"name": "classifier", "output": "probabilities", "hidden": 7}}
    metric = registry().bind("metric", table, "[x]").make()
    assert metric(subject_of(to(1))).value == 1.0
    [judge] = metric.trained.values()
    assert judge.settings["hidden"] == 7
    plain = registry().bind("metric", {"name": "labels-kept", "classifier": "classifier"}, "[x]").make()
    with pytest.raises(MetricError, match=r'classifier\[identity\] gives features; set output = "probabilities"'):
        plain(subject_of(to(1)))


def test_sources_and_data_in_turns():
    view = BySide(Two(paired=False))
    rows = view.batch("test", torch.tensor([0, 1, 6, 7]), None)
    assert view.count("test") == 2 * N and rows["label"].tolist() == [0, 1, 0, 1]
    assert torch.equal(rows["data"], picture(torch.tensor([1, 0, 1, 0]), torch.tensor([0, 1, 0, 1])))
    assert view.spec.labels == ("source", "target") and view.fingerprint != Two(paired=False).fingerprint


def test_rows_of_unknown_class_are_left_out():
    class Some(Two):
        def batch(self, split, index, rng):
            batch = super().batch(split, index, rng)
            return {**batch, "content": batch["content"].where(index % 3 > 0, -1)}

    found = kept(lambda x: torch.where(x[:, :, 3:, 3:] >= 0, to(1)(x), shifted(to(1)(x), 1)), Some())
    index = subject_of(to(1)).items(48, "test")
    assert (found.value, found.n_real) == (1.0, int((index % 3 > 0).sum()))


def test_matching():
    truth = torch.tensor([0, 0, 1, 1, 2, 2])
    assert matched(truth, truth) == 1 and matched((truth + 1) % 3, truth) == 1
    assert matched(torch.zeros(6, dtype=torch.int64), truth) == pytest.approx(1 / 3)
    assert matched(torch.tensor([0, 0, 1, 1, 1, 1]), truth) == pytest.approx(4 / 6)
    assert matched(torch.tensor([5, 5, 1, 1, 0, 0]), truth) == 1


def test_what_cannot_be_judged():
    with pytest.raises(MetricError, match="labels-kept: the sources have no classes to keep"):
        kept(to(1), Two(content=False))
    with pytest.raises(MetricError, match="labels-kept: the target domain has no classes to be told by"):
        kept(to(1), Two(labels=()))
    with pytest.raises(UserError, match="metric domain-reached: the game Game translates nothing"):
        DomainReached(classifier=Reader("side"))(no_translator())
    with pytest.raises(UserError, match="translates nothing"):
        Judged.check(LabelsKept(), no_translator().game)

    class Small(Two):
        def __init__(self):
            super().__init__()
            self.spec = replace(self.spec, source=replace(self.spec.source, shape=(1, 2, 2)))

        def batch(self, split, index, rng):
            batch = super().batch(split, index, rng)
            return {**batch, "source": batch["source"][:, :, ::2, ::2]}

    with pytest.raises(MetricError, match=r"and sources of \[1, 2, 2\] differ by their shape alone"):
        reached(lambda x: x.repeat(1, 1, 2, 2), Small())
    assert "sources" not in kept(lambda x: x.repeat_interleave(2, 2).repeat_interleave(2, 3), Small()).extras

    class Bare(Two):
        def batch(self, split, index, rng):
            batch = super().batch(split, index, rng)
            return batch if rng is None and len(index) == 256 else {"data": batch["data"], "label": batch["label"]}

    with pytest.raises(MetricError, match="the data set's batches hold no 'source' to translate"):
        kept(to(1), Bare())
