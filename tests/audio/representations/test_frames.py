"""The transform by scipy, its inverse by projection, the iterations by librosa, phases by numpy."""

from __future__ import annotations

import math
from typing import Any

import librosa
import numpy as np
import pytest
import scipy.signal
import torch

from gansuite_audio.representations.frames import LEAST, Frames, surrounded
from gansuite_audio.representations.phase import instantaneous_frequency, phase_of, wrapped


def test_frames_are_scipys(noise) -> None:
    x = noise()
    found = Frames(4096, 256, 128, 32)(x)
    padded = np.pad(x[:, 0].numpy().astype(np.float64), ((0, 0), (0, 128)))
    signal: Any = scipy.signal  # its annotations refuse what its documentation asks for
    window = signal.get_window("hann", 256)
    _, _, truth = signal.stft(
        padded, window=window, nperseg=256, noverlap=128, boundary=None, padded=False, scaling="spectrum"
    )
    np.testing.assert_allclose(found[:, 0].numpy(), truth * window.sum(), atol=1e-4)


@pytest.mark.parametrize(
    ("length", "window", "hop"), [(4096, 256, 128), (4096, 256, 64), (4096, 256, 100), (50, 256, 64)]
)
def test_with_zeros_on_both_sides_every_sample_comes_back(noise, length, window, hop) -> None:
    x = noise(length=length)
    frames = Frames(length, window, hop, *surrounded(length, window, hop))
    assert frames.front >= window // 4 and frames.total - frames.front - length >= window // 4
    torch.testing.assert_close(frames.inverse(frames(x)), x, atol=1e-5, rtol=0)


def test_the_inverse_is_least_squares(noise) -> None:
    """What it makes of any spectrum cannot be bettered: the error is orthogonal to every sound's spectrum."""
    frames = Frames(1024, 256, 64, *surrounded(1024, 256, 64))
    count = (frames.total - 256) // 64 + 1
    spectrum = torch.complex(noise(1, 129, count, 1), noise(1, 129, count, 2))
    spectrum[:, [0, -1]] = spectrum[:, [0, -1]].real + 0j
    error = spectrum - frames(frames.inverse(spectrum))
    other = frames(noise(20, length=1024, seed=3))[:, 0]
    twice = torch.full((129, 1), 2.0)  # bins that stand for two of the whole transform
    twice[[0, -1]] = 1
    inner = (twice * (error * other.conj()).real).sum((1, 2))
    scale = error.abs().square().sum().sqrt() * other.abs().square().sum((1, 2)).sqrt()
    assert (inner / scale).abs().max() < 1e-5


def test_what_was_hardly_seen_is_faded_and_not_blown_up() -> None:
    frames = Frames(4096, 256, 128, 32)  # the first sample lies where the first window is 0
    phase = torch.rand(8, 129, 32, generator=torch.Generator().manual_seed(0)) * 2 * math.pi
    made = frames.inverse(torch.polar(torch.ones(8, 129, 32), phase))
    assert made[:, :64].square().mean().sqrt() < 2 * made[:, 512:1024].square().mean().sqrt()
    assert frames.weight.min() == pytest.approx(LEAST)
    torch.testing.assert_close(frames.weight[256], frames.hann[0] ** 2 + frames.hann[128] ** 2)


def test_griffin_and_lim_is_librosas(noise) -> None:
    """Librosa's frames are centred; with the sound in their middle both do the same."""
    x = noise(1, 1, 4096)[0, 0]
    theirs = librosa.stft(x.numpy(), n_fft=256, hop_length=64, window="hann", center=True, pad_mode="constant")
    frames = Frames(4096, 256, 64, theirs.shape[1], front=128)
    torch.testing.assert_close(frames(x), torch.from_numpy(theirs), atol=1e-4, rtol=1e-3)
    magnitude = torch.from_numpy(np.abs(theirs))
    truth = librosa.griffinlim(
        np.abs(theirs).astype(np.float64), n_iter=16, hop_length=64, n_fft=256, momentum=0.0, init=None, length=4096,
        pad_mode="constant",
    )  # fmt: skip
    np.testing.assert_allclose(frames.griffin_lim(magnitude, 16).numpy(), truth, atol=2e-3)


def test_iterations_bring_the_magnitudes_nearer(noise) -> None:
    frames = Frames(4096, 256, 64, 65, front=128)
    magnitude = frames(noise(2)).abs()

    def error(iterations: int) -> float:
        return float((frames(frames.griffin_lim(magnitude, iterations)).abs() - magnitude).norm() / magnitude.norm())

    assert error(0) > error(4) > error(16) > error(64)


def test_a_phase_comes_back_from_its_advances() -> None:
    angle = torch.from_numpy(np.random.default_rng(0).uniform(-np.pi, np.pi, (3, 50))).float()
    advance = instantaneous_frequency(angle)
    assert advance.abs().max() <= 1
    torch.testing.assert_close(phase_of(advance), angle, atol=1e-5, rtol=0)
    unwrapped = np.unwrap(angle.numpy().astype(np.float64), axis=-1)
    np.testing.assert_allclose(np.diff(unwrapped, axis=-1) / np.pi, advance[:, 1:], atol=1e-5)
    np.testing.assert_allclose(advance[:, 0], angle[:, 0] / np.pi, atol=1e-6)


def test_long_sums_of_advances_keep_their_phase() -> None:
    """The bins whose advance is near half a turn sum up to many turns; single precision loses 1e-3 on the way."""
    advance = torch.full((4096,), 0.987654321)
    truth = np.cumsum(np.full(4096, np.float64(np.float32(0.987654321))))
    error = np.remainder(phase_of(advance).numpy() / np.pi - truth + 1, 2) - 1
    assert np.abs(error).max() < 1e-6


def test_turns_are_wrapped_to_one_side() -> None:
    assert wrapped(torch.tensor([-1.0, 1.0, 3.0, 0.0, -0.5, 1.5])).tolist() == [1.0, 1.0, 1.0, 0.0, -0.5, -0.5]
