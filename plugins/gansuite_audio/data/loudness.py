"""Loudness of a programme, ITU-R BS.1770-4, gathered block by block."""

from __future__ import annotations

import math

import numpy as np
import scipy.signal
from numpy.typing import NDArray

STEP = 0.1  # seconds: blocks of 400 ms overlap by three quarters, so they are four steps
ABSOLUTE, RELATIVE = -70.0, -10.0  # gates: LUFS, and LU below what the absolute gate lets through
OFFSET = -0.691  # dB: a full-scale sine of 997 Hz in one channel is at -3.01 LUFS


class Loudness:
    """Integrated loudness L = -0.691 + 10 log10 Σ_c z_c, z_c the mean K-weighted power of channel c over gated blocks.

    Blocks below -70 LUFS do not count, then none that lies more than 10 LU below the rest. A sound that is shorter than
    a block is one block of its own length. Channels weigh alike, as left, right and centre do.

    Args:
        rate: frames per second, Hz.
        channels: values of a frame.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self.step = max(round(STEP * rate), 1)
        self.filter = k_weighting(rate)
        self.state = np.zeros((len(self.filter), 2, channels))
        self.rest = np.zeros((0, channels))
        self.powers: list[NDArray[np.float64]] = []  # of each step, summed over the channels

    def add(self, block: NDArray[np.float32]) -> None:
        """Listen to the next frames [n, channels]."""
        if len(block) == 0:
            return
        heard, self.state = scipy.signal.sosfilt(self.filter, block, axis=0, zi=self.state)
        heard = np.concatenate([self.rest, heard])
        whole = len(heard) // self.step * self.step
        self.powers.append(np.square(heard[:whole]).reshape(-1, self.step, heard.shape[1]).mean(1).sum(1))
        self.rest = heard[whole:]

    def integrated(self) -> float:
        """LUFS of all that was heard; minus infinity for silence."""
        steps = np.concatenate([*self.powers, np.zeros(0)])
        if len(steps) < 4:
            frames = len(steps) * self.step + len(self.rest)
            power = steps.sum() * self.step + np.square(self.rest).sum()
            return level(power / frames) if frames else -math.inf
        blocks = np.convolve(steps, np.full(4, 0.25), "valid")
        kept = blocks[blocks > 10 ** ((ABSOLUTE - OFFSET) / 10)]
        if len(kept):
            kept = kept[kept > kept.mean() * 10 ** (RELATIVE / 10)]
        return level(kept.mean()) if len(kept) else -math.inf


def level(power: float) -> float:
    """LUFS of a mean square."""
    return OFFSET + 10 * math.log10(power) if power > 0 else -math.inf


def k_weighting(rate: int) -> NDArray[np.float64]:
    """The shelf for the head and the high-pass as two second-order sections, for any rate; at 48 kHz the standard's."""
    k, quality = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    middle, damping = high**0.4996667741545416, k / quality
    shelf = [
        high + middle * damping + k * k,
        2 * (k * k - high),
        high - middle * damping + k * k,
        1 + damping + k * k,
        2 * (k * k - 1),
        1 - damping + k * k,
    ]
    k, quality = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    whole = 1 + k / quality + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / whole, (1 - k / quality + k * k) / whole]
    sections = np.array([shelf, high_pass])
    return sections / sections[:, 3:4]
