"""The post-processing filter of WaveGAN (Donahue, McAuley & Puckette 2019, appendix B)."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import conv1d, pad

from gansuite_audio.networks.convolutions import same_padding


class PostFilter(nn.Module):
    """``y[i] = sum_j x[i + j - left] w[j]``, a learnt filter for each channel, with "SAME" padding.

    Shape: ``[n, channels, l] -> [n, channels, l]``; weight ``[channels, 1, taps]``.
    """

    def __init__(self, channels: int, taps: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels, 1, taps))
        bound = math.sqrt(3 / taps)  # Glorot-uniform: taps inputs, taps outputs
        nn.init.uniform_(self.weight, -bound, bound)

    def forward(self, x: Float[Tensor, "n c l"]) -> Float[Tensor, "n c l"]:
        channels, _, taps = self.weight.shape
        return conv1d(pad(x, same_padding(taps, 1)), self.weight, groups=channels)
