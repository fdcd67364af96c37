"""The pitch of a sound, estimated for a whole batch at once, and the extractor that gives it."""

from __future__ import annotations

import math
from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError

WINDOW = 0.128  # seconds: 3.5 periods of the lowest A of a piano
FINE = 4  # lags between two samples
KEY = 0.9  # of the clearest period's clarity, which a shorter one must reach to be taken for it
ROUNDING = 1e-9  # of the power with the mean: noise to be thought below it
CLEAR = 0.3  # clarity below which a sound has no pitch: half as much periodic as other power
HIGHEST, LEAST = 96, 4  # MIDI number; samples of the shortest period
AROUND = 0.6  # semitones beyond the range, so that a pitch at its end is a minimum and not an edge


class Pitch(nn.Module):
    """MIDI pitch of each sound as a whole, and how clear it is: features [n, 2].

    The power spectra of all windows are summed, which gives one autocorrelation r with r(0) = 1, divided by that of
    the window. From the lags τ of the range,

        d(τ) = 1 - r(τ),   d'(τ) = τ d(τ) / sum_{s ≤ τ} d(s),   clarity(τ) = 1 - d'(τ),   midi = 69 + 12 log2(1 / 440 τ)

    the first minimum of d' counts whose clarity is 0.9 of the greatest, to a fraction of a lag by a parabola. A sound
    of clarity below 0.3, as noise and silence are, has the pitch 0. It is for notes that keep one pitch, their channels
    mixed.

    Args:
        spec: the audio domain: ``rate`` in samples a second and ``shape`` (channels, samples).
        low: lowest MIDI number.
        high: highest; none: 96, or what lies below a quarter of the rate.

    Raises:
        UserError: the range is empty, or reaches above a quarter of the rate, or a sample is shorter than two periods.

    Source: de Cheveigné & Kawahara 2002, equations 7 and 8; the window's part: Boersma 1993, equation 9; the first of
    several clear periods: McLeod & Wyvill 2005.
    """

    name = "pitch"

    window: Tensor
    own: Tensor

    def __init__(
        self,
        spec: Any,
        *,
        low: Annotated[int, Ge(0), Le(127)] = 21,
        high: Annotated[int, Gt(0), Le(127)] | None = None,
    ) -> None:
        super().__init__()
        rate, length = spec.rate, spec.shape[-1]
        high = min(HIGHEST, math.floor(69 + 12 * math.log2(rate / LEAST / 440) - AROUND)) if high is None else high
        shortest, longest = period(high + AROUND, rate), period(low - AROUND, rate)
        if not low < high:
            raise UserError(f"{self.name}: low = {low} and high = {high}: write the lowest MIDI number first")
        if shortest < LEAST:
            raise UserError(f"{self.name}: high = {high} is above a quarter of {rate} Hz: take a lower one")
        self.size = min(2 ** round(math.log2(WINDOW * rate)), 2 ** int(math.log2(length)))
        if self.size < 2 * longest:
            raise UserError(f"{self.name}: {length} samples hold no two periods of low = {low}: take a higher one")
        self.rate, self.lags = rate, (int(shortest * FINE), math.ceil(longest * FINE))
        self.register_buffer("window", torch.hann_window(self.size))
        self.register_buffer("own", self.autocorrelation(torch.fft.rfft(self.window, 2 * self.size).abs().square()))
        self.fingerprint = f"pitch-1-{low}-{high}-{rate}-{self.size}"

    def autocorrelation(self, power: Float[Tensor, "*n f"]) -> Float[Tensor, "*n lags"]:
        """Of the power spectrum, by lags of a quarter of a sample, to one beyond the longest."""
        return torch.fft.irfft(power, 2 * self.size * FINE)[..., : self.lags[1] + 2]

    @torch.no_grad()
    def forward(self, samples: Float[Tensor, "n c t"]) -> Float[Tensor, "n 2"]:
        frames = samples.float().mean(1).unfold(1, self.size, self.size // 4)
        level = (frames * self.window).square().sum((1, 2), keepdim=True)[:, 0] / self.own[0]
        frames = (frames - frames.mean(2, keepdim=True)) * self.window
        r = self.autocorrelation(torch.fft.rfft(frames, 2 * self.size).abs().square().sum(1)) / self.own
        # What rounding leaves of a constant is no sound.
        d = 1 - r / (r[:, :1] + ROUNDING * level).clamp_min(torch.finfo(r.dtype).tiny)
        lag = torch.arange(d.shape[1], device=d.device)
        d = 1 - d * lag / d.cumsum(1).clamp_min(1e-12)  # clarity
        return self.picked(d)

    def picked(self, clarity: Float[Tensor, "n lags"]) -> Float[Tensor, "n 2"]:
        """Pitch and clarity of the first period that is about as clear as any."""
        first, last = self.lags
        here, before, after = (clarity[:, first + o : last + 1 + o] for o in (0, -1, 1))
        peak = here.where((here >= before) & (here > after), 0.0)
        best = peak.amax(1, keepdim=True)
        place = first + ((peak >= KEY * best) & (peak > 0)).float().argmax(1, keepdim=True)
        left, middle, right = (clarity.gather(1, place + o) for o in (-1, 0, 1))
        bend = (2 * middle - left - right).clamp_min(1e-12)
        exact = (place + ((right - left) / (2 * bend)).clamp(-1, 1)) / FINE
        midi = 69 + 12 * torch.log2(self.rate / (440 * exact))
        return torch.cat([midi.where(best >= CLEAR, 0.0), best], 1)


def period(midi: float, rate: int) -> float:
    """Samples of one period of a MIDI number."""
    return rate / (440 * 2 ** ((midi - 69) / 12))
