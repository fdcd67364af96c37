"""Real and imaginary parts: scipy's transform, its ends in one row, its scale."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_audio.representations.complex_spectrogram import ComplexSpectrogram
from gansuite_audio.spec import AudioSpec

SPEC = AudioSpec(16000, 1, 4096)


@pytest.mark.parametrize("power", [1.0, 0.5])
def test_it_is_the_formula(noise, fitted, power) -> None:
    x = noise()
    seen = fitted(ComplexSpectrogram, SPEC, x, power=power)
    assert seen.spec.shape == (2, 128, 64)
    front = (63 * 64 + 256 - 4096) // 2
    wave = np.pad(x[:, 0].numpy().astype(np.float64), ((0, 0), (front, front)))
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)
    spectrum = np.fft.rfft(np.stack([wave[:, 64 * m : 64 * m + 256] * hann for m in range(64)], -1), axis=1)
    assert np.abs(spectrum[:, [0, -1]].imag).max() < 1e-12
    packed = np.concatenate([spectrum[:, :1].real + 1j * spectrum[:, -1:].real, spectrum[:, 1:-1]], 1)
    packed = packed / np.abs(packed).max()
    truth = 0.8 * np.abs(packed) ** power * np.exp(1j * np.angle(packed))
    np.testing.assert_allclose(seen.encode(x).numpy(), np.stack([truth.real, truth.imag], 1), atol=1e-5)


def test_both_ends_come_back(fitted, snr) -> None:
    ends = torch.stack([torch.full((4096,), 0.7), 0.5 * (-1.0) ** torch.arange(4096)])[:, None]
    seen = fitted(ComplexSpectrogram, SPEC, ends)
    assert snr(ends, seen.decode(seen.encode(ends))).min() > 100


def test_windows_are_checked() -> None:
    with pytest.raises(UserError, match=r"^complex-spectrogram: window = 256, hop = 129; choose an even window"):
        ComplexSpectrogram(SPEC, hop=129)
