"""The log-mel spectrogram itself, frame by frame, as an extractor: what distances to neighbours are taken in."""

from __future__ import annotations

import math
from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite_audio.metrics.log_mel import fingerprint, mel_filters

SHARE = 0.4875  # of the rate: 7,800 Hz of 16,000


class LogMelFrames(nn.Module):
    """ln(floor + mel magnitude) of every band and frame: channels · bands · ceil(length / hop) features.

    A Hann window scaled so that a full-scale sine has magnitude 1; frames begin at every ``hop``, the last ones
    padded with zeros. Euclidean distances between such rows are those of Donahue et al. 2019 (|D|self, |D|train).
    They are between *places in time*: a sound shifted by 50 ms is far from itself.

    Args:
        spec: the audio domain: ``rate`` in samples a second and ``shape`` (channels, samples).
        window: samples of a frame.
        hop: samples from one frame to the next.
        bands: mel bands.
        low: lower edge of the first, Hz.
        high: upper edge of the last, Hz; none: 0.4875 of the rate.
        floor_db: level added to every magnitude, dB below a full-scale sine: what is quieter sounds alike.

    Raises:
        UserError: the bands end before they begin, or above half of the rate.
    """

    name = "log-mel-frames"
    kept = False  # as large as the sounds: not worth a second copy on disk

    window: Tensor
    filters: Tensor

    def __init__(
        self,
        spec: Any,
        *,
        window: Annotated[int, Ge(2)] = 2048,
        hop: Annotated[int, Gt(0)] = 128,
        bands: Annotated[int, Gt(0)] = 128,
        low: Annotated[float, Ge(0)] = 40.0,
        high: Annotated[float, Gt(0)] | None = None,
        floor_db: Annotated[float, Lt(0), Ge(-400)] = -50.0,
    ) -> None:
        super().__init__()
        top = SHARE * spec.rate if high is None else high
        if not low < top <= spec.rate / 2:
            raise UserError(f"{self.name}: bands from {low:g} to {top:g} Hz: give low < high <= {spec.rate / 2:g}")
        self.size, self.hop, self.floor = window, hop, 10 ** (floor_db / 20)
        hann = torch.hann_window(window, dtype=torch.float64)
        self.register_buffer("window", (hann * 2 / hann.sum()).float())
        self.register_buffer("filters", mel_filters(spec.rate, window, bands, low, top))
        self.fingerprint = fingerprint(self, version=1, hop=hop, floor=self.floor, rate=spec.rate)

    @torch.no_grad()
    def forward(self, samples: Float[Tensor, "n c t"]) -> Float[Tensor, "n d"]:
        n, c, t = samples.shape
        frames = math.ceil(t / self.hop)
        room = (frames - 1) * self.hop + self.size - t
        padded = nn.functional.pad(samples.float().reshape(n * c, t), (0, room))
        spectrum = torch.stft(padded, self.size, self.hop, self.size, self.window, center=False, return_complex=True)
        magnitude = self.filters @ spectrum.abs()
        return (self.floor + magnitude).log().unflatten(0, (n, c)).flatten(1)
