"""What holds for every toy data set."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from gansuite.data.dataset import Dataset
from gansuite.data.split import SPLITS
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.metrics.statistics.modes import Judge
from gansuite.plugins.registry import registry
from gansuite_toy.data.drawn import choices
from gansuite_toy.data.ring import Ring

SETS: dict[str, tuple[str, dict[str, Any]]] = {
    "ring": ("ring", {}),
    "ring-labelled": ("ring", {"labels": True, "weights": [1.0, 100.0, 1.0], "modes": 3}),
    "grid": ("grid", {"labels": True}),
    "dirac": ("dirac", {"sd": 0.5}),
    "mixture-1d": ("mixture-1d", {"labels": True}),
    "high-dimensional": ("high-dimensional", {"dim": 30, "intrinsic": 20}),
    "stacked-digits": ("stacked-digits", {}),
    "triangles": ("triangles", {}),
    "triangles-contour": ("triangles", {"form": "contour"}),
    "polygons": ("polygons", {"labels": True}),
    "parallel-lines": ("parallel-lines", {"lines": 2, "labels": True}),
    "shapes-circle": ("shapes", {}),
    "shapes-disc": ("shapes", {"shape": "disc"}),
    "shapes-planar": ("shapes", {"shape": "planar"}),
    "oracle-sequences": ("oracle-sequences", {"vocabulary": 30}),
    "oracle-sequences-one-hot": ("oracle-sequences", {"vocabulary": 30, "one_hot": True}),
    "counting-signal": ("counting", {}),
    "counting-image": ("counting", {"form": "image"}),
    "counting-brackets": ("counting", {"form": "brackets"}),
    "counting-one-hot": ("counting", {"form": "brackets", "one_hot": True}),
    "clouds": ("clouds", {}),
    "clouds-paired": ("clouds", {"paired": True, "map": "bend", "shift": [1.0, 2.0], "scale": 2.0}),
    "cloud-domains": ("cloud-domains", {}),
    "signals-denoise": ("signals", {}),
    "signals-inpaint": ("signals", {"task": "inpaint"}),
    "signals-super": ("signals", {"task": "super-resolve", "paired": False}),
    "moons": ("moons", {"labelled": 10}),
    "moons-adapt": ("moons", {"adapt": True, "angle": 30.0, "shift": 0.5}),
}


def make(name: str, **options: Any) -> Any:
    where, table = SETS[name]
    if where == "stacked-digits":
        pytest.importorskip("sklearn")
    return registry().bind("dataset", {"name": where, "count": 200, **table, **options}, "[data]", "toy").make()


@pytest.fixture(params=SETS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def test_it_is_a_data_set(name: str):
    data = make(name)
    assert isinstance(data, Dataset)
    assert [data.count(split) for split in SPLITS] == [160, 20, 20]
    assert [len(data.names(split)) for split in SPLITS] == [160, 20, 20]
    assert json.loads(json.dumps(data.summary))["used"] == 200
    assert data.read_spec(json.loads(json.dumps(data.spec.as_dict()))) == data.spec


def test_batches_are_what_the_specification_says(name: str):
    data = make(name)
    batch = data.batch("test", torch.tensor([3, 0, 3]), Rng(0, "batch"))
    assert batch["data"].shape == (3, *data.spec.shape)
    assert batch["data"].dtype == (torch.int64 if data.spec.extractor == "token-counts" else torch.float32)
    assert torch.equal(batch["data"][0], batch["data"][2])
    assert batch["data"].float().isfinite().all()
    assert ("label" in batch) == bool(data.spec.labels)
    if "label" in batch:
        assert batch["label"].dtype == torch.int64
        assert 0 <= int(batch["label"].min()) <= int(batch["label"].max()) < len(data.spec.labels)
    if data.spec.source is not None and "source" in batch:
        assert batch["source"].shape == (3, *data.spec.source.shape)


def test_equal_seeds_give_equal_data(name: str):
    one, again, other = make(name), make(name), make(name, seed=1)
    assert one.fingerprint == again.fingerprint != other.fingerprint
    whole = torch.arange(160)
    assert torch.equal(one.batch("train", whole, None)["data"], again.batch("train", whole, None)["data"])


def test_the_judge_finds_real_data_real(name: str):
    data = make(name, split={"train": 1.0})
    if not isinstance(data.judge, Judge):
        return  # the oracle has a likelihood instead: tests/toy/judges/test_oracle.py
    x = data.batch("train", torch.arange(200), None)["data"].flatten(1).float()
    assert float(data.judge.shares.sum()) == pytest.approx(1)
    mode, distance = data.judge.modes(x)
    assert mode.dtype == torch.int64
    assert mode.shape == distance.shape == (200,)
    assert data.judge.high_quality(x).double().mean() >= (0.9 if name == "stacked-digits" else 0.95)
    if name in ("ring-labelled", "grid", "mixture-1d", "polygons", "parallel-lines", "signals-denoise"):
        label = data.batch("train", torch.arange(200), None)["label"]
        assert (mode == label).double().mean() >= 0.95  # the first two bells of mixture-1d overlap


def test_on_another_device_nothing_else_changes(name: str):
    data = make(name)
    moved = data.to("meta")
    assert moved.batch("train", torch.arange(2, device="meta"), None)["data"].device.type == "meta"
    assert data.batch("train", torch.arange(2), None)["data"].device.type == "cpu"
    assert moved.fingerprint == data.fingerprint


def test_nothing_to_train_on_is_told():
    with pytest.raises(UserError, match="ring"):
        Ring(count=1, split={"train": 0.1, "test": 0.9})


def test_choices_have_the_frequencies_asked_for():
    found = choices(torch.tensor([1.0, 0.0, 3.0]), 40_000, Rng(0, "choices")).bincount() / 40_000
    assert found.tolist() == pytest.approx([0.25, 0, 0.75], abs=0.01)
