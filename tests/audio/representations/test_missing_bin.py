"""A bin that was left out is found as numpy finds it by least squares."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite_audio.representations.frames import Frames, surrounded
from gansuite_audio.representations.missing_bin import MissingBin

SMALL = (96, 32, 8)


def kept(spectrum: torch.Tensor, top: bool) -> torch.Tensor:
    return spectrum[..., :-1, :] if top else spectrum[..., 1:, :]


@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize(("length", "window", "hop"), [SMALL, (4096, 256, 128), (4096, 256, 64), (4096, 256, 75)])
def test_sounds_come_back_without_it(noise, top, length, window, hop) -> None:
    frames = Frames(length, window, hop, *surrounded(length, window, hop))
    time = torch.arange(length)
    ends = torch.stack([torch.full((length,), 0.7), 0.5 * (-1.0) ** time])[:, None]  # all of it in the bins left out
    x = torch.cat([noise(2, length=length), ends])
    rest = MissingBin(frames, top=top)
    torch.testing.assert_close(rest(kept(frames(x), top)), x, atol=2e-5, rtol=0)


@pytest.mark.parametrize("top", [True, False])
def test_of_any_spectrum_it_makes_the_nearest_sound(noise, top) -> None:
    length, window, hop = SMALL
    frames = Frames(length, window, hop, *surrounded(length, window, hop))
    basis = kept(frames(torch.eye(length)), top)  # the transform as a matrix, [sample, bins, frames]
    spectrum = torch.complex(noise(1, *basis.shape[1:], 1), noise(1, *basis.shape[1:], 2))[0]
    real = slice(0, 1) if top else slice(-1, None)
    spectrum[real] = spectrum[real].real + 0j
    twice = np.full((window // 2, 1, 1), np.sqrt(2))  # all but the real bin stand for two
    twice[real] = 1
    stacked = np.stack([basis.real.numpy(), basis.imag.numpy()], -1) * twice
    target = np.stack([spectrum.real.numpy(), spectrum.imag.numpy()], -1) * twice
    truth, *_ = np.linalg.lstsq(stacked.reshape(length, -1).T.astype(np.float64), target.reshape(-1), rcond=None)
    np.testing.assert_allclose(MissingBin(frames, top=top)(spectrum).numpy(), truth, atol=1e-4)
