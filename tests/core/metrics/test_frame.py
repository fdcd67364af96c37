"""What every metric gets from the frame: needs told before training, tables kept, ranks that share, a thread beside."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gansuite.engine.judging import Judging
from gansuite.engine.observer import Observer
from gansuite.engine.ranks import Ranks
from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.evaluation import Evaluator
from gansuite.metrics.features import Samples
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import share
from gansuite.metrics.plan import Plan
from gansuite.metrics.two_sample import Known, Part, TwoSample
from gansuite.spaces import TensorSpace


class Means(TwoSample):
    """Distance and sum of the means of the first feature; says what it was asked to compute."""

    name = "means"
    meaning = "How far the means are from each other."
    parts = (Part(), Part("total", "max", low=-1.0, high=1.0, ideal=0.0))

    def __init__(self, error_rows=0, correct=False):
        self.error_rows, self.correct, self.asked = error_rows, correct, []

    def side(self, real, labels, seed):
        self.asked.append(("side", len(real)))
        return {"means": torch.stack([real[:, 0].mean(), *left_out(real[:, 0], labels)])}

    def table(self, side, other, labels, seed):
        self.asked.append(("table", len(other)))
        means = torch.stack([other[:, 0].mean(), *left_out(other[:, 0], labels)])
        return torch.stack([(means - side["means"]).abs(), means + side["means"]], 1).numpy()


def left_out(x, labels):
    return [] if labels is None else [x[labels != b].mean() for b in range(int(labels.max()) + 1)]


def gaussian(n, seed, shift=0.0):
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed)).double() + shift


class Points:
    """A labelled data set of rows in the plane."""

    fingerprint = "points"
    summary: ClassVar[dict] = {}

    def to(self, device):
        return self

    def names(self, split):
        return [f"{split}-{i}" for i in range(self.count(split))]

    def __init__(self, labels=("a", "b", "c")):
        self.spec = SimpleNamespace(space=TensorSpace(), shape=(2,), labels=labels)
        self.rows = {split: gaussian(n, i).float() for i, (split, n) in enumerate({"train": 300, "test": 200}.items())}

    def count(self, split):
        return len(self.rows.get(split, ()))

    def batch(self, split, index, rng):
        return {"data": self.rows[split][index], "label": index % 3}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path))
    return tmp_path


def sampler(n, seed, condition=None):
    x = torch.randn(n, 2, generator=torch.Generator().manual_seed(seed)) + 1.0
    return x if condition is None else torch.cat([x[:, :1], condition[:, None].float()], 1)


def test_parts_have_names_bounds_directions_and_the_error_of_a_mean():
    distance, total = Means()(gaussian(100, 0), gaussian(100, 1, 3.0), seed=2)
    assert (distance.name, distance.direction, distance.ideal) == ("means", "min", None)
    assert (total.name, total.direction, total.ideal, total.high) == ("means/total", "max", 0.0, 1.0)
    x, y, labels = gaussian(100, 0)[:, 0], gaussian(100, 1, 3.0)[:, 0], block_labels(100, seed=2)
    gaps = np.array([float((y - x)[labels == b].mean()) for b in range(10)])
    assert distance.value == pytest.approx(float((y - x).mean()), abs=1e-12)
    half = 2.2621571628 * gaps.std(ddof=1) / np.sqrt(10)
    assert distance.high - distance.value == pytest.approx(half, rel=1e-9)


def test_normalised_is_0_at_the_floor_and_1_at_the_untrained():
    x, floor, untrained = gaussian(100, 0), gaussian(100, 1, 0.5), gaussian(100, 2, 5.0)
    at = {name: Means()(x, y, floor=floor, untrained=untrained)[0] for name, y in (("f", floor), ("u", untrained))}
    assert at["f"].normalised.value == pytest.approx(0, abs=1e-12)
    assert at["u"].normalised.value == pytest.approx(1)
    assert (at["f"].value, at["u"].value) == (at["u"].floor, at["f"].untrained)
    assert Means()(x, x, floor=floor, untrained=floor)[0].normalised is None


def test_the_error_of_some_rows_stands_in_for_that_of_all():
    x, y = gaussian(4000, 0), gaussian(4000, 1, 3.0)
    whole, part = Means()(x, y)[0], Means(error_rows=1000)(x, y)[0]
    some = torch.randperm(4000, generator=torch.Generator().manual_seed(0))[:1000]
    alone = Means()(x[some], y[some])[0]
    assert part.value == whole.value
    assert part.high - part.value == pytest.approx((alone.high - alone.value) / 2, rel=1e-9)
    order = y[:, 0].argsort()  # rows that come sorted: the interval is that of the set, not of its first rows
    sorted_rows = Means(error_rows=1000)(x, y[order])[0]
    assert 0.5 < (sorted_rows.high - sorted_rows.low) / (part.high - part.low) < 2


def test_features_that_are_all_the_same_are_told():
    x = torch.ones(20, 2)
    assert "the same features" in Means()(x, x + gaussian(20, 1))[0].extras["warning"]
    assert not Means()(gaussian(20, 0), x)[0].extras


def test_what_is_known_is_not_computed_again(cache):
    metric, x, floor, untrained = Means(), gaussian(40, 0), gaussian(40, 1), gaussian(40, 2, 4.0)
    known = metric.prepare(x, floor, seed=3)
    assert metric.asked == [("side", 40), ("table", 40)]
    again = Known.of(known.tensors())
    first = metric(x, gaussian(40, 5), floor=floor, untrained=untrained, seed=3, known=again)
    second = metric(x, gaussian(40, 5), floor=floor, untrained=untrained, seed=3, known=again)
    assert metric.asked[2:] == [("table", 40)] * 3  # the fake and the untrained, then the fake alone
    plain = Means()(x, gaussian(40, 5), floor=floor, untrained=untrained, seed=3)
    assert [e.as_dict() for e in first] == [e.as_dict() for e in second] == [e.as_dict() for e in plain]


def test_an_evaluator_keeps_it_between_evaluations_and_on_disk(cache):
    def asked(identity, seed=0):
        metric = Means()
        evaluator = Evaluator(Points(), [Plan(metric, Samples(), n=64, identity=identity)], seed=seed)
        evaluator.evaluate(sampler, 1)
        evaluator.evaluate(sampler, 2)
        return metric.asked

    new = [("side", 64), ("table", 64), ("table", 64), ("table", 64)]
    assert asked("means 1") == new
    assert asked("means 1") == [("table", 64), ("table", 64)]
    assert asked("means 2") == asked("means 1", seed=1) == new


def test_constructor_refuses_what_the_domain_cannot_serve():
    class Special:
        name, direction, meaning = "special", "min", "Nothing."

        def __init__(self, needs):
            self.needs = needs

        def __call__(self, *given, seed=0, **sets):
            raise NotImplementedError

    def refused(needs, dataset=None, extractor=None, game=None):
        with pytest.raises(UserError) as error:
            Evaluator(dataset or Points(), [Plan(Special(needs), extractor, n=20)], game=game)
        return str(error.value)

    assert "no judge that knows the truth" in refused("judge")
    assert "'samples' gives features" in (told := refused("probabilities", extractor=Samples()))
    assert 'extractor = { name = "classifier", output = "probabilities" }' in told
    assert "needs data with labels" in refused("labels", Points(labels=()))

    def unconditional(wanted, n):
        raise UserError("this model has no conditioning")

    assert "needs a conditional model" in refused("labels", game=SimpleNamespace(condition=unconditional))
    assert "is broken: it needs 'miracles'" in refused("miracles")


def test_what_cannot_be_compared_ends_an_evaluation_that_is_asked_for_and_no_run():
    class Picky(Means):
        def side(self, real, labels, seed):
            raise MetricError("means: these rows have no mean")

    def evaluator(strict, identity=""):
        return Evaluator(Points(), [Plan(Picky(), Samples(), n=20, identity=identity)], strict=strict)

    for identity in ("", "picky, whose real side would be kept on disk"):
        (found,) = evaluator(False, identity).evaluate(sampler, 3)
        assert np.isnan(found.value) and found.extras["warning"] == "means: these rows have no mean"
    with pytest.raises(MetricError, match="no mean"):
        evaluator(True).evaluate(sampler, 3)


def test_labels_are_those_of_the_real_samples():
    seen = {}

    class Labelled:
        name, needs, direction, meaning = "labelled", "labels", "max", "Nothing."

        def __call__(self, real, fake, *, labels, floor, untrained, seed):
            seen.update(labels, fake_rows=fake)
            return Estimate("labelled", 0.0, 0.0, 0.0, len(real), len(fake), "none")

    evaluator = Evaluator(Points(), [Plan(Labelled(), Samples(), n=100)], seed=4)
    evaluator.set_untrained(sampler)
    (found,) = evaluator.evaluate(sampler, 0)
    assert found.name == "labelled"
    assert torch.equal(seen["real"], evaluator.chosen("test")[:100] % 3)
    assert torch.equal(seen["fake"], seen["real"]) and torch.equal(seen["untrained"], seen["real"])
    assert torch.equal(seen["fake_rows"][:, 1].long(), seen["real"])
    assert torch.equal(seen["floor"], evaluator.chosen("train")[:100] % 3)


def test_the_model_is_lent_with_its_untrained_self():
    class Examiner:
        name, needs, direction, meaning = "examiner", "model", "min", "Nothing."

        def __call__(self, subject, *, untrained=None, seed=0):
            return Estimate("examiner/part", subject, 0.0, 9.0, 0, 0, "none", untrained=untrained)

    lent = []

    def lender(value):
        @contextmanager
        def lend(split, n, seed):
            lent.append((split, n, seed))
            yield value

        return lend

    evaluator = Evaluator(Points(), [Plan(Examiner(), n=20), Plan(Means(), Samples(), n=20)], seed=6)
    evaluator.set_untrained(sampler, lender(8.0))
    examined, *rest = evaluator.evaluate(sampler, 0, model=lender(2.0))
    assert (examined.name, examined.value, examined.untrained, examined.seed) == ("examiner/part", 2.0, 8.0, 6)
    assert lent == [("test", 20, 6)] * 2 and len(rest) == 2
    with pytest.raises(UserError, match="metric examiner examines the model itself"):
        evaluator.evaluate(sampler, 0)


class Sharing(Ranks):
    """One of two ranks on threads of one process, for what they gather."""

    def __init__(self, rank, meeting, shared):
        self.rank, self.world, self.meeting, self.shared = rank, 2, meeting, shared

    def gather(self, x):
        self.shared[self.rank] = x
        self.meeting.wait()
        both = torch.cat([self.shared[0], self.shared[1]])
        self.meeting.wait()
        return both


@pytest.mark.parametrize("n", [20, 64, 65, 150, 200])
def test_two_ranks_draw_what_one_does(n):
    alone = Evaluator(Points(), [Plan(Means(), Samples(), n=n)]).generated(sampler, [Plan(Means(), Samples(), n=n)])
    meeting, shared, found = threading.Barrier(2), {}, {}

    def work(rank):
        evaluator = Evaluator(Points(), [Plan(Means(), Samples(), n=n)], ranks=Sharing(rank, meeting, shared))
        found[rank] = evaluator.generated(sampler, evaluator.plans)

    threads = [threading.Thread(target=work, args=(rank,)) for rank in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    for rank in (0, 1):
        assert found[rank].keys() == alone.keys()
        assert all(torch.equal(found[rank][key], rows) for key, rows in alone.items())


def test_statistics_do_not_hold_up_training_and_are_written_in_their_order():
    gate, written = threading.Event(), []

    class Slow:
        plans = (Plan(Means(), Samples()),)

        def begin(self, sample, step, plans, lend):
            def compare():
                gate.wait(20)
                return [estimate(step)]

            return compare

    def write(estimates, step):
        written.append((step, estimates))

    def estimate(step):
        return Estimate("slow", float(step), 0.0, 99.0, 4, 4, "none")

    run = SimpleNamespace(first=True, step=10, sample=None, lend=None, write_estimates=write)
    run.engine = SimpleNamespace(ranks=Ranks.alone())
    with Judging(run, Slow(), Observer()) as judging:
        began = time.perf_counter()
        judging.begin([])
        assert time.perf_counter() - began < 5 and written == []
        run.step = 17  # training goes on
        gate.set()
        judging.begin([])
        assert written == [(10, [estimate(10)])]
        judging.finish()
        judging.finish()
    assert written == [(10, [estimate(10)]), (17, [estimate(17)])]


def test_an_error_beside_training_ends_it():
    class Broken:
        def begin(self, sample, step, plans, lend):
            def compare():
                raise MetricError("means: no")

            return compare

    run = SimpleNamespace(first=True, step=1, sample=None, lend=None, engine=SimpleNamespace(ranks=Ranks.alone()))
    with Judging(run, Broken(), Observer()) as judging:
        judging.begin([])
        with pytest.raises(MetricError, match="means: no"):
            judging.finish()


def test_sides_that_share_memory_can_be_kept_in_a_file(tmp_path: Path):
    labels = torch.arange(6)
    known = Known({"a": {"labels": labels}, "b": {"labels": labels, "half": labels[:3]}})
    save_file(known.tensors(), tmp_path / "known.safetensors")
    again = Known.of(load_file(tmp_path / "known.safetensors"))
    assert all(torch.equal(again.side[key][name], x) for key, side in known.side.items() for name, x in side.items())


def test_a_share_lies_within_its_interval_whatever_is_rounded():
    for n in range(1, 300):
        none, every = share(0, n), share(n, n)
        assert none.low == none.value == 0 and every.high == every.value == 1
