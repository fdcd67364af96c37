"""Convolutional encoders and decoders of content and style (Huang, Liu, Belongie & Kautz, MUNIT, 2018, appendix B)."""

from __future__ import annotations

import math
from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.layers import AdaptiveInstanceNorm
from gansuite.networks.grids import CONVOLUTIONS, InstanceNorm, Output, halved, rank_of, reflects, squash
from gansuite.networks.resnet import Residual

OUTER = 7  # taps of the first and the last convolution


class Layout:
    """How a flat code of a prior lies on the grid: content as a map [channels, *places], then the numbers of a style.

    Args:
        spec: of the samples.
        prior: of the codes: their ``size``, and how many of them, the last ones, are a ``style`` if any.
        downsamples: halvings between the samples and the map.
        name: of the network, for messages.

    Raises:
        UserError: samples are neither signals nor pictures, an axis cannot be halved as often, or no whole number of
            channels holds the content.
    """

    def __init__(self, spec: Any, prior: Any, downsamples: int, name: str) -> None:
        self.rank = rank_of(name, spec)
        self.places = halved(name, spec.shape[1:], downsamples, "downsamples")
        reflects(name, spec.shape[1:], OUTER // 2, "choose larger samples")
        reflects(name, self.places, 1, "set fewer downsamples")
        self.style = getattr(prior, "style", 0)
        self.content, places = prior.size - self.style, math.prod(self.places)
        if self.content % places or not self.content:
            raise UserError(
                f"{name}: {self.content} numbers do not fill maps of {' x '.join(map(str, self.places))}; "
                f"the nearest size of the content is {max(1, round(self.content / places)) * places}"
            )
        self.channels = self.content // places


class OnMaps(nn.Module):
    """Layers of maps as layers of flat codes [n, z]."""

    def __init__(self, layers: nn.Module, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.layers, self.shape = layers, shape

    def forward(self, code: Float[Tensor, "n z"]) -> Float[Tensor, "n z"]:
        return self.layers(code.unflatten(1, self.shape)).flatten(1)


class Coder(nn.Module):
    """What encoders and decoders share: where their code lies."""

    layout: Layout

    def shared(self, count: int) -> nn.Module:
        """``count`` residual blocks from code to code, for games that put the same on both domains (UNIT)."""
        layout = self.layout
        blocks = (Residual(layout.channels, layout.rank, "instance", "reflect") for _ in range(count))
        return OnMaps(nn.Sequential(*blocks), (layout.channels, *layout.places))


class ConvolutionalEncoder(Coder):
    """Samples [n, c, *axes] to codes [n, size]: content, a map with its places side by side, and style if there is any.

    Content: a convolution of 7 taps to dim channels, ``downsamples`` of 4 taps and stride 2 that double them, all with
    instance normalisation, and ``blocks`` residual ones; c7s1-64, d128, d256, R256 x 4 as published. One of a single
    tap follows where these channels are not those of the content. Style: the same first layers and two more of stride
    2, without normalisation, which would take it away; then the mean over all places, and a linear layer. All edges are
    reflected.

    The code has the ``size`` of the prior: for 256 channels at 64 x 64 places, content is 1,048,576 numbers.

    Args:
        dim: channels of the first layer.
        downsamples: halvings of the content.
        blocks: residual blocks.

    Raises:
        UserError: as of ``Layout``.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        downsamples: Annotated[int, Ge(0)] = 2,
        blocks: Annotated[int, Ge(0)] = 4,
    ) -> None:
        super().__init__()
        self.layout = layout = Layout(spec, prior, downsamples, "encoder munit")
        convolution, width = CONVOLUTIONS[layout.rank - 1], dim * 2**downsamples
        content = downwards(layout.rank, spec.shape[0], dim, downsamples, normed=True)
        content += [Residual(width, layout.rank, "instance", "reflect") for _ in range(blocks)]
        content += [convolution(width, layout.channels, 1)] if width != layout.channels else []
        self.content, self.style = nn.Sequential(*content), None
        if layout.style:
            style, axes = downwards(layout.rank, spec.shape[0], dim, downsamples, normed=False), layout.places
            for _ in range(2):
                if min(axes) > 1:  # a map of one place has nothing to reflect
                    style += [convolution(width, width, 4, 2, 1, padding_mode="reflect"), nn.ReLU()]
                    axes = [size // 2 for size in axes]
            self.style, self.last = nn.Sequential(*style), nn.Linear(width, layout.style)
        kaiming(self)

    def forward(
        self, x: Float[Tensor, "n c *axes"], condition: Any = None, rng: Rng | None = None
    ) -> Float[Tensor, "n z"]:
        """The code of each sample, content first."""
        content = self.content(x).flatten(1)
        if self.style is None:
            return content
        return torch.cat([content, self.last(self.style(x).flatten(2).mean(2))], 1)


class ConvolutionalDecoder(Coder):
    """Codes [n, size] to samples [n, c, *axes]: residual blocks on the map of the content, then doublings.

    Style enters the blocks by adaptive instance normalisation, whose moments are affine in what two layers of
    ``hidden`` units make of it; codes without style have plain instance normalisation there (UNIT). Doublings repeat
    each place and convolve by 5 taps, with layer normalisation, which keeps the moments that style gave; a convolution
    of 7 taps is the last: R256 x 4, u128, u64, c7s1-3 as published.

    Args:
        dim: channels of the last map.
        downsamples: halvings between the samples and the map.
        blocks: residual blocks.
        hidden: units of the layers that read the style.
        output: ``tanh`` for data in [-1, 1].

    Raises:
        UserError: as of ``Layout``.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        downsamples: Annotated[int, Ge(0)] = 2,
        blocks: Annotated[int, Ge(0)] = 4,
        hidden: Annotated[int, Gt(0)] = 256,
        output: Output = "tanh",
    ) -> None:
        super().__init__()
        self.layout = layout = Layout(spec, prior, downsamples, "generator munit")
        self.output: Output = output
        convolution, width = CONVOLUTIONS[layout.rank - 1], dim * 2**downsamples
        reflected: Any = {"padding_mode": "reflect"}
        self.first = convolution(layout.channels, width, 1) if width != layout.channels else nn.Identity()
        if layout.style:
            self.read = nn.Sequential(nn.Linear(layout.style, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
            self.blocks = nn.ModuleList(Styled(width, layout.rank, hidden) for _ in range(blocks))
        else:
            self.blocks = nn.ModuleList(Residual(width, layout.rank, "instance", "reflect") for _ in range(blocks))
        ups: list[nn.Module] = []
        for _ in range(downsamples):
            ups += [nn.Upsample(scale_factor=2), convolution(width, width // 2, 5, padding=2, **reflected)]
            ups += [nn.GroupNorm(1, width // 2), nn.ReLU()]
            width //= 2
        self.ups = nn.Sequential(*ups, convolution(dim, spec.shape[0], OUTER, padding=OUTER // 2, **reflected))
        kaiming(self)

    def forward(
        self, z: Float[Tensor, "n z"], condition: Any = None, rng: Rng | None = None
    ) -> Float[Tensor, "n c *axes"]:
        """The sample of each code."""
        layout = self.layout
        x = self.first(z[:, : layout.content].unflatten(1, (layout.channels, *layout.places)))
        style = (self.read(z[:, layout.content :]),) if layout.style else ()
        for block in self.blocks:
            x = block(x, *style)
        return squash(self.ups(x), self.output)


class Styled(nn.Module):
    """A residual block whose instance normalisations take their moments from a style."""

    def __init__(self, channels: int, rank: int, style: int) -> None:
        super().__init__()
        first, second = (
            CONVOLUTIONS[rank - 1](channels, channels, 3, padding=1, padding_mode="reflect") for _ in range(2)
        )
        self.first, self.second = first, second
        self.first_norm, self.second_norm = (AdaptiveInstanceNorm(channels, style=style) for _ in range(2))

    def forward(self, x: Float[Tensor, "n c *axes"], style: Float[Tensor, "n s"]) -> Float[Tensor, "n c *axes"]:
        y = self.first_norm(self.first(x), style).relu()
        return x + self.second_norm(self.second(y), style)


@torch.no_grad()
def kaiming(network: nn.Module) -> None:
    """Set all weights anew, N(0, 2 / fan-in), biases to 0; what is affine in a style goes on beginning near 1 and 0.

    Without normalisation torch's own weights leave little of a sample after a few layers, and so no style of it.

    Source: appendix B.
    """
    affine = {id(each.affine) for each in network.modules() if isinstance(each, AdaptiveInstanceNorm)}
    each: Any
    for each in network.modules():
        if isinstance(each, (*CONVOLUTIONS, nn.Linear)) and id(each) not in affine:
            nn.init.kaiming_normal_(each.weight)
            nn.init.zeros_(each.bias)


def downwards(rank: int, channels: int, dim: int, count: int, normed: bool) -> list[nn.Module]:
    """A convolution of 7 taps and ``count`` of stride 2, each with a rectifier, normalised or not."""
    layers: list[nn.Module] = []
    shapes = [(channels, dim, OUTER, 1, OUTER // 2)]
    shapes += [(dim * 2**i, dim * 2 ** (i + 1), 4, 2, 1) for i in range(count)]
    for k, width, taps, stride, padding in shapes:
        layers.append(CONVOLUTIONS[rank - 1](k, width, taps, stride, padding, padding_mode="reflect"))
        layers += [InstanceNorm(width), nn.ReLU()] if normed else [nn.ReLU()]
    return layers
