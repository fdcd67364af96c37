"""Equalised learning rate (Karras, Aila, Laine & Lehtinen 2018, section 4.1)."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class _Equalised(nn.Module):
    """A weight that is kept with unit variance and scaled where it is used: ``w = ŵ gain / sqrt(fan_in) · rate``."""

    def __init__(self, shape: tuple[int, ...], gain: float, rate: float, bias: bool) -> None:
        super().__init__()
        self.rate, self.scale = rate, rate * gain / math.sqrt(math.prod(shape[1:]))
        self.weight = nn.Parameter(torch.randn(shape) / rate)
        self.bias = nn.Parameter(torch.zeros(shape[0])) if bias else None

    def scaled(self) -> tuple[Tensor, Tensor | None]:
        """The weight and the bias that are applied."""
        return self.weight * self.scale, None if self.bias is None else self.bias * self.rate

    def extra_repr(self) -> str:
        return f"{tuple(self.weight.shape)}, scale={self.scale:.4g}"


class EqualisedLinear(_Equalised):
    """A linear layer whose weights all learn at the same speed: ``w = ŵ · gain / sqrt(fan_in)``, ŵ ~ N(0, 1).

    He's constant is applied at each use instead of once at the start.  Adam, whose step does not know a gradient's
    scale, then moves every weight by the same share of its size, however wide the layer is.

    Args:
        out: number of outputs.
        gain: sqrt(2) before a rectifier, 1 before nothing.
        rate: factor on the learning rate of this layer, whose initial function it leaves alone (StyleGAN's
            mapping network: 0.01).
        bias: whether a bias is learnt.

    Shape: ``[..., channels] -> [..., out]``.
    """

    def __init__(
        self,
        channels: int,
        *,
        out: Annotated[int, Gt(0)],
        gain: Annotated[float, Gt(0)] = math.sqrt(2),
        rate: Annotated[float, Gt(0)] = 1.0,
        bias: bool = True,
    ) -> None:
        super().__init__((out, channels), gain, rate, bias)

    def forward(self, x: Float[Tensor, "*rows c"]) -> Float[Tensor, "*rows o"]:
        return functional.linear(x, *self.scaled())


class EqualisedConvolution(_Equalised):
    """A convolution whose weights all learn at the same speed: ``w = ŵ · gain / sqrt(channels size^rank)``.

    Args:
        out: channels of the result.
        rank: number of axes convolved over.
        size: taps along each of them.
        stride: step along each of them.
        padding: zeros at both ends of each; by default (size - 1) // 2, which keeps an odd kernel's length.
        gain: sqrt(2) before a rectifier, 1 before nothing.
        rate: factor on the learning rate of this layer, whose initial function it leaves alone.
        bias: whether a bias is learnt.

    Shape: ``[n, channels, *axes] -> [n, out, *axes']``.
    """

    def __init__(
        self,
        channels: int,
        *,
        out: Annotated[int, Gt(0)],
        rank: Literal[1, 2, 3] = 2,
        size: Annotated[int, Gt(0)] = 3,
        stride: Annotated[int, Gt(0)] = 1,
        padding: Annotated[int, Ge(0)] | None = None,
        gain: Annotated[float, Gt(0)] = math.sqrt(2),
        rate: Annotated[float, Gt(0)] = 1.0,
        bias: bool = True,
    ) -> None:
        super().__init__((out, channels, *(size for _ in range(rank))), gain, rate, bias)
        self.stride, self.padding = stride, (size - 1) // 2 if padding is None else padding
        self.convolve = (functional.conv1d, functional.conv2d, functional.conv3d)[rank - 1]

    def forward(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n o *shorter"]:
        return self.convolve(x, *self.scaled(), stride=self.stride, padding=self.padding)
