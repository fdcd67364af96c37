"""Every metric from the command line: what it prints, what it needs, and what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RING = str(HERE / "ring.toml")
FEATURES = (
    "frechet,kid,kad,energy-distance,sliced-wasserstein,precision-recall,density-coverage,prd,c2st,birthday,"
    "geometry-score"
)
MODEL = "condition-number,critic-robustness,duality-gap,gradient-noise-scale,skill-rating,ivom"


@pytest.fixture
def trained(toy, tmp_path: Path) -> Path:
    """A finished run of a few checkpoints."""
    settings = ("train.steps=8", "train.checkpoint_every=2", "train.keep=4", "players.generator.width=8")
    assert toy("run", RING, "--out", "a", *(word for each in settings for word in ("--set", each))).code == 0
    return tmp_path / "a"


def test_metrics_of_features(toy, trained: Path) -> None:
    done = toy("evaluate", "a", "--metrics", FEATURES, "--n", "128", "--seed", "1", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)["metrics"]
    assert {each["name"].partition("/")[0] for each in found} == set(FEATURES.split(","))
    for each in found:
        assert each["extractor"].startswith("identity@") and each["reference"] and each["seed"] == 1, each
        assert each["n_real"] == each["n_fake"] == 128 and each["direction"] in ("min", "max", "target"), each
        assert each["value"] is None or each["low"] is None or each["low"] <= each["value"], each
        assert (each["floor"] is not None and each["untrained"] is not None) or each["name"] == "birthday", each


def test_metrics_of_the_model(toy, trained: Path) -> None:
    done = toy("evaluate", "a", "--metrics", MODEL, "-n", "32", "--json")
    assert done.code == 0, done.err
    found = {each["name"]: each for each in json.loads(done.out)["metrics"]}
    assert {name.partition("/")[0] for name in found} == set(MODEL.split(","))
    assert found["condition-number"]["extractor"] is None and found["condition-number"]["untrained"] is not None
    again = json.loads(toy("evaluate", "a", "--metrics", MODEL, "-n", "32", "--json").out)["metrics"]
    assert [each["value"] for each in again] == [each["value"] for each in found.values()]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("inception-score", "metric inception-score needs an extractor that gives class probabilities"),
        ("gan-train", "metric gan-train needs data with labels of two classes or more"),
        ("modes", "metric modes: the data set has no judge that knows the truth of a sample"),
        ("ms-ssim", "ms-ssim: "),
        ("kad,", "write names with commas between them"),
    ],
)
def test_what_the_domain_cannot_serve(toy, trained: Path, name: str, told: str) -> None:
    done = toy("evaluate", "a", "--metrics", name)
    assert done.code == 2 and told in done.line


def test_a_run_without_a_checkpoint(toy, trained: Path) -> None:
    shutil.rmtree(trained / "checkpoints")
    done = toy("evaluate", "a")
    assert done.code == 2
    assert done.line == "error: a has no checkpoint yet; train it first: gansuite run --resume a"


def test_metrics_of_the_model_while_it_trains(toy, tmp_path: Path) -> None:
    """They leave the training alone: the weights are those of a run that is not measured."""
    more = '[{name="kad", n=32}, {name="condition-number", n=8, every=2}, {name="duality-gap", n=64, every=3}]'
    for name, metrics in (("plain", '[{name="kad", n=32}]'), ("measured", more)):
        assert toy("run", RING, "--set", "train.steps=6", "--set", f"metrics={metrics}", "--out", name).code == 0
    weights = [
        Path(name, "checkpoints", "000006", "weights.safetensors").read_bytes() for name in ("plain", "measured")
    ]
    assert weights[0] == weights[1]
    rows = [json.loads(line) for line in Path("measured", "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if row["name"] == "condition-number"] == [2, 4, 6]
    assert [row["step"] for row in rows if row["name"] == "duality-gap"] == [3, 6]


def test_findings_are_written_and_shown(toy, tmp_path: Path) -> None:
    narrow = ("--set", "prior.size=1", "--set", "data.count=2048")
    assert toy("run", RING, *narrow, "--out", "a").code == 0
    found = json.loads(Path("a", "diagnostics.json").read_text())
    assert all(each.keys() == {"name", "level", "words", "numbers"} for each in found)
    page = Path("a", "report.html").read_text()
    assert found and all(each["words"][:40] in page for each in found)
