"""Residual networks between the smallest map and a sample, as SNGAN, SAGAN and BigGAN have them.

Source: Miyato et al. (2018), figure 6; Zhang et al. (2019); Brock et al. (2019), figure 15 and tables 4-5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Literal

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from gansuite.errors import UserError
from gansuite.layers import ConditionalBatchNorm, SelfAttention, relu, spectral_norm
from gansuite.networks.grids import CONVOLUTIONS

POOLS: tuple[Any, ...] = (functional.avg_pool1d, functional.avg_pool2d)


def doubled(x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n c *others"]:
    """Each place two along every axis."""
    return functional.interpolate(x, scale_factor=2, mode="nearest")


def halved(x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n c *others"]:
    """The mean of two places along every axis."""
    return POOLS[x.dim() - 3](x, 2)


class Up(nn.Module):
    """``y = w₂ * relu(bn(w₁ * double(relu(bn(x))))) + double(w₀ * x)``; a code steers both normalisations.

    w₀ has one tap, so that it may come before the doubling: the same values for a quarter of the products.
    """

    def __init__(self, channels: int, out: int, rank: Literal[1, 2], codes: int) -> None:
        super().__init__()
        layer, wide = CONVOLUTIONS[rank - 1], {"kernel_size": 3, "padding": 1}
        self.norms = nn.ModuleList(ConditionalBatchNorm(c, codes=codes, rank=rank) for c in (channels, out))
        self.first, self.second = layer(channels, out, **wide), layer(out, out, **wide)
        self.skip = layer(channels, out, 1)

    def forward(self, x: Float[Tensor, "n c *axes"], code: Float[Tensor, "n k"] | None) -> Float[Tensor, "n e *others"]:
        y = self.first(doubled(relu(self.norms[0](x, code))))
        return self.second(relu(self.norms[1](y, code))) + doubled(self.skip(x))


class Down(nn.Module):
    """``y = halve(w₂ * relu(w₁ * relu(x))) + w₀ * halve(x)``, w₀ of one tap.

    Args:
        channels: of x.
        out: of y.
        rank: axes of x.
        halves: whether axes are halved; where they are not, nor the channels changed, w₀ is the identity.
        rectified: whether x goes through a rectifier first: not where it is the sample.
    """

    def __init__(self, channels: int, out: int, rank: int, *, halves: bool = True, rectified: bool = True) -> None:
        super().__init__()
        layer, wide = CONVOLUTIONS[rank - 1], {"kernel_size": 3, "padding": 1}
        self.halves, self.rectified = halves, rectified
        self.first, self.second = layer(channels, out, **wide), layer(out, out, **wide)
        self.skip = layer(channels, out, 1) if halves or channels != out else nn.Identity()

    def forward(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n e *others"]:
        y = self.second(relu(self.first(relu(x) if self.rectified else x)))
        return halved(y) + self.skip(halved(x)) if self.halves else y + self.skip(x)


def attention_of(channels: int, axes: Sequence[int]) -> SelfAttention:
    """Self-attention of the published code: an eighth of the channels to compare, half of them to carry, pooled keys.

    Maps of fewer than four places along an axis are not pooled.
    """
    return SelfAttention(channels, reduction=8, value_reduction=2, pool=2 if min(axes) >= 4 else 1)


def attended(name: str, maps: Sequence[int], attention: int | None, usual: int) -> int | None:
    """Which of the maps attends to itself; None: none of them.

    Args:
        name: of the network, for messages.
        maps: rows of each map, in order.
        attention: rows asked for; 0: none; None: ``usual``, or the smallest there are.
        usual: rows of the map that attends as published.

    Raises:
        UserError: no map has so many rows.
    """
    if attention == 0:
        return None
    wanted = max(usual, min(maps)) if attention is None else attention
    if wanted not in maps:
        known = ", ".join(map(str, sorted(set(maps))))
        raise UserError(
            f"{name}: no map has {wanted} rows to attend to; set attention to one of {known}, or to 0 for none"
        )
    return maps.index(wanted)


class Widening(nn.Module):
    """From the smallest map to samples before their tanh: a block for each doubling, batch norm, ReLU, 3 taps.

    Args:
        channels: of the smallest map, and of the outcome of each block.
        smallest: axes of the smallest map.
        out: channels of the samples.
        codes: numbers that steer each block.
        attends: the map that attends to itself, 0 for the smallest and i for the outcome of block i; None: none.
    """

    def __init__(
        self, channels: Sequence[int], smallest: Sequence[int], out: int, codes: int, attends: int | None
    ) -> None:
        super().__init__()
        rank: Any = len(smallest)
        self.blocks = nn.ModuleList(Up(width, following, rank, codes) for width, following in pairwise(channels))
        self.attention = nn.ModuleDict()  # by the number of the map
        if attends is not None:
            self.attention[str(attends)] = attention_of(channels[attends], [size << attends for size in smallest])
        self.norm = ConditionalBatchNorm(channels[-1], codes=0, rank=rank)
        self.last = CONVOLUTIONS[rank - 1](channels[-1], out, 3, padding=1)

    def forward(self, x: Float[Tensor, "n c *axes"], codes: Sequence[Any]) -> Float[Tensor, "n e *others"]:
        """``codes``: one for each block."""
        x = self.attend(x, 0)
        for i, (block, code) in enumerate(zip(self.blocks, codes, strict=True)):
            x = self.attend(block(x, code), i + 1)
        return self.last(relu(self.norm(x)))

    def attend(self, x: Tensor, number: int) -> Tensor:
        return self.attention[str(number)](x) if str(number) in self.attention else x


class Narrowing(nn.Module):
    """From samples to features [n, width]: a block for each halving, one more, ReLU, and the sum over all places.

    Args:
        channels: of the samples.
        widths: of the outcome of each block; the last does not halve.
        axes: of the samples.
        attends: the block whose outcome attends to itself; None: none.
    """

    def __init__(self, channels: int, widths: Sequence[int], axes: Sequence[int], attends: int | None) -> None:
        super().__init__()
        last = len(widths) - 1
        blocks: list[nn.Module] = []
        for i, (width, following) in enumerate(zip([channels, *widths[:-1]], widths, strict=True)):
            blocks.append(Down(width, following, len(axes), halves=i < last, rectified=i > 0))
            if i == attends:
                blocks.append(attention_of(following, [size >> min(i + 1, last) for size in axes]))
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n w"]:
        return relu(self.blocks(x)).flatten(2).sum(2)


def normalised(network: nn.Module, begin: Callable[[Tensor], Any], but: type[nn.Module] | None = None) -> None:
    """Begin the weights of all convolutions and linear layers anew and give them spectral norm 1; biases begin at 0.

    Args:
        network: whose layers these are; embeddings are left alone.
        begin: sets a weight in place.
        but: modules whose layers are left alone as well.
    """
    apart = {each for module in network.modules() if but and isinstance(module, but) for each in module.modules()}
    layer: Any
    for layer in [each for each in network.modules() if isinstance(each, (nn.Linear, *CONVOLUTIONS))]:
        if layer not in apart:
            begin(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
            spectral_norm(layer)
