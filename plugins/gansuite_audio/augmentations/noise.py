"""Noise beneath the sound."""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng

from .augmentation import Waveforms, column
from .decibels import Decibels, check_range, factor_of


class Noise(Augmentation):
    """x + σ ε with 20 lg(rms(x)/σ), the signal-to-noise ratio, uniform in [low, high] dB.

    Args:
        low: smallest ratio, dB.
        high: largest ratio, dB.
        colour: ``white``, or ``pink``, whose power falls as 1/frequency.
        probability: share of the samples that are changed.

    Raises:
        UserError: low is above high.
    """

    def __init__(
        self,
        *,
        low: Decibels = 20.0,
        high: Decibels = 40.0,
        colour: Literal["white", "pink"] = "white",
        probability: Probability = 1.0,
    ) -> None:
        super().__init__(probability)
        check_range("noise", low, high)
        self.low, self.high, self.colour = low, high, colour

    def changed(self, x: Waveforms, rng: Rng) -> Waveforms:
        level = x.square().mean((1, 2)).sqrt() * factor_of(-rng.uniform(len(x), low=self.low, high=self.high))
        noise = rng.normal(*x.shape)
        return x + column(level) * (pink(noise) if self.colour == "pink" else noise)


def pink(noise: Float[Tensor, "... length"]) -> Float[Tensor, "... length"]:
    """White noise of variance 1 filtered to a power in proportion to 1/f, without a constant and of variance 1."""
    length = noise.shape[-1]
    bins = torch.arange(length // 2 + 1, device=noise.device).clamp_min(1)
    shape = bins.rsqrt()
    shape[0] = 0
    # The mean power over all frequencies: those below Nyquist count twice, for their mirror images.
    doubled = 2 * shape.square().sum() - (shape[-1].square() if length % 2 == 0 else 0)
    return torch.fft.irfft(torch.fft.rfft(noise) * (shape / (doubled / length).sqrt()), length)
