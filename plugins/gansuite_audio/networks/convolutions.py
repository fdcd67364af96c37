"""Strided convolutions with TensorFlow's "SAME" padding, channels last, computed at stride one.

A convolution of stride s on [n, s m, c] is one of stride 1 on the view [n, m, s c] (space to depth), its kernel
framed with zeros to whole blocks of s taps; a transposed one gives the s phases of its output as s o channels of
the view [n, m, s o].  Both views are free channels last, and stride one is where the kernels of today are fast.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from gansuite.layers import autocast, convolve


def same_padding(kernel_size: int, stride: int) -> tuple[int, int]:
    """Zeros left and right of an input whose length is a multiple of ``stride``: (10, 11) at 25 and 4."""
    total = max(kernel_size - stride, 0)
    return total // 2, total - total // 2


class _Strided(nn.Module):
    """Weight [out, kernel_size, in] (Glorot-uniform) and bias [out] (zero), as TensorFlow's defaults."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.weight = nn.Parameter(torch.empty(out_channels, kernel_size, in_channels))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        bound = math.sqrt(6 / (kernel_size * (in_channels + out_channels)))
        nn.init.uniform_(self.weight, -bound, bound)
        self.reach = math.ceil(max(same_padding(self.kernel().shape[1], stride)) / stride)  # blocks on either side

    def kernel(self) -> Float[Tensor, "o k c"]:
        """The kernel that is applied with this stride."""
        return autocast(self.weight)  # before the framing, which then copies half the bytes

    def blocks(self) -> Float[Tensor, "o t s c"]:
        """The kernel, framed with zeros to 2 reach + 1 whole blocks of ``stride`` taps."""
        kernel = self.kernel()
        size = kernel.shape[1]
        front = self.reach * self.stride - same_padding(size, self.stride)[0]
        back = (2 * self.reach + 1) * self.stride - front - size
        return functional.pad(kernel, (0, 0, front, back)).unflatten(1, (-1, self.stride))

    def extra_repr(self) -> str:
        out_channels, kernel_size, in_channels = self.weight.shape
        return f"{in_channels}, {out_channels}, kernel_size={kernel_size}, stride={self.stride}"


class SameConvolution(_Strided):
    """``y[i] = bias + sum_j x[s i + j - left] w[j]``: [n, l, in] -> [n, l / s, out] at stride s, which divides l."""

    def forward(self, x: Float[Tensor, "n l c"]) -> Float[Tensor, "n m o"]:
        n, length, channels = x.shape
        x = x.reshape(n, length // self.stride, self.stride * channels)
        return convolve(x, self.blocks().flatten(2), self.bias, padding=self.reach)


class SameTransposedConvolution(_Strided):
    """``y[s i + j - left] += x[i] w[j]``, plus the bias: [n, l, in] -> [n, s l, out] (conv2d_transpose, "SAME")."""

    def forward(self, x: Float[Tensor, "n l c"]) -> Float[Tensor, "n m o"]:
        n, length, _ = x.shape
        # Output phases become channels; the blocks turn round, for the last one meets the earliest input.
        weight = self.blocks().flip(1).permute(2, 0, 1, 3).flatten(0, 1)
        y = convolve(x, weight, self.bias.repeat(self.stride), padding=self.reach)
        return y.reshape(n, length * self.stride, self.bias.numel())


class NearestConvolution(SameTransposedConvolution):
    """Each sample repeated s times, then a "SAME" convolution of stride 1 and odd size: [n, l, in] -> [n, s l, out].

    Repetition is a transposed convolution with a box, so both together are one transposed convolution whose
    kernel is the box run over the reversed kernel: the same function at 1/s of the cost.
    """

    def kernel(self) -> Float[Tensor, "o k c"]:
        kernel = super().kernel().flip(1)
        last = self.stride - 1
        shifted = [functional.pad(kernel, (0, 0, shift, last - shift)) for shift in range(self.stride)]
        return torch.stack(shifted).sum(0)
