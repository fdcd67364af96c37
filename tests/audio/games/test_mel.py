"""The log-mel spectrogram of vocoders, against librosa and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_audio.games.mel import MelSpectrogram


def noise(n=2, channels=1, length=8192, seed=0):
    return 0.1 * torch.randn(n, channels, length, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("rate", "window", "hop", "bands", "low", "high"),
    [(22050, 1024, 256, 80, 0.0, 8000.0), (8000, 512, 128, 80, 0.0, 4000.0), (16000, 1024, 200, 40, 50.0, 7600.0)],
)
def test_against_librosa(rate, window, hop, bands, low, high):
    """librosa's filters and transform, put together as meldataset.py does."""
    librosa = pytest.importorskip("librosa")
    x = noise(length=32 * hop)
    filters = librosa.filters.mel(sr=rate, n_fft=window, n_mels=bands, fmin=low, fmax=high)
    edge = (window - hop) // 2
    found = MelSpectrogram(rate, window, hop, bands, low, high)(x)
    for row, mel in zip(x[:, 0].numpy(), found[:, 0].numpy(), strict=True):
        padded = np.pad(row.astype(np.float64), edge, mode="reflect")
        spectrum = np.abs(librosa.stft(padded, n_fft=window, hop_length=hop, center=False))
        expected = np.log(np.maximum(filters @ np.sqrt(spectrum**2 + 1e-9), 1e-5))
        assert mel.shape == expected.shape == (bands, 32)
        np.testing.assert_allclose(mel, expected, atol=2e-5)


def test_silence_and_a_tone():
    mel = MelSpectrogram(8000, 512, 128, 40, 0.0, 4000.0)
    silence = mel(torch.zeros(1, 1, 4096))
    spread = (mel.filters.sum(1) * 1e-9**0.5).clamp_min(1e-5).log()
    torch.testing.assert_close(silence, spread.view(1, 1, -1, 1).expand_as(silence))
    tone = torch.sin(2 * torch.pi * 1000 / 8000 * torch.arange(4096.0)).view(1, 1, -1)
    centres = (mel.filters * torch.linspace(0, 4000, 257)).sum(1) / mel.filters.sum(1)
    loudest = mel(tone)[0, 0].mean(1).argmax()
    assert (centres[loudest] - 1000).abs() <= centres.diff().max()
    double = mel(0.5 * tone)[0, 0, loudest] - mel(tone)[0, 0, loudest]
    torch.testing.assert_close(double, torch.full_like(double, 0.5).log(), atol=1e-4, rtol=0)


def test_frames_lie_about_the_middle_of_their_hops():
    """A click is loudest in the frame whose hop holds it."""
    mel = MelSpectrogram(8000, 512, 128, 40, 0.0, 4000.0)
    for place in (128 * 5 + 64, 128 * 20 + 64):
        x = torch.zeros(1, 1, 4096)
        x[..., place] = 1
        assert mel(x)[0, 0].mean(0).argmax() == place // 128


def test_precision_and_gradients():
    mel = MelSpectrogram(8000, 512, 128, 40, 0.0, 4000.0)
    x = noise(length=2048)
    with torch.autocast("cpu", torch.bfloat16):
        inside = mel(x)
    assert inside.dtype == torch.float32
    assert torch.equal(inside, mel(x))
    wide = mel.double()
    y = noise(1, 2, 2048).double().requires_grad_()
    assert wide(y).dtype == torch.float64
    silent = torch.zeros(1, 1, 2048, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(wide(silent).sum(), silent)
    assert slope.isfinite().all()
    direction = noise(1, 2, 2048, seed=1).double()
    (slope,) = torch.autograd.grad(wide(y).sum(), y)
    step = 1e-6
    numeric = (wide(y + step * direction).sum() - wide(y - step * direction).sum()) / (2 * step)
    torch.testing.assert_close((slope * direction).sum(), numeric, rtol=1e-6, atol=0)


def test_what_cannot_be_built():
    with pytest.raises(UserError, match=r"bands from 0 to 5000 Hz: give 0 <= low < high <= 4000"):
        MelSpectrogram(8000, 512, 128, 40, 0.0, 5000.0)
    with pytest.raises(UserError, match=r"of bands = 80 are narrower than window = 64 can tell; choose fewer"):
        MelSpectrogram(8000, 64, 16, 80, 0.0, 4000.0)
    with pytest.raises(UserError, match=r"window = 100, hop = 33"):
        MelSpectrogram(8000, 100, 33, 8, 0.0, 4000.0)
