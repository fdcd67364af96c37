"""Strided convolutions of pictures with TensorFlow's "SAME" padding, channels first."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from gansuite_audio.networks.convolutions import same_padding


class _Strided2d(nn.Module):
    """A square kernel (Glorot-uniform) and a bias (zero), as TensorFlow's defaults; kernel_size >= stride."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int, shape: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.stride = stride
        self.left, self.right = same_padding(kernel_size, stride)
        self.weight = nn.Parameter(torch.empty(*shape, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        bound = math.sqrt(6 / (kernel_size**2 * (in_channels + out_channels)))
        nn.init.uniform_(self.weight, -bound, bound)

    def extra_repr(self) -> str:
        return f"{tuple(self.weight.shape)}, stride={self.stride}"


class SameConvolution2d(_Strided2d):
    """``y[i, k] = bias + sum_{j, l} x[s i + j - left, s k + l - left] w[j, l]`` at a stride s that divides both axes.

    Shape: ``[n, in, h, w] -> [n, out, h / s, w / s]``; weight ``[out, in, size, size]``.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int = 5, stride: int = 2) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, (out_channels, in_channels))

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n o i k"]:
        x = functional.pad(x, (self.left, self.right) * 2)
        return functional.conv2d(x, self.weight, self.bias, self.stride)


class SameTransposedConvolution2d(_Strided2d):
    """``y[s i + j - left, s k + l - left] += x[i, k] w[j, l]``, plus the bias (conv2d_transpose, "SAME").

    Shape: ``[n, in, h, w] -> [n, out, s h, s w]``; weight ``[in, out, size, size]``.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int = 5, stride: int = 2) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, (in_channels, out_channels))

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n o i k"]:
        rows, columns = (size * self.stride for size in x.shape[2:])
        # The bias comes after: with one, oneDNN takes a path that is up to ten times as slow in bf16.
        y = functional.conv_transpose2d(x, self.weight, None, self.stride, padding=self.left)
        y = y[:, :, :rows, :columns]  # torch crops both ends alike, TensorFlow one more at the far one
        return y + self.bias[:, None, None].to(y.dtype)
