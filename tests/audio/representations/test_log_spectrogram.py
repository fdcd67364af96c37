"""SpecGAN's pictures: the paper's formula, its edges, and statistics in one pass."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_audio.representations.frames import Frames
from gansuite_audio.representations.log_spectrogram import LogSpectrogram
from gansuite_audio.representations.statistics import moments, training_batches
from gansuite_audio.spec import AudioSpec

SPEC = AudioSpec(16000, 1, 4096)


def by_numpy(x: torch.Tensor, before: int, after: int) -> np.ndarray:
    """log(|X| + 1e-6) of mono sounds in double precision, [n, bins, frames]."""
    padded = np.pad(x[:, 0].numpy().astype(np.float64), ((0, 0), (before, after)))
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)
    frames = np.stack([padded[:, i : i + 256] * hann for i in range(0, padded.shape[1] - 255, 128)], -1)
    return np.log(np.abs(np.fft.rfft(frames, axis=1)) + 1e-6)


@pytest.mark.parametrize(("padding", "before", "after"), [("end", 0, 128), ("both", 64, 64)])
def test_it_is_the_papers_formula(noise, fitted, padding, before, after) -> None:
    x = torch.cat([noise(), torch.zeros(1, 1, 4096)])
    seen = fitted(LogSpectrogram, SPEC, x, padding=padding)
    level = by_numpy(x, before, after)
    mean, deviation = level.mean((0, 2)), level.std((0, 2))
    truth = np.clip((level - mean[:, None]) / (3 * deviation[:, None]), -1, 1)[:, :-1]
    assert seen.spec.shape == (1, 128, 32)
    np.testing.assert_allclose(seen.encode(x)[:, 0].numpy(), truth, atol=1e-4)


def test_the_inverse_is_the_papers_with_weighted_frames(noise, fitted) -> None:
    """3 y deviation + mean, the top bin at its mean; with no iteration the phase is zero everywhere."""
    x = noise()
    seen = fitted(LogSpectrogram, SPEC, x, iterations=0)
    y = 0.2 * noise(2, 128, 32, 1)[:, None]
    level = np.pad(y[:, 0].double().numpy(), ((0, 0), (0, 1), (0, 0)))
    level = 3 * level * seen.deviation.double().numpy() + seen.mean.double().numpy()
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)
    frames = np.fft.irfft(np.maximum(np.exp(level) - 1e-6, 0), axis=1) * hann[:, None]
    total, weight = np.zeros((2, 31 * 128 + 256)), np.zeros(31 * 128 + 256)
    for m in range(32):
        total[:, 128 * m : 128 * m + 256] += frames[..., m]
        weight[128 * m : 128 * m + 256] += hann**2
    truth = (total / np.maximum(weight, 1e-9))[:, 64:-64]
    np.testing.assert_allclose(seen.decode(y)[:, 0].numpy(), truth, rtol=0, atol=1e-4 * np.abs(truth).max())


def test_what_is_added_before_the_logarithm_is_taken_off_again(noise, fitted, snr) -> None:
    x = 1e-6 * noise()  # so soft that it counts
    seen = fitted(LogSpectrogram, SPEC, x, phase="learnt", deviations=10.0)
    assert snr(1e6 * x, 1e6 * seen.decode(seen.encode(x))).min() > 80


def test_the_published_size() -> None:
    assert LogSpectrogram(AudioSpec(16000, 1, 16384)).spec.shape == (1, 128, 128)


def test_what_is_beyond_three_deviations_is_clipped_and_silence_comes_back(noise, fitted) -> None:
    quiet = fitted(LogSpectrogram, SPEC, 1e-3 * noise())
    assert quiet.encode(noise()).max() == 1
    silent = fitted(LogSpectrogram, SPEC, torch.zeros(3, 1, 4096))
    assert silent.deviation.min() >= 1e-3 and silent.encode(1e-11 * noise()).abs().max() < 0.1  # as good as silent
    assert silent.decode(silent.encode(torch.zeros(1, 1, 4096))).abs().max() < 1e-4


def test_clips_without_change_have_finite_pictures(fitted) -> None:
    x = torch.full((3, 1, 4096), 0.25)  # every frame inside is the same, most bins hold rounding errors only
    for phase in ("griffin-lim", "learnt"):
        seen = fitted(LogSpectrogram, SPEC, x, phase=phase)
        assert seen.deviation.min() >= 1e-3
        back = seen.decode(seen.encode(x))
        assert back.isfinite().all()
        torch.testing.assert_close(back[..., 256:-256], x[..., 256:-256], atol=0.02, rtol=0)


def test_statistics_do_not_depend_on_how_sounds_are_split(noise) -> None:
    level = Frames(4096, 256, 128, 32)(noise(9, 2)).abs().log()
    whole, parts = moments([level]), moments(level.split([1, 5, 3]))
    torch.testing.assert_close(whole[0], parts[0])
    torch.testing.assert_close(whole[1], parts[1])
    torch.testing.assert_close(whole[0], level.double().mean((0, 1, 3)))
    torch.testing.assert_close(whole[1], level.double().std((0, 1, 3), correction=0))


def test_of_many_sounds_a_spread_is_measured() -> None:
    class Numbers:
        def count(self, split: str) -> int:
            assert split == "train"
            return 1000

        def batch(self, split: str, index: torch.Tensor, rng: None) -> dict[str, torch.Tensor]:
            return {"data": index[:, None, None].float()}

    seen = torch.cat(list(training_batches(Numbers(), torch.device("cpu"), most=250)))[:, 0, 0]
    assert seen.tolist() == list(range(0, 1000, 4))
    assert sum(len(x) for x in training_batches(Numbers(), torch.device("cpu"))) == 1000


def test_it_says_how_long_a_sound_may_be() -> None:
    with pytest.raises(UserError, match=r"5000 samples are no multiple of hop = 128; choose 4992 or 5120"):
        LogSpectrogram(AudioSpec(16000, 1, 5000))
    with pytest.raises(UserError, match=r"window = 256, hop = 200; choose an even window of two hops or more"):
        LogSpectrogram(SPEC, hop=200)
