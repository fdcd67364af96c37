"""The evaluator: equal n, determinism, the cache, the floor, and that training is left alone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from gansuite.errors import UserError
from gansuite.metrics import KAD, Evaluator, Frechet, Plan
from gansuite.spaces import TensorSpace

COUNTS = {"train": 300, "valid": 50, "test": 130}


class Rows:
    """A data set of Gaussian rows that counts what is read."""

    def __init__(self, counts=None, fingerprint="rows"):
        self.counts = COUNTS if counts is None else counts
        self.fingerprint = fingerprint
        self.spec = SimpleNamespace(space=TensorSpace(), shape=(6,))
        generator = torch.Generator().manual_seed(5)
        self.rows = {split: torch.randn(n, 6, generator=generator) for split, n in self.counts.items()}
        self.summary = {}
        self.read = 0

    def to(self, device):
        return self

    def names(self, split):
        return [f"{split}-{i}" for i in range(self.count(split))]

    def count(self, split):
        return self.counts.get(split, 0)

    def batch(self, split, index, rng):
        assert rng is None and len(index) == 64
        self.read += 1
        return {"data": self.rows[split][index]}


class Linear(torch.nn.Module):
    """An extractor that accepts batches of 64 only, and remembers nothing."""

    def __init__(self, name="linear", scale=1.0):
        super().__init__()
        self.name, self.fingerprint, self.scale = name, f"{name}-{scale}", scale
        self.weight = torch.nn.Parameter(torch.randn(6, 5, generator=torch.Generator().manual_seed(1)))

    def forward(self, samples):
        assert len(samples) == 64
        return self.scale * samples @ self.weight


def sampler(shift=0.0):
    def draw(n, seed):
        return torch.randn(n, 6, generator=torch.Generator().manual_seed(seed)) + shift

    return draw


KEY = ("linear-1.0", False)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path))
    return tmp_path


def make(dataset=None, n=100, **options):
    extractor = Linear()
    plans = [Plan(KAD(), extractor, n=n, every=10), Plan(Frechet(), extractor, n=n, every=20)]
    return Evaluator(dataset or Rows(), plans, seed=3, **options)


def test_estimates_are_whole_and_normalised():
    evaluator = make()
    evaluator.set_untrained(sampler(4.0))
    kad, frechet = evaluator.evaluate(sampler(), 10)
    for found in (kad, frechet):
        assert (found.n_real, found.n_fake, found.seed) == (100, 100, 3)
        assert found.extractor == "linear@linear-1.0" and len(found.reference) == 12
        assert found.low < found.value < found.high and found.extras["split"] == "test"
        assert abs(found.normalised.value) < 0.05 and found.normalised.low < 0 < found.normalised.high
    assert evaluator.evaluate(sampler(4.0), 10)[0].normalised.value == pytest.approx(1)
    assert (kad.name, frechet.name) == ("kad", "frechet")


def test_same_seed_same_numbers_and_other_metrics_change_none():
    first = make().evaluate(sampler(1.0), 0)
    assert [e.as_dict() for e in make().evaluate(sampler(1.0), 0)] == [e.as_dict() for e in first]
    both = make()
    both.plans.append(Plan(KAD(), both.plans[0].extractor, n=130))
    assert both.evaluate(sampler(1.0), 0)[0].as_dict() == first[0].as_dict()
    both.seed = 4
    both.references.clear()
    assert both.evaluate(sampler(1.0), 0)[0].value != first[0].value


def test_n_is_equal_on_both_sides_and_bounded_by_what_is_there():
    assert make(n=1000).evaluate(sampler(), 0)[0].n_fake == 130
    few = Rows({"train": 90, "valid": 0, "test": 130})
    assert make(few, n=1000).evaluate(sampler(), 0)[0].n_real == 90


def test_splits_fall_back_with_a_warning_and_floor_never_shares_an_item():
    with pytest.warns(UserWarning, match="too few items in split 'test': metrics are taken against 'valid'"):
        make(Rows({"train": 90, "valid": 20, "test": 2}))
    with pytest.warns(UserWarning, match="'train'"):
        evaluator = make(Rows({"train": 90}), n=1000)
    reference = evaluator.reference(evaluator.plans[0])
    assert len(reference.real) == len(reference.floor) == 45
    assert torch.cdist(reference.real, reference.floor).min() > 1e-3
    with pytest.raises(UserError, match="3 real items are too few"):
        make(Rows({"train": 6}))
    with pytest.raises(UserError, match="metric kad: n = 3 is too small"):
        make(n=3)


def test_real_features_are_read_once_and_keyed_by_data_and_extractor(cache):
    make().evaluate(sampler(), 0)
    again = Rows()
    make(again).evaluate(sampler(), 0)
    assert again.read == 0
    other = Rows(fingerprint="other")
    make(other).evaluate(sampler(), 0)
    assert other.read == 4  # 100 test rows and 100 training rows, 64 at a time
    changed = Rows()
    Evaluator(changed, [Plan(KAD(), Linear(scale=2.0), n=100)], seed=3).evaluate(sampler(), 0)
    assert changed.read == 4
    assert not [file for file in cache.rglob("*") if "tmp" in file.name]


def test_features_of_a_sample_do_not_depend_on_n():
    evaluator = make()
    small, large = (evaluator.generated(sampler(), [Plan(KAD(), Linear(), n=n)]) for n in (10, 100))
    assert torch.equal(small[KEY], large[KEY][:10])


def test_training_is_left_alone():
    evaluator = make()
    torch.manual_seed(0)
    before = torch.get_rng_state()
    evaluator.set_untrained(sampler(2.0))
    evaluator.evaluate(sampler(), 0)
    assert torch.equal(torch.get_rng_state(), before)
    assert not evaluator.untrained[KEY].requires_grad and torch.is_grad_enabled()


def test_nearest_finds_copies_at_distance_zero():
    dataset = Rows()
    evaluator = make(dataset)
    index, distance = evaluator.nearest(dataset.rows["train"].flip(0))
    assert index.tolist() == list(range(299, -1, -1))
    assert distance.unique().tolist() == [0]
    far, away = evaluator.nearest(dataset.rows["train"][:1] + 0.01)
    assert far.tolist() == [0] and 0 < float(away) < 0.2


def test_broken_generators_get_no_number_and_names_stay_apart():
    broken = make().evaluate(sampler(float("nan")), 70)[0]
    assert broken.as_dict()["value"] is None and "step 70" in broken.extras["warning"]
    two = Evaluator(Rows(), [Plan(KAD(), Linear(), n=50), Plan(KAD(), Linear("other"), n=50)])
    assert [e.name for e in two.evaluate(sampler(), 0)] == ["kad@linear", "kad@other"]
