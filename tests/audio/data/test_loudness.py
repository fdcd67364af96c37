"""BS.1770 loudness: the standard's coefficients and levels, and torchaudio's figure."""

from __future__ import annotations

import math

import numpy as np
import pytest
import soundfile
import torch
import torchaudio

from gansuite_audio.data.decoding import Decoding, decode
from gansuite_audio.data.loudness import Loudness, k_weighting


def sine(rate: int, seconds: float, hertz: float = 997.0, channels: int = 1) -> np.ndarray:
    wave = np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)
    return np.repeat(wave[:, None], channels, 1).astype(np.float32)


def heard(x: np.ndarray, rate: int, parts: int = 1) -> float:
    loudness = Loudness(rate, x.shape[1])
    for block in np.array_split(x, parts):
        loudness.add(block)
    return loudness.integrated()


def test_the_filters_are_the_standards_tables_1_and_2() -> None:
    shelf, high_pass = k_weighting(48000)
    np.testing.assert_allclose(
        shelf,
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585],
        atol=1e-8,
    )
    np.testing.assert_allclose(high_pass, [1, -2, 1, 1, -1.99004745483398, 0.99007225036621], atol=1e-8)


def test_a_full_scale_sine_of_997_hz() -> None:
    assert heard(sine(48000, 3), 48000) == pytest.approx(-3.01, abs=0.01)
    assert heard(sine(48000, 3, channels=2), 48000) == pytest.approx(0.0, abs=0.01)  # both channels add up
    assert heard(0.1 * sine(48000, 3), 48000) == pytest.approx(-23.01, abs=0.01)


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_other_rates_agree(rate) -> None:
    assert heard(sine(rate, 3), rate) == pytest.approx(-3.01, abs=0.1)


def test_it_is_near_torchaudios_which_takes_another_filter() -> None:
    noise = np.random.default_rng(0).normal(size=(48000 * 4, 2)).astype(np.float32)
    fading = noise * np.linspace(0.001, 0.3, len(noise), dtype=np.float32)[:, None]
    truth = float(torchaudio.functional.loudness(torch.from_numpy(fading.T.copy()), 48000))
    assert heard(fading, 48000) == pytest.approx(truth, abs=0.15)


def test_silence_does_not_count() -> None:
    """Gates: what is 10 LU below the rest, or below -70 LUFS, changes nothing."""
    loud, rate = sine(16000, 4), 16000
    with_pause = np.concatenate([loud, np.zeros((rate * 20, 1), np.float32)])
    assert heard(with_pause, rate) == pytest.approx(heard(loud, rate), abs=0.25)  # three blocks hold the edge
    quiet = np.concatenate([loud, 0.01 * sine(rate, 20)])
    assert heard(quiet, rate) == pytest.approx(heard(loud, rate), abs=0.25)
    assert heard(np.zeros((rate, 1), np.float32), rate) == -math.inf
    assert heard(sine(rate, 0.1), rate) == pytest.approx(-3.0, abs=0.3)  # shorter than a block


def test_the_absolute_gate_keeps_what_lies_below_it_from_the_relative_one() -> None:
    """At -65 and -72 LUFS, 7 LU apart: the second counts only without the gate at -70."""
    faint, hiss = (10 ** ((lufs + 3.01) / 20) * sine(16000, 8) for lufs in (-65, -72))
    assert heard(np.concatenate([faint, hiss]), 16000) == pytest.approx(-65, abs=0.2)
    assert heard(hiss, 16000) == -math.inf


def test_what_lies_below_the_gate_is_left_as_it_is(tmp_path) -> None:
    how = Decoding(16000, 16000, 1, "random-slice", "loudness", "pad", "keep", -60.0)
    soundfile.write(tmp_path / "hiss.wav", 2e-4 * sine(16000, 1)[:, 0], 16000, subtype="FLOAT")
    assert np.abs(decode(tmp_path / "hiss.wav", how).values).max() == 7  # 2e-4 of 32768


def test_blocks_change_nothing() -> None:
    x = np.random.default_rng(1).normal(size=(30011, 2)).astype(np.float32)
    assert heard(x, 16000, parts=7) == pytest.approx(heard(x, 16000), abs=1e-9)


def test_files_are_brought_to_minus_23_without_clipping(tmp_path) -> None:
    how = Decoding(16000, 16000, 1, "random-slice", "loudness", "pad", "keep", -60.0)
    soundfile.write(tmp_path / "loud.wav", 0.8 * sine(16000, 3)[:, 0], 16000)
    clip = decode(tmp_path / "loud.wav", how)
    assert heard(clip.values / np.float32(32768), 16000) == pytest.approx(-23, abs=0.05)
    click = 1e-4 * sine(16000, 3)[:, 0]
    click[20000], click[21000] = 0.5, 0.25
    soundfile.write(tmp_path / "click.wav", click, 16000, subtype="FLOAT")
    values = decode(tmp_path / "click.wav", how).values[:, 0]
    assert (values[20000], values[21000]) == (32767, 16384)  # as far as its peak allows
