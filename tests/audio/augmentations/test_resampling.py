from __future__ import annotations

import math

import pytest
import soxr
import torch

from gansuite_audio.augmentations.resampling import GRID, resampled

LENGTH, RATE = 4096, 16000


def tone(hertz: float, length: int = LENGTH, speed: float = 1.0) -> torch.Tensor:
    return torch.sin(2 * math.pi * hertz / RATE * speed * torch.arange(length, dtype=torch.float64))


def snr(x: torch.Tensor, truth: torch.Tensor) -> float:
    """Signal to error, dB."""
    return float(10 * torch.log10(truth.square().sum() / (x - truth).square().sum()))


def on_grid(factor: float) -> float:
    return round(factor * GRID) / GRID


@pytest.mark.parametrize("length", [4096, 4001])
def test_every_row_is_the_tone_at_its_own_speed(length):
    factors = torch.tensor([0.5, 0.8, 0.97, 1.0, 1.06, 1.5])
    x = torch.stack([tone(hertz, length) for hertz in (440.0, 1000.0)])[None].float().expand(6, -1, -1)
    y = resampled(x, factors).double()
    for row, factor in zip(y, factors.tolist(), strict=True):
        inner = slice(200, min(length, int(length / factor)) - 200)
        for sound, hertz in zip(row, (440.0, 1000.0), strict=True):
            assert snr(sound[inner], tone(hertz, length, on_grid(factor))[inner]) > 70


def test_agrees_with_soxr_on_noise_below_both_nyquists():
    generator = torch.Generator().manual_seed(0)
    white = torch.fft.rfft(torch.randn(LENGTH, generator=generator, dtype=torch.float64))
    white[LENGTH // 4 :] = 0  # half the band is empty: where filters of soxr and of the transform differ
    x = torch.fft.irfft(white) * torch.hann_window(LENGTH, dtype=torch.float64)
    for factor in (on_grid(0.9), on_grid(1.12)):
        truth = torch.from_numpy(soxr.resample(x.numpy(), RATE * factor, RATE, quality="VHQ"))[:LENGTH]
        y = resampled(x.float()[None, None], torch.tensor([factor]))[0, 0, : len(truth)]
        assert snr(y.double(), truth) > 75


def test_what_would_pass_nyquist_is_silent_and_does_not_fold_back():
    x = tone(6000.0)[None, None].float() * torch.hann_window(LENGTH)
    y = resampled(x, torch.tensor([1.5]))  # 9 kHz does not exist at 16 kHz; folded, it would sound at 7 kHz
    assert y.square().sum() < 1e-6 * x.square().sum()


def test_silence_follows_a_sound_that_became_shorter():
    y = resampled(torch.ones(1, 1, LENGTH), torch.tensor([2.0]))[0, 0]
    assert (y[LENGTH // 2 :] == 0).all() and abs(y[100 : LENGTH // 2 - 100].mean() - 1) < 1e-3


def test_an_impulse_moves_to_its_place():
    x = torch.zeros(3, 1, LENGTH)
    x[:, 0, 1200] = 1
    y = resampled(x, torch.tensor([0.5, 0.75, 1.2]))
    assert y[:, 0].argmax(1).tolist() == [2400, 1600, 1000]


def test_no_change_is_no_change_and_the_gradient_arrives():
    x = torch.randn(2, 2, 1000, generator=torch.Generator().manual_seed(1)).requires_grad_()
    y = resampled(x, torch.ones(2))
    assert torch.allclose(y, x, atol=2e-5)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    assert torch.allclose(gradient, torch.ones_like(x), atol=1e-3)


def test_long_sounds_keep_their_phase():
    length = 1 << 20
    y = resampled(tone(3000.0, length)[None, None].float(), torch.tensor([0.9]))[0, 0].double()
    assert snr(y[-3000:-200], tone(3000.0, length, on_grid(0.9))[-3000:-200]) > 60
