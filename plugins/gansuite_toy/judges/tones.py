"""Tones of a few whole frequencies: the exact manifold of the signals that are translated."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from .manifolds import Manifold


class Tones(Manifold):
    """``x_t = a cos(2 pi f t / T + phase)`` with f in 1 .. k and low <= a <= high.

    For whole f cosine and sine are orthogonal, so that the nearest tone of a frequency has the amplitude and phase
    of its bin in the Fourier transform, the amplitude clamped. Distances are root mean squares over the samples.

    Args:
        length: T.
        frequencies: k.
        low: least amplitude.
        high: greatest amplitude.
        tolerance: of high quality.
    """

    def __init__(self, length: int, frequencies: int, low: float, high: float, tolerance: float) -> None:
        super().__init__(tolerance, torch.ones(frequencies))
        self.length, self.frequencies, self.low, self.high = length, frequencies, low, high

    def distances(self, samples: Float[Tensor, "n t"]) -> Float[Tensor, "n k"]:
        x = samples.flatten(1).double()
        amplitude = torch.fft.rfft(x)[:, 1 : self.frequencies + 1].abs() * 2 / self.length
        outside = x.square().mean(1, keepdim=True) - amplitude.square() / 2
        short = amplitude - amplitude.clamp(self.low, self.high)
        return (outside.clamp_min(0) + short.square() / 2).sqrt()

    def error(self, clean: Float[Tensor, "n ..."], mapped: Float[Tensor, "n ..."]) -> Float[Tensor, " n"]:
        """Root mean square difference of each restored signal from the true one."""
        return (mapped - clean).flatten(1).square().mean(1).sqrt()
