"""How far two sounds lie from each other in magnitudes at several resolutions (Yamamoto, Song & Kim 2020)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

LEAST = 1e-5


def stft_error(x: Float[Tensor, "n c l"], made: Float[Tensor, "n c l"], windows: Sequence[int]) -> Float[Tensor, " n"]:
    """The mean over windows of ‖|X| - |Y|‖_F / ‖|X|‖_F + mean |ln |X| - ln |Y||, X of ``x`` and Y of ``made``.

    Hann windows, hopped by a quarter; magnitudes below 1e-5 are told as that. Short windows see attacks, long ones
    pitch, and magnitudes that suit one of them alone do not pass.

    Source: Parallel WaveGAN, ICASSP 2020, arXiv 1910.11480, eq. 4 to 6.
    """
    return torch.stack([one_resolution(x, made, window) for window in windows]).mean(0)


def one_resolution(x: Float[Tensor, "n c l"], made: Float[Tensor, "n c l"], window: int) -> Float[Tensor, " n"]:
    """Spectral convergence and the log magnitudes' difference, added."""
    hann = torch.hann_window(window, dtype=x.dtype, device=x.device)
    real, fake = (
        torch.stft(each.flatten(0, 1), window, window // 4, window=hann, return_complex=True)
        .abs()
        .clamp_min(LEAST)
        .unflatten(0, each.shape[:2])
        .flatten(1)
        for each in (x, made)
    )
    convergence = (real - fake).norm(dim=1) / real.norm(dim=1)
    return convergence + (real.log() - fake.log()).abs().mean(1)
