"""HiFi-GAN's generator: a mel spectrogram to the waveform it was taken from.

Kong, Kim & Bae, "HiFi-GAN", NeurIPS 2020, arXiv 2010.05646, section 2.2, appendix A.1, and the authors' code
(github.com/jik876/hifi-gan, models.py and config_v*.json). With 80 mel bands: 13.92, 0.92 and 1.46 million weights.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, NamedTuple

import torch
from annotated_types import Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm as normalised

from gansuite.errors import UserError
from gansuite.layers import LeakyReLU

LAST_LEAK = 0.01
"""Slope before the last convolution: the authors' code leaves torch's default there."""


class Version(NamedTuple):
    """A published table: channels, strides, and of each residual block its convolutions a step, taps and dilations."""

    dim: int
    strides: tuple[int, ...]
    convolutions: int
    taps: tuple[int, ...]
    dilations: tuple[tuple[int, ...], ...]


VERSIONS = {
    "v1": Version(512, (8, 8, 2, 2), 2, (3, 7, 11), ((1, 3, 5), (1, 3, 5), (1, 3, 5))),
    "v2": Version(128, (8, 8, 2, 2), 2, (3, 7, 11), ((1, 3, 5), (1, 3, 5), (1, 3, 5))),
    "v3": Version(256, (8, 8, 4), 1, (3, 5, 7), ((1, 2), (2, 6), (3, 12))),
}


class HiFiGANGenerator(nn.Module):
    """Spectrograms [n, channels, bands, frames] to waveforms [n, channels, strides · frames] in (-1, 1).

    A convolution of 7 taps to ``dim`` channels; then, stride by stride, a transposed convolution to half as many and
    the mean of residual blocks that see differently far (multi-receptive field fusion); a convolution of 7 taps, tanh.
    It is a function of what is near in time alone, so that it takes any number of frames.

    Args:
        version: the published table that the others are taken from.
        dim: channels at the rate of the frames; they halve with each stride.
        strides: samples a frame, as factors; their product is the hop of the spectrogram.
        weight_norm: a direction and a length for each output of every convolution (Salimans & Kingma 2016).
        leak: slope of the rectifiers at negative values, but for the last one.

    Raises:
        UserError: the spectrogram has another hop, ``dim`` cannot be halved so often, or there is no spectrogram.
    """

    def __init__(
        self,
        spec: Any,
        source: Any,
        *,
        version: Literal["v1", "v2", "v3"] = "v1",
        dim: Annotated[int, Gt(0)] | None = None,
        strides: list[Annotated[int, Gt(1)]] | None = None,
        weight_norm: bool = True,
        leak: Annotated[float, Gt(0), Lt(1)] = 0.1,
    ) -> None:
        super().__init__()
        if source is None or len(source.shape) != 3 or len(spec.shape) != 2:
            raise UserError('hifigan: it makes waveforms of spectrograms; choose [game] name = "vocoder"')
        table = VERSIONS[version]
        steps, width = tuple(strides or table.strides), dim or table.dim
        (channels, length), (pictures, bands, frames) = spec.shape, source.shape
        if frames * math.prod(steps) != length:
            raise UserError(
                f"hifigan: strides = {list(steps)} make {math.prod(steps)} samples of a frame, and the spectrogram "
                f"has one every {length // frames}; choose strides of this product"
            )
        if width % 2 ** len(steps):
            raise UserError(
                f"hifigan: dim = {width} is not halved {len(steps)} times; choose a multiple of {2 ** len(steps)}"
            )
        layers: list[nn.Module] = [nn.Conv1d(pictures * bands, width, 7, padding=3)]
        for stride in steps:
            width //= 2
            layers += [LeakyReLU(leak), enlarging(2 * width, width, stride), Fusion(width, table, leak)]
        self.layers = nn.Sequential(*layers, LeakyReLU(LAST_LEAK), nn.Conv1d(width, channels, 7, padding=3))
        if weight_norm:
            for module in list(self.modules()):
                if isinstance(module, nn.Conv1d | nn.ConvTranspose1d):  # by the first axis, which is a transposed
                    normalised(module)  # one's input: as the authors have it

    def forward(self, x: Float[Tensor, "n p b f"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c l"]:
        """Deterministic; a condition and random numbers do not enter."""
        return torch.tanh(self.layers(x.flatten(1, 2)))


def enlarging(channels: int, width: int, stride: int) -> nn.Module:
    """A transposed convolution of twice ``stride`` taps: [n, channels, f] -> [n, width, stride · f]."""
    return nn.ConvTranspose1d(channels, width, 2 * stride, stride, padding=(stride + 1) // 2, output_padding=stride % 2)


class Fusion(nn.Module):
    """The mean of residual blocks of different taps and dilations, [n, width, l] -> [n, width, l]."""

    def __init__(self, width: int, table: Version, leak: float) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(*(Residual(width, taps, dilation, table.convolutions, leak) for dilation in dilations))
            for taps, dilations in zip(table.taps, table.dilations, strict=True)
        )

    def forward(self, x: Float[Tensor, "n c l"]) -> Float[Tensor, "n c l"]:
        total = self.blocks[0](x)
        for block in self.blocks[1:]:
            total = total + block(x)
        return total / len(self.blocks)


class Residual(nn.Module):
    """x + f(x), f a rectifier and a dilated convolution, followed by an undilated pair of them where there are two."""

    def __init__(self, width: int, taps: int, dilation: int, convolutions: int, leak: float) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for spread in (dilation, 1)[:convolutions]:
            layers += [LeakyReLU(leak), nn.Conv1d(width, width, taps, padding=taps // 2 * spread, dilation=spread)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "n c l"]) -> Float[Tensor, "n c l"]:
        return x + self.layers(x)
