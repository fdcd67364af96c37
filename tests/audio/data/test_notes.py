from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_audio.data import notes
from gansuite_audio.data.notes import Notes

from .tiny_soundfont import soundfont

installed = pytest.mark.skipif(find_spec("tinysoundfont") is None, reason="tinysoundfont is not installed")
ALL = {"train": 1.0}


@pytest.fixture
def font(tmp_path) -> Path:
    file = tmp_path / "tiny.sf2"
    file.write_bytes(soundfont((0, 5, 12)))
    return file


def made(font: Path, **options) -> Notes:
    return Notes(**{"soundfont": str(font), "split": ALL, "pitches": [57, 69], "programs": [5]} | options)


def waves(data: Notes) -> np.ndarray:
    return data.batch("train", torch.arange(data.count("train")), None)["data"].numpy()


def test_without_the_package_the_remedy_is_named(monkeypatch, font):
    monkeypatch.setattr(notes, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"^notes: .* not installed; pip install --no-deps tinysoundfont$"):
        made(font)


@installed
@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_notes_sound_at_their_pitch(font, rate):
    data = made(font, pitches=[45, 93], labels="pitch", rate=rate, length=rate, release=0.1)
    size = 1 << 19
    batch = data.batch("train", torch.arange(49), None)
    for x, label in zip(batch["data"][:, 0].numpy(), batch["label"].tolist(), strict=True):
        truth = 440 * 2 ** ((int(data.spec.labels[label]) - 69) / 12)
        found = np.abs(np.fft.rfft(x * np.hanning(len(x)), size)).argmax() * rate / size
        assert abs(found / truth - 1) < 0.003


@installed
def test_notes_above_nyquist_do_not_fold_back(font):
    x = waves(made(font, pitches=[118, 121], normalise="none"))[:, 0, 2000:12000]
    level = np.abs(x).max(1)  # 118 is 7459 Hz, 120 is 8372 Hz
    assert level[0] > 0.1 and level[2:].max() < 1e-3


@installed
def test_a_note_is_held_and_then_released_and_fills_the_window(font):
    x = waves(made(font, release=0.5, normalise="peak"))[:, 0]
    level = np.sqrt(np.square(x).reshape(13, 64, -1).mean(2))
    assert (level[:, 30] > 0.9 * level[:, 5]).all() and (level[:, 45:] < 0.01).all()
    assert np.abs(x).max(1).min() > 0.999
    whole = waves(made(font, release=0.0))[:, 0]
    assert (np.sqrt(np.square(whole[:, -500:]).mean(1)) > 0.5).all()


@installed
def test_every_combination_once_with_names_and_labels(font):
    data = made(font, programs=None, pitches=[60, 62], velocities=[50, 100], labels="program")
    assert data.names("train")[:3] == ["sine_0_000-060-050", "sine_0_000-060-100", "sine_0_000-061-050"]
    assert data.spec.labels == ("0", "5", "12") and data.summary["labels"] == {"0": 6, "12": 6, "5": 6}
    assert made(font, pitches=[9, 11], labels="pitch").spec.labels == ("9", "10", "11")
    assert made(font).spec.labels == ()
    soft, loud = (np.abs(waves(made(font, velocities=[v], normalise="none"))).max() for v in (40, 127))
    assert soft < loud / 2
    stereo = waves(made(font, channels=2, normalise="none"))
    assert stereo.shape[1:] == (2, 16384)
    assert np.allclose(stereo.mean(1), waves(made(font, normalise="none"))[:, 0], atol=2e-4)


@installed
def test_a_note_does_not_know_what_was_played_before_it(font, cache):
    font.write_bytes(soundfont((5,), release=3600))  # dies away in 8 s, long after the next note began
    among, alone = made(font, pitches=[60, 69], normalise="none"), made(font, pitches=[69, 69], normalise="none")
    assert np.array_equal(waves(among)[-1], waves(alone)[0])
    first = waves(among).copy()
    shutil.rmtree(cache)
    again = made(font, pitches=[60, 69], normalise="none")
    assert np.array_equal(waves(again), first) and again.fingerprint == among.fingerprint


@installed
def test_rendering_happens_once_and_in_another_process(font, monkeypatch):
    made(font)
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: pytest.fail("rendered again"))
    assert made(font, labels="pitch").summary["used"] == 13
    assert "tinysoundfont" not in sys.modules


@installed
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file; name an sf2 or sf3 file"),
        (b"", "no soundfont; name an sf2 or sf3 file"),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), "no soundfont; name an sf2 or sf3 file"),
        (soundfont()[:-100], "the soundfont is truncated, 100 bytes are missing; copy it again"),
        (b"RIFF\x04\0\0\0sfbk", "it cannot be read; name an sf2 or sf3 file"),
        (soundfont((3,)), "it has no program 5 in bank 0; programs: 3"),
    ],
    ids=["missing", "empty", "a sound", "truncated", "hollow", "no such program"],
)
def test_what_is_no_soundfont_is_one_line(tmp_path, content, message):
    file = tmp_path / "some.sf2"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError) as told:
        made(file)
    assert str(told.value) == f"soundfont = {str(file)!r}: {message}"


@installed
def test_a_soundfont_that_crashes_the_synthesiser_is_one_line(font, monkeypatch, tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(notes, "PROGRAM", program)
    with pytest.raises(UserError, match=r"broke off after 0 notes \(exit code -11\); the file is damaged$"):
        made(font)
    program.write_text('print(\'{"names": {"5": "Sine"}}\'); print(\'half a note\')')
    with pytest.raises(UserError, match=r"broke off after 0 notes \(exit code 0\)"):
        made(font)


@installed
def test_a_release_longer_than_the_sample_is_refused(font):
    with pytest.raises(UserError, match=r"release = 2: the sample lasts 1.024 s; choose less"):
        made(font, release=2.0)
