"""The vocoder's error in log-mel, and Griffin and Lim's method beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy import signal, stats

from gansuite.games.game import Game
from gansuite.metrics import Subject
from gansuite.metrics.metric import MetricError
from gansuite.testing.given import Given
from gansuite_audio.games.mel import MelSpectrogram
from gansuite_audio.metrics.griffin_lim import from_mel
from gansuite_audio.metrics.mel_error import MelError
from gansuite_audio.metrics.stft_error import stft_error
from gansuite_audio.spec import AudioSpec

SPEC = AudioSpec(8000, 1, 4096)
MEL = MelSpectrogram(8000, 256, 64, 40, 0.0, 4000.0)


def sounds(n=12):
    """Harmonic tones with a little noise."""
    generator = torch.Generator().manual_seed(0)
    pitch = 100 + 200 * torch.rand(n, 1, 1, generator=generator)
    time = torch.arange(4096.0) / 8000
    tones = sum(torch.sin(2 * torch.pi * k * pitch * time + k) / k for k in range(1, 9))
    return 0.2 * tones + 0.02 * torch.randn(n, 1, 4096, generator=generator)


class Plain(Game):
    """A vocoder that is a function of the recording."""

    def __init__(self, vocode):
        super().__init__(SPEC.space)
        self.vocode, self.mel, self.heard = vocode, MEL, MEL

    def error(self, x, made):
        return (self.heard(x) - self.heard(made)).abs().flatten(1).mean(1)


def subject(vocode, n=12):
    return Subject(Plain(vocode), Given(SPEC, test=sounds(n)), "test", n, torch.device("cpu"))


def test_closed_forms():
    assert [each.value for each in MelError()(subject(lambda x: x.clone()))] == [0, 0]
    half, other = MelError()(subject(lambda x: 0.5 * x))
    assert (half.name, other.name) == ("mel-error", "mel-error/stft")
    assert half.value == pytest.approx(np.log(2), abs=2e-3)  # a half in every band above the floor
    assert other.value == pytest.approx(0.5 + np.log(2), abs=2e-3)
    assert half.ideal == 0 and half.direction == "min" and half.n_real == 12


@pytest.mark.parametrize("window", [128, 256])
def test_one_resolution_by_scipy(window):
    x, y = sounds(3).double(), (0.7 * sounds(3).roll(1, 0) + 0.01).double()
    found = stft_error(x, y, (window,))
    for i in range(3):
        framing: Any = {"nperseg": window, "noverlap": window * 3 // 4, "boundary": None, "padded": False}
        padded = [np.pad(each[i, 0].numpy(), window // 2, mode="reflect") for each in (x, y)]
        transforms = [np.abs(signal.stft(each, window="hann", **framing)[2]) * window / 2 for each in padded]
        a, b = (np.maximum(each, 1e-5) for each in transforms)
        expected = np.linalg.norm(a - b) / np.linalg.norm(a) + np.abs(np.log(a) - np.log(b)).mean()
        assert float(found[i]) == pytest.approx(expected, rel=1e-9)
    several = torch.stack([stft_error(x, y, (each,)) for each in (64, 128, window)]).mean(0)
    torch.testing.assert_close(stft_error(x, y, (64, 128, window)), several)


def test_stft_error_sees_what_griffin_lim_lacks():
    """Against a copy as far in log-mel that keeps its phases."""
    x = sounds()
    y = from_mel(MEL, MEL(x))
    near = (MEL(x) - MEL(y)).abs().mean()
    quiet = x * (-near).exp()
    assert (MEL(x) - MEL(quiet)).abs().mean() == pytest.approx(float(near), rel=0.05)
    windows = (128, 256, 512)
    assert stft_error(x, y, windows).mean() > 2 * stft_error(x, quiet, windows).mean()


def test_the_mean_its_interval_and_what_it_is_normalised_by():
    scale = torch.linspace(0.3, 0.9, 12).view(12, 1, 1)
    found, _ = MelError()(subject(lambda x: scale[: len(x)] * x), untrained=subject(lambda x: 0.01 * x))
    order = subject(lambda x: x).real(12)
    values = (MEL(order) - MEL(scale * order)).abs().mean((1, 2, 3)).double().numpy()
    assert found.value == pytest.approx(values.mean(), rel=1e-6)
    low, high = stats.t.interval(0.95, 11, values.mean(), stats.sem(values))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6)
    assert found.untrained is not None and found.normalised is not None
    assert found.normalised.value == pytest.approx(found.value / found.untrained)


def test_griffin_lim_stands_beside_it():
    noise = torch.randn(12, 1, 4096, generator=torch.Generator().manual_seed(1))
    found, other = MelError(iterations=20)(subject(lambda x: noise[: len(x)]))
    x = subject(lambda x: x).real(12)
    values = (MEL(x) - MEL(from_mel(MEL, MEL(x), 20))).abs().mean((1, 2, 3)).double()
    assert found.extras["griffin_lim"] == pytest.approx(float(values.mean()), rel=1e-4)
    low, high = found.extras["griffin_lim_interval"]
    assert low < found.extras["griffin_lim"] < high < found.value
    assert found.extras["less_griffin_lim"] == pytest.approx(found.value - found.extras["griffin_lim"], rel=1e-6)
    values = stft_error(x, from_mel(MEL, MEL(x), 20), (128, 256, 512)).double()
    assert other.extras["griffin_lim"] == pytest.approx(float(values.mean()), rel=1e-4)
    assert MelError(points=4)(subject(lambda x: x))[0].n_real == 4


def test_griffin_lim_puts_sounds_back_where_they_were():
    """Its envelope follows the sound's, without a shift, and more iterations fit the mel better."""
    x = sounds(4)
    x = x * (torch.arange(4096) // 512 % 2).float().clamp_min(0.01)
    errors = []
    for iterations in (1, 60):
        y = from_mel(MEL, MEL(x), iterations)
        assert y.shape == x.shape
        errors.append((MEL(x) - MEL(y)).abs().mean())
    assert errors[1] < 0.7 * errors[0] and errors[1] < 0.25
    a, b = (each.square().unfold(-1, 64, 16).mean(-1).sqrt().flatten() for each in (x, y))
    width = a.numel() // 4
    lags = [float(torch.corrcoef(torch.stack([a[:width].roll(lag), b[:width]]))[0, 1]) for lag in range(-8, 9)]
    assert abs(int(np.argmax(lags)) - 8) <= 1


def test_it_needs_a_vocoder():
    other = Subject(Game(SPEC.space), Given(SPEC, test=sounds(4)), "test", 4, torch.device("cpu"))
    with pytest.raises(MetricError, match="is no vocoder's; leave the metric out"):
        MelError()(other)
