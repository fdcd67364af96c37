"""Log-mel frames against librosa, what their distances mean, and their options."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite.plugins.registry import registry
from gansuite_audio.metrics.log_mel_frames import LogMelFrames
from gansuite_audio.spec import AudioSpec

SPEC = AudioSpec(16_000, 1, 16_384)


def noise(n, length=16_384, channels=1, seed=0):
    return 0.3 * torch.randn(n, channels, length, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("rate", "length", "options"), [(16_000, 16_384, {}), (22_050, 5_000, {"bands": 40})])
def test_against_librosa(rate, length, options):
    """The reference's spectrogram: 2,048 and 128, magnitudes, 128 bands of 40 to 7,800 Hz, padded at the end alone."""
    librosa = pytest.importorskip("librosa")
    spec, x = AudioSpec(rate, 1, length), noise(3, length)
    found = LogMelFrames(spec, **options)(x)
    bands, frames = options.get("bands", 128), math.ceil(length / 128)
    assert found.shape == (3, bands * frames)
    filters = librosa.filters.mel(
        sr=rate, n_fft=2048, n_mels=bands, fmin=40, fmax=0.4875 * rate, htk=True, norm=None, dtype=np.float64
    )
    window = np.hanning(2049)[:-1]
    padded = np.pad(x[:, 0].double().numpy(), ((0, 0), (0, 2048)))
    spectrum = librosa.stft(padded, n_fft=2048, hop_length=128, window=window, center=False)[..., :frames]
    truth = np.log(10 ** (-50 / 20) + filters @ np.abs(spectrum) * 2 / window.sum())
    np.testing.assert_allclose(found.unflatten(1, (bands, frames)).numpy(), truth, atol=2e-4)


def test_level_is_that_of_a_sine_and_the_floor_that_of_silence():
    t = torch.arange(16_384) / 16_000
    found = LogMelFrames(SPEC, floor_db=-80.0)(torch.sin(2 * math.pi * 1000 * t).view(1, 1, -1)).view(128, 128)
    assert 1 < float(found[:, 50].exp().max()) < 2  # 1 in its bin, and half of it in either neighbour's
    silence = LogMelFrames(SPEC, floor_db=-80.0)(torch.zeros(1, 1, 16_384))
    assert torch.allclose(silence, torch.tensor(math.log(1e-4)))


def test_what_lies_far_below_the_floor_is_as_silence_and_with_the_references_floor_it_is_not():
    quiet, silence = 1e-6 * noise(2), torch.zeros(2, 1, 16_384)
    usual, reference = LogMelFrames(SPEC), LogMelFrames(SPEC, floor_db=-264.0)
    assert float((usual(quiet) - usual(silence)).norm(dim=1).max()) < 0.1
    assert float((reference(quiet) - reference(silence)).norm(dim=1).min()) > 1000


def test_a_gain_moves_all_loud_bands_alike_and_time_and_pitch_move_rows():
    x, extract = noise(2), LogMelFrames(SPEC, floor_db=-200.0)
    inner = slice(0, 112)  # frames without padding
    moved = (extract(x / 2) - extract(x)).unflatten(1, (128, 128))[..., inner]
    assert torch.allclose(moved, torch.tensor(-math.log(2)), atol=1e-3)
    click = torch.zeros(1, 1, 16_384)
    click[..., 4096] = 1.0
    frame = extract(click).view(128, 128).amax(0).argmax()
    later = extract(click.roll(1280, -1)).view(128, 128).amax(0).argmax()
    assert later - frame == 10


def test_channels_options_and_fingerprint():
    stereo = LogMelFrames(AudioSpec(16_000, 2, 16_384))
    x = noise(2, channels=2)
    own = LogMelFrames(SPEC)
    assert torch.equal(stereo(x), torch.cat([own(x[:, :1]), own(x[:, 1:])], 1))
    prints = {
        LogMelFrames(SPEC, **options).fingerprint
        for options in (
            {},
            {"hop": 256},
            {"window": 1024},
            {"bands": 64},
            {"low": 0.0},
            {"high": 4e3},
            {"floor_db": -60.0},
        )
    }
    assert len(prints) == 7
    found = registry().bind("extractor", {"name": "audio/log-mel-frames", "hop": 512}, "[x]").make(SPEC)
    assert found(x[:, :1]).shape == (2, 128 * 32)
    with pytest.raises(UserError, match=r"bands from 40 to 9000 Hz: give low < high <= 8000"):
        LogMelFrames(SPEC, high=9000.0)
    with pytest.raises(UserError, match=r"low < high"):
        LogMelFrames(SPEC, low=5000.0, high=100.0)
