"""The log-mel spectrogram that vocoders read (github.com/jik876/hifi-gan, meldataset.py), differentiable."""

from __future__ import annotations

import warnings

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import pad
from torchaudio.functional import melscale_fbanks

from gansuite.errors import UserError
from gansuite.layers import full_precision

LEAST = 1e-5
"""Magnitudes below are told as this one: log-mels end at -11.5."""


class MelSpectrogram(nn.Module):
    """ln max(M |X|, 1e-5) with |X| = √(re² + im² + 1e-9): [n, c, l] -> [n, c, bands, l / hop].

    X are frames of ``window`` samples under a periodic Hann window, one for each ``hop`` samples and centred on them:
    the sound is reflected by (window - hop) / 2 at both ends. M are triangles of equal area (Slaney's mel scale,
    librosa's default). In fp32 at least, whatever the networks run in.

    Args:
        rate: samples a second.
        window: samples of a frame.
        hop: samples between frames.
        bands: mel bands.
        low: lower edge of the first, Hz.
        high: upper edge of the last, Hz.

    Raises:
        UserError: bands that no frequency of the frames falls into, or that end beyond half the rate.
    """

    hann: Tensor
    filters: Tensor

    def __init__(self, rate: int, window: int, hop: int, bands: int, low: float, high: float) -> None:
        super().__init__()
        if not 0 <= low < high <= rate / 2:
            raise UserError(f"[game] bands from {low:g} to {high:g} Hz: give 0 <= low < high <= {rate / 2:g}")
        if hop > window or (window - hop) % 2:
            raise UserError(f"[game] window = {window}, hop = {hop}: give a window that is longer by an even number")
        self.rate, self.window, self.hop, self.bands = rate, window, hop, bands
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of empty bands, which are refused below
            filters = melscale_fbanks(window // 2 + 1, low, high, bands, rate, norm="slaney", mel_scale="slaney").T
        if empty := int((filters.sum(1) == 0).sum()):
            raise UserError(
                f"[game] {empty} of bands = {bands} are narrower than window = {window} can tell; choose fewer"
            )
        self.register_buffer("hann", torch.hann_window(window), persistent=False)
        self.register_buffer("filters", filters.contiguous(), persistent=False)

    def magnitude(self, x: Float[Tensor, "n c l"]) -> Float[Tensor, "n c bins f"]:
        """|X|."""
        edge = (self.window - self.hop) // 2
        with full_precision(x.device):
            padded = pad(x.to(self.hann.dtype), (edge, edge), mode="reflect").flatten(0, 1)
            spectrum = torch.stft(padded, self.window, self.hop, window=self.hann, center=False, return_complex=True)
            return (torch.view_as_real(spectrum).square().sum(-1) + 1e-9).sqrt().unflatten(0, x.shape[:2])

    def of(self, magnitude: Float[Tensor, "n c bins f"]) -> Float[Tensor, "n c b f"]:
        """ln max(M |X|, 1e-5)."""
        with full_precision(magnitude.device):
            return (self.filters @ magnitude).clamp_min(LEAST).log()

    def forward(self, x: Float[Tensor, "n c l"]) -> Float[Tensor, "n c b f"]:
        return self.of(self.magnitude(x))
