"""GANSynth's pictures, step by step in numpy as its authors order them, and back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_audio.representations.instantaneous_frequency import LogInstantaneousFrequency, MelInstantaneousFrequency
from gansuite_audio.representations.mel import from_mel, to_mel
from gansuite_audio.spec import AudioSpec

SPEC = AudioSpec(16000, 1, 4096)
SHORT: dict[str, Any] = {"window": 256, "hop": 64}
HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)


def frequency_of(angle: np.ndarray) -> np.ndarray:
    """Unwrap along time, differences, first value kept, in half turns."""
    unwrapped = np.unwrap(angle, axis=-1)
    return np.concatenate([unwrapped[..., :1], np.diff(unwrapped, axis=-1)], -1) / np.pi


def spectrum_by_numpy(x: torch.Tensor, frames: int) -> np.ndarray:
    """With all zeros in front and the constant bin dropped, [n, bins, frames]."""
    wave = x[:, 0].numpy().astype(np.float64)
    padded = np.pad(wave, ((0, 0), (63 * 64 + 256 - wave.shape[1] + 64 * (frames - 64), 0)))
    return np.fft.rfft(np.stack([padded[:, 64 * m : 64 * m + 256] * HANN for m in range(frames)], -1), axis=1)[:, 1:]


def half_turns_apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.abs(np.remainder(a - b + 1, 2) - 1)


def test_linear_pictures(noise, fitted) -> None:
    x = noise()
    seen = fitted(LogInstantaneousFrequency, SPEC, x, **SHORT, drop="constant", padding="front")
    assert seen.spec.shape == (2, 128, 64)
    y, spectrum = seen.encode(x).double().numpy(), spectrum_by_numpy(x, 64)
    level = np.log(np.abs(spectrum) + 1e-6)
    truth = -0.8 + 1.6 * (level - level.min()) / (level.max() - level.min())
    np.testing.assert_allclose(y[:, 0], truth, atol=1e-4)
    apart = half_turns_apart(y[:, 1] / 0.8, frequency_of(np.angle(spectrum)))
    assert np.quantile(apart, 0.999) < 1e-3  # soft bins have phases of little precision
    assert np.median(apart) < 1e-5


def test_mel_pictures(noise) -> None:
    """log-magnitudes to mel power, the unwrapped phase to mel and only then differences, as the authors order it."""
    x = noise()
    seen = MelInstantaneousFrequency(SPEC, **SHORT, normalise="published", padding="front")
    y, spectrum = seen.encode(x).double().numpy(), spectrum_by_numpy(x, 64)
    there = to_mel(128, 16000).numpy()
    power = np.exp(2 * np.log(np.abs(spectrum) + 1e-6))
    level = np.log(there @ power + 1e-6)
    np.testing.assert_allclose(y[:, 0], 0.0661371661726 * level + 0.113718730221, atol=1e-4)
    phase = np.cumsum(frequency_of(np.angle(spectrum)) * np.pi, -1)
    apart = half_turns_apart(y[:, 1] / 0.8, frequency_of(there @ phase))
    assert np.quantile(apart, 0.995) < 1e-2
    assert np.median(apart) < 1e-4


def test_mel_pictures_come_back_as_the_authors_bring_them(noise) -> None:
    seen = MelInstantaneousFrequency(SPEC, **SHORT, normalise="published", padding="front")
    y = noise(2, 2, 128 * 64).view(2, 2, 128, 64).clamp(-0.8, 0.8)
    there = to_mel(128, 16000)
    back = from_mel(there).numpy()
    level = (y[:, 0].double().numpy() - 0.113718730221) / 0.0661371661726
    power = back @ np.exp(level)
    phase = back @ np.cumsum(y[:, 1].double().numpy() / 0.8 * np.pi, -1)
    spectrum = np.pad(np.sqrt(power) * np.exp(1j * phase), ((0, 0), (1, 0), (0, 0)))
    made = np.fft.irfft(spectrum, axis=1) * HANN[:, None]
    total, weight = np.zeros((2, 63 * 64 + 256)), np.zeros(63 * 64 + 256)
    for m in range(64):
        total[:, 64 * m : 64 * m + 256] += made[..., m]
        weight[64 * m : 64 * m + 256] += HANN**2
    inside = slice(0, 4096 - 256)  # the last samples are faded
    truth = (total / np.maximum(weight, 1e-9))[:, 63 * 64 + 256 - 4096 :]
    scale = np.abs(truth[:, inside]).max()
    np.testing.assert_allclose(seen.decode(y)[:, 0, inside] / scale, truth[:, inside] / scale, atol=1e-3)


def test_a_steady_tone_has_a_constant_frequency() -> None:
    """The bins around a tone advance by its frequency times the hop, whichever bin; cut to half turns."""
    x = (2 * math.pi * 1000 / 16000 * torch.arange(4096)).sin()[None, None] * 0.5
    seen = LogInstantaneousFrequency(SPEC, **SHORT)
    picture = seen.encode(x)[0, 1] / 0.8
    truth = 2 * 1000 * 64 / 16000 % 2  # half turns a hop
    truth = truth - 2 if truth > 1 else truth
    around = picture[15:18, 8:-8]  # bin 16 is 1000 Hz
    assert ((around - truth + 1).remainder(2) - 1).abs().max() < 1e-3


@pytest.mark.parametrize("warp", ["triangles", "interpolated"])
def test_tones_come_back_at_their_pitch_from_mel_bands(fitted, warp) -> None:
    time = torch.arange(8192) / 8000
    pitches = torch.tensor([220.0, 440.0, 1000.0])
    x = (0.5 * (2 * math.pi * pitches[:, None] * time).sin())[:, None]
    seen = fitted(MelInstantaneousFrequency, AudioSpec(8000, 1, 8192), x, **SHORT, warp=warp)
    assert seen.spec.shape == (2, 128 if warp == "triangles" else 512, 128)
    y = seen.decode(seen.encode(x))
    peak = torch.fft.rfft(y[:, 0]).abs().argmax(1) * 8000 / 8192
    torch.testing.assert_close(peak, pitches, atol=2.0, rtol=0)


def test_levels_of_the_training_sounds_fill_the_scale(noise, fitted) -> None:
    x = noise()
    for cls in (LogInstantaneousFrequency, MelInstantaneousFrequency):
        y = fitted(cls, SPEC, x, **SHORT).encode(x)
        assert y[:, :1].min() == pytest.approx(-0.8, abs=1e-4) and y[:, :1].max() == pytest.approx(0.8, abs=1e-4)
        assert y[:, 1:].abs().max() <= 0.8
        assert fitted(cls, SPEC, 0.1 * x, **SHORT).encode(x).max() <= 1  # louder than any training sound: clipped


def test_published_constants_stay(noise, fitted) -> None:
    seen = fitted(MelInstantaneousFrequency, SPEC, noise(), normalise="published", **SHORT)
    assert (float(seen.scale), float(seen.offset)) == pytest.approx((0.0661371661726, 0.113718730221))


def test_the_published_sizes() -> None:
    spec = AudioSpec(16000, 1, 64000)
    for padding in ("both", "front"):
        assert MelInstantaneousFrequency(spec, padding=padding).spec.shape == (2, 1024, 128)
        assert MelInstantaneousFrequency(spec, window=1024, hop=256, padding=padding).spec.shape == (2, 512, 256)


@pytest.mark.parametrize("length", [100, 8192, 10001, 16384, 65536])
def test_frames_can_be_halved_four_times_whatever_the_length(length) -> None:
    seen = LogInstantaneousFrequency(AudioSpec(16000, 1, length), **SHORT)
    assert seen.spec.frames % 16 == 0
    least = (length + 128 - 256) / 64 + 1
    assert least <= seen.spec.frames < least + 17


def test_windows_are_checked() -> None:
    for cls, name in ((LogInstantaneousFrequency, "log-if"), (MelInstantaneousFrequency, "mel-if")):
        with pytest.raises(UserError, match=rf"^{name}: window = 255, hop = 64; choose an even window of two hops"):
            cls(SPEC, window=255, hop=64)
