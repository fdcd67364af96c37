from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from gansuite_audio.panels.pictures import RANGE, filters, log_mel, mel_picture, outline, png, wav

RATE = 16_000


def tone(pitch: float, length: int = 4096) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * pitch * np.arange(length) / RATE)


def test_filters_are_those_of_librosa() -> None:
    librosa = pytest.importorskip("librosa")
    reference = librosa.filters.mel(sr=RATE, n_fft=2048, n_mels=40, htk=True, norm=None)
    np.testing.assert_allclose(filters(RATE, 1025, 40).T, reference, atol=1e-6)


@pytest.mark.parametrize("pitch", [220.0, 1000.0, 5000.0])
def test_a_tone_lies_in_its_band(pitch: float) -> None:
    picture = log_mel(tone(pitch), RATE, 40)
    edges = 700 * (10 ** (np.linspace(0, np.log10(1 + RATE / 1400), 42)) - 1)
    assert abs(int(picture.mean(1).argmax()) - int(np.abs(edges[1:-1] - pitch).argmin())) <= 1
    assert picture.max() == 0
    assert picture.min() >= -RANGE


def test_halving_a_tone_costs_six_decibels() -> None:
    sound = tone(1000)
    sound[2048:] /= 2
    picture = log_mel(sound, RATE, 40).max(0)
    assert picture[20] - picture[-20] == pytest.approx(20 * np.log10(2), abs=0.1)


@pytest.mark.parametrize("length", [1, 7, 100, 4096, 65_536])
def test_any_length_has_a_picture(length: int) -> None:
    pixels = mel_picture(tone(500, length), RATE)
    assert pixels.dtype == np.uint8
    assert pixels.shape[0] == 80
    assert 1 <= pixels.shape[1] <= 400
    assert png(pixels).startswith(b"\x89PNG")
    assert outline(tone(500, length))


def test_low_bands_are_at_the_bottom() -> None:
    assert mel_picture(tone(100), RATE).sum((1, 2)).argmax() > 60


@pytest.mark.parametrize("sound", [np.zeros(512), np.full(512, np.nan), np.full((2, 512), np.inf)])
def test_silence_and_what_is_not_finite_are_silent(sound: np.ndarray) -> None:
    assert (log_mel(sound, RATE) == -RANGE).all()
    content, _ = soundfile.read(io.BytesIO(wav(sound, RATE)))
    assert np.isfinite(content).all()


def test_wav_keeps_rate_channels_and_samples() -> None:
    sound = np.stack([tone(300), -tone(700)])
    sound[0, 0] = 3.0
    content, rate = soundfile.read(io.BytesIO(wav(sound, 44_100)))
    assert rate == 44_100
    np.testing.assert_allclose(content.T, sound.clip(-1, 1), atol=1e-4)
