"""Changes of sounds that a critic may be shown without teaching them to the generator (``adaptive-augmentation``)."""

from __future__ import annotations

from collections.abc import Mapping

from gansuite.engine.rng import Rng
from gansuite.inputs.augmentations import Augmentation, shift, sign

from .augmentation import Waveforms, column
from .decibels import factor_of

GAIN = 3.0  # standard deviation, dB
NOISE = 0.01  # standard deviation: -40 dB of full scale


def gain(x: Waveforms, rng: Rng) -> Waveforms:
    """x · 10^{g/20}, g ~ N(0, 3²) dB: log-normal, where a uniform gain could hide a difference of laws."""
    return x * column(factor_of(rng.normal(len(x), scale=GAIN)).to(x.dtype))


def noise(x: Waveforms, rng: Rng) -> Waveforms:
    """x + ε, ε ~ N(0, .01² I)."""
    return x + rng.normal(*x.shape, scale=NOISE).to(x.dtype)


OPERATIONS: Mapping[str, Augmentation] = {each.__name__: each for each in (shift, sign, gain, noise)}
"""Circular shifts, polarity, gain, white noise; not speed, for what it moves out of the window is lost."""
