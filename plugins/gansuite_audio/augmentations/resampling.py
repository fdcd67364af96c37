"""Every row of a batch resampled by a factor of its own, by Fourier transforms and without a loop."""

from __future__ import annotations

import math

import torch
from jaxtyping import Complex64, Float, Int64
from torch import Tensor

GRID = 1 << 15  # factors are multiples of its inverse: 0.05 cents, and phases are exact integers
PADDING = 64  # zeros before the sound comes round again


def resampled(x: Float[Tensor, "n c length"], factor: Float[Tensor, " n"]) -> Float[Tensor, "n c length"]:
    """y_m = x(f m), m = 0 .. length - 1, band-limited: silent after the end of x, without what f moves above Nyquist.

    The trigonometric polynomial through the N frames of x and some zeros, less its partials k with f k > N/2, is

        y_m = Re Σ_k c_k X_k e^{2πi f k m / N},   c_0 = c_{N/2} = 1/N, else c_k = 2/N,

    and as k m = (k² + m² - (m - k)²)/2 that is a convolution with a chirp (Bluestein 1970): three Fourier transforms,
    whatever the factors. The squares are taken as integers modulo a turn, so that phases are as exact as float32.

    Args:
        x: waveforms.
        factor: speed of each row, in [1/4, 4]; rounded to multiples of 2^{-15}.
    """
    length = x.shape[-1]
    steps = (factor * GRID).round().long()
    period = length + PADDING
    bins = period // 2 + 1
    size = 1 << math.ceil(math.log2(bins + length - 1))
    k, m = torch.arange(bins, device=x.device), torch.arange(length, device=x.device)
    weight = torch.full((bins,), 2 / period, device=x.device)
    weight[0] = 1 / period
    weight[(period + 1) // 2 :] = 1 / period  # the partial at Nyquist is its own mirror image
    heard = 2 * k * steps[:, None] <= period * GRID
    chirp = chirp_of(max(bins, length), steps, period)
    spectrum = torch.fft.rfft(x, period) * (weight * heard * chirp[:, :bins].conj())[:, None]
    # The chirp at the differences m - k: from 0 to length - 1, and from -(bins - 1) to -1 at the end, wrapped round.
    around = torch.zeros(len(x), size, dtype=chirp.dtype, device=x.device)
    around[:, :length] = chirp[:, :length]
    around[:, size - bins + 1 :] = chirp[:, 1:bins].flip(1)
    y = torch.fft.ifft(torch.fft.fft(spectrum, size) * torch.fft.fft(around)[:, None])[..., :length]
    y = (y * chirp[:, None, :length].conj()).real
    return y * (m * steps[:, None] < length * GRID)[:, None]


def chirp_of(count: int, steps: Int64[Tensor, " n"], period: int) -> Complex64[Tensor, "n {count}"]:
    """e^{-πi f j² / N}, j = 0 .. count - 1, for f = steps/GRID: the angle is that of f j² modulo 2N."""
    j, turn = torch.arange(count, device=steps.device), 2 * period * GRID
    angle = (j * j % turn * steps[:, None] % turn).float() * (-2 * math.pi / turn)
    return torch.polar(torch.ones_like(angle), angle)
