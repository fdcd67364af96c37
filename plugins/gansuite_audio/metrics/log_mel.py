"""The log-mel spectrogram in plain torch, and the extractor that summarises it."""

from __future__ import annotations

import hashlib
import math
from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

FLOOR = 1e-5  # of full-scale power per mel band: -50 dB, so that inaudible noise is no louder than silence
WINDOW = 0.032  # seconds


class LogMel(nn.Module):
    """Log power per mel band and frame, log10(FLOOR + power), scaled: silence -1, a full-scale sine about 1.

    A Hann window of the power of two nearest to 32 ms, hopped by a quarter (or as ``overlap`` says) and zero-padded to
    twice its length (so that no low mel band falls between two bins); triangles of height 1 on the mel scale
    2595 log10(1 + f/700).

    Args:
        rate: samples a second.
        bands: mel bands from 0 to rate / 2.
        overlap: windows that a sample lies in; the hop is the window over it.
    """

    window: Tensor
    filters: Tensor

    def __init__(self, rate: int, bands: int = 64, overlap: int = 4) -> None:
        super().__init__()
        self.rate, self.bands = rate, bands
        self.length = 2 ** round(math.log2(WINDOW * rate))
        self.hop, self.bins = self.length // overlap, 2 * self.length
        window = torch.hann_window(self.length)
        self.register_buffer("window", window * 2 / window.sum())
        self.register_buffer("filters", mel_filters(rate, self.bins, bands))

    def forward(self, x: Float[Tensor, "n c t"]) -> Float[Tensor, "n c bands frames"]:
        n, c, t = x.shape
        spectrum = torch.stft(
            x.float().reshape(n * c, t),
            self.bins,
            self.hop,
            self.length,
            self.window,
            pad_mode="constant",
            return_complex=True,
        )
        power = self.filters @ spectrum.abs().square()
        scaled = 1 - 2 * torch.log10(FLOOR + power) / math.log10(FLOOR)
        return scaled.unflatten(0, (n, c))


class LogMelStatistics(nn.Module):
    """Mean and standard deviation over time of each log-mel band: 2 · bands · channels features.

    Easily read, but keener on the noise floor than an ear; ``random-cnn`` is the default.

    Args:
        spec: the audio domain: ``rate`` in samples a second and ``shape`` (channels, samples).
        bands: mel bands.
    """

    name = "log-mel"

    def __init__(self, spec: Any, *, bands: Annotated[int, Gt(0)] = 64) -> None:
        super().__init__()
        self.mel = LogMel(spec.rate, bands)
        self.fingerprint = fingerprint(self, version=1, floor=FLOOR, rate=spec.rate)

    @torch.no_grad()
    def forward(self, samples: Float[Tensor, "n c t"]) -> Float[Tensor, "n d"]:
        x = self.mel(samples)
        return torch.cat([x.mean(-1), x.std(-1, correction=0)], -1).flatten(1)


def mel_filters(
    rate: int, bins: int, bands: int, low: float = 0.0, high: float | None = None
) -> Float[Tensor, "bands f"]:
    """Triangles of height 1, evenly spaced on the mel scale, over the ``bins // 2 + 1`` bins of a real FFT.

    They span ``low`` to ``high`` Hz; None: to half the rate.
    """
    bottom, top = (2595 * math.log10(1 + f / 700) for f in (low, rate / 2 if high is None else high))
    edges = 700 * (10 ** (torch.linspace(bottom, top, bands + 2, dtype=torch.float64) / 2595) - 1)
    frequency = torch.linspace(0, rate / 2, bins // 2 + 1, dtype=torch.float64)
    left, centre, right = (edges[i : i + bands, None] for i in range(3))
    rise, fall = (frequency - left) / (centre - left), (right - frequency) / (right - centre)
    return torch.minimum(rise, fall).clamp_min(0).float()


def fingerprint(module: nn.Module, **settings: Any) -> str:
    """Hash of an extractor's tensors, their names, and its settings; moves with any of them."""
    digest = hashlib.blake2b(repr(sorted(settings.items())).encode(), digest_size=16)
    for name, tensor in sorted(module.state_dict().items()):
        digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
