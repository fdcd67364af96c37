"""Spatially-adaptive denormalisation, SPADE (Park, Liu, Wang & Zhu 2019, eq. 1)."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from gansuite.layers.moments import instance_norm


class Spade(nn.Module):
    """Normalisation with a scale and a shift for each place, read off a map: ``γ(m) (x - μ) / σ + β(m)``.

    γ = 1 + a convolution and β = a convolution of what one convolution and a rectifier make of the map, which is
    resized to x by its nearest neighbours.  A constant map gives a constant γ and β: the borders are replicated where
    the published code pads zeros, so SPADE then is conditional normalisation everywhere.

    Args:
        map: channels of the map (classes of a one-hot label map, bands of a conditioning signal).
        rank: number of axes: 1 for audio and sequences, 2 for pictures.
        hidden: channels between the map and γ, β.
        size: taps of the convolutions along each axis, an odd number.
        norm: statistics of each sample ("instance") or of the batch ("batch", as published).

    Shape: ``[n, channels, *axes]`` and a map ``[n, map, *its axes]``.

    Raises:
        ValueError: ``size`` is even.
    """

    def __init__(
        self,
        channels: int,
        *,
        map: Annotated[int, Gt(0)],
        rank: Literal[1, 2, 3] = 2,
        hidden: Annotated[int, Gt(0)] = 128,
        size: Annotated[int, Gt(0)] = 3,
        norm: Literal["instance", "batch"] = "instance",
    ) -> None:
        super().__init__()
        if size % 2 == 0:
            raise ValueError(f"size must be odd, so that each place has a middle tap; got {size}")
        convolution = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[rank - 1]
        batch_norm = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[rank - 1]
        self.norm = batch_norm(channels, affine=False) if norm == "batch" else None
        same = {"padding": size // 2, "padding_mode": "replicate"}
        self.shared = convolution(map, hidden, size, **same)
        self.scale = convolution(hidden, channels, size, **same)
        self.shift = convolution(hidden, channels, size, **same)

    def forward(self, x: Float[Tensor, "n c *axes"], map: Float[Tensor, "n m *any"]) -> Float[Tensor, "n c *axes"]:
        read = functional.relu(self.shared(functional.interpolate(map, x.shape[2:], mode="nearest")))
        normal = instance_norm(x) if self.norm is None else self.norm(x)
        return ((1 + self.scale(read)) * normal + self.shift(read)).to(x.dtype)
