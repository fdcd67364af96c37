from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import pytest
import soundfile
import torch

from gansuite_audio.data.drums import Drums

EMBEDDED = Path(str(files("gansuite_audio"))) / "embedded" / "drums"


def test_every_recording_is_there_and_used():
    data = Drums(labels="manifest")
    assert data.summary["used"] == data.summary["files"] == 235 and data.summary["resampled"] == 0
    assert data.spec.shape == (1, 16384) and data.spec.rate == 16000
    assert data.spec.labels == ("bell", "cymbal", "kick", "other", "snare", "tabla", "tom")
    assert sum(data.count(split) for split in ("train", "valid", "test")) == 235
    assert min(data.count(split) for split in ("valid", "test")) >= 20


def test_a_recording_is_what_its_file_holds():
    data = Drums(normalise="none", labels="manifest")
    batch = data.batch("test", torch.arange(data.count("test")), None)
    with (EMBEDDED / "manifest.csv").open(newline="") as table:
        rows = {row["file"]: row for row in csv.DictReader(table)}
    for name, x, label in zip(data.names("test"), batch["data"], batch["label"].tolist(), strict=True):
        values, rate = soundfile.read(EMBEDDED / name, dtype="int16")
        assert rate == 16000 and len(values) == int(rows[name]["samples"])
        assert torch.equal(x[0, : len(values)] * 32768, torch.from_numpy(values).float())
        assert not x[0, len(values) :].any()
        assert data.spec.labels[label] == rows[name]["label"]


def test_the_licence_of_every_recording_is_told():
    with (EMBEDDED / "manifest.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert {row["file"] for row in rows} == {file.name for file in EMBEDDED.glob("*.flac")}
    assert {row["licence"] for row in rows} == {"CC0-1.0", "CC-BY-3.0"}
    texts = [(EMBEDDED / "README.md").read_text(), (Path(__file__).parents[3] / "NOTICE").read_text()]
    for collection in {row["collection"] for row in rows}:
        count = str(sum(row["collection"] == collection for row in rows))
        assert all(collection in text and count in text for text in texts)
    assert all("Emanuel Rumpf" in text and "creativecommons.org/licenses/by/3.0" in text for text in texts)


@pytest.mark.parametrize("rate", [8000, 44100])
def test_other_rates_and_stereo(rate):
    data = Drums(rate=rate, channels=2, length=rate, max_files=5, split={"train": 1.0})
    batch = data.batch("train", torch.arange(5), None)["data"]
    assert batch.shape == (5, 2, rate) and torch.equal(batch[:, 0], batch[:, 1])
    assert batch.abs().amax((1, 2)).min() > 0.95
