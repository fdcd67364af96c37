"""A sound of the user's as a sample."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
import soundfile

from gansuite.errors import UserError
from gansuite_audio.spec import AudioSpec

SPEC = AudioSpec(rate=8000, channels=1, length=100)


def test_a_sound_that_fits_is_taken_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    values = np.random.default_rng(0).integers(-20000, 20000, 100, dtype=np.int16)
    soundfile.write(tmp_path / "a.wav", values, 8000)
    with caplog.at_level(logging.WARNING, "gansuite"):
        x = SPEC.read(tmp_path / "a.wav")
    assert np.array_equal(x.numpy(), values[None] / np.float32(2**15)) and not caplog.records


def test_one_of_another_length_and_rate_is_changed_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros((60, 2)) + 0.5, 8000)
    with caplog.at_level(logging.WARNING, "gansuite"):
        x = SPEC.read(tmp_path / "a.wav")
    assert x.shape == (1, 100) and (x[:, 60:] == 0).all() and (abs(x[:, :60] - 0.5) < 1e-3).all()
    (record,) = caplog.records
    assert record.getMessage().endswith("a.wav: padded, mixed, to be 100 frames at 8000 Hz like the run's samples")


def test_what_is_no_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"a\.wav: cannot be read as a sound"):
        SPEC.read(tmp_path / "a.wav")
