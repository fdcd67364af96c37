"""SPADE's generator: pictures of label maps (Park, Liu, Wang & Zhu 2019, section 3 and appendix A)."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu

from gansuite.engine.rng import Rng
from gansuite.layers import Spade, spectral_norm
from gansuite.networks.grids import CONVOLUTIONS, Output, factors_of_two, halved, rank_of, squash, stretched

WIDEST = 16  # in multiples of dim
DEEPEST = 5  # doublings as published, 8 x 8 to 256 x 256
LATENT = 256  # numbers of noise, where the first map is made of it
LEAK = 0.2


class SpadeBlock(nn.Module):
    """A residual block that reads the map at each normalisation, and forgets it at none.

    ``x_s + w₂ * a(spade₂(w₁ * a(spade₁(x))))`` with a leaky rectifier a, convolutions of 3 taps with spectral
    normalisation, and x_s the input, or ``w_s * spade_s(x)`` where the channels change.
    """

    def __init__(self, inputs: int, outputs: int, rank: int, map: int, hidden: int, norm: Any) -> None:
        super().__init__()
        convolution, middle = CONVOLUTIONS[rank - 1], min(inputs, outputs)

        def spade(channels: int) -> Spade:
            return Spade(channels, map=map, rank=rank, hidden=hidden, norm=norm)  # pyright: ignore[reportArgumentType]

        self.first_norm, self.second_norm = spade(inputs), spade(middle)
        self.first = spectral_norm(convolution(inputs, middle, 3, padding=1))
        self.second = spectral_norm(convolution(middle, outputs, 3, padding=1))
        self.across = None
        if inputs != outputs:
            self.across, self.across_norm = spectral_norm(convolution(inputs, outputs, 1, bias=False)), spade(inputs)

    def forward(self, x: Float[Tensor, "n c *axes"], map: Float[Tensor, "n m *any"]) -> Float[Tensor, "n o *axes"]:
        y = self.first(leaky_relu(self.first_norm(x, map), LEAK))
        y = self.second(leaky_relu(self.second_norm(y, map), LEAK))
        return y + (x if self.across is None else self.across(self.across_norm(x, map)))


class SpadeTranslator(nn.Module):
    """Maps [n, k, *axes], one-hot in the class of each place, to samples [n, c, *axes].

    The first map is coarse: the label map shrunk, or noise from ``rng`` (0 without). A block and a doubling follow, two
    blocks, and as many doublings with a block each as there are; a convolution of 3 taps is the last. Blocks are 16 dim
    channels wide where the grid is coarse and halve towards dim, and all of them read the map.

    Args:
        dim: channels of the last map.
        upsamples: doublings; left out, as many as leave 2 places or more along each axis, at most 5, as published for
            256 x 256.
        hidden: channels between the map and each scale and shift; 128 as published.
        norm: what SPADE puts in the place of moments: those of the ``batch``, as published, or of each ``instance``.
        start: whether the first map is made of the shrunken label ``map`` or of ``noise``.
        output: ``tanh`` for data in [-1, 1].

    Raises:
        UserError: samples are neither signals nor pictures, or an axis is no multiple of 2^upsamples.
    """

    def __init__(
        self,
        spec: Any,
        source: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        upsamples: Annotated[int, Ge(1)] | None = None,
        hidden: Annotated[int, Gt(0)] = 128,
        norm: Literal["batch", "instance"] = "batch",
        start: Literal["map", "noise"] = "map",
        output: Output = "tanh",
    ) -> None:
        super().__init__()
        rank, axes = rank_of("spade", spec, source), tuple(spec.shape[1:])
        if upsamples is None:
            most = min(DEEPEST, factors_of_two(axes))
            upsamples = max(1, most - (min(axes) >> most < 2))
        self.coarse = halved("spade", axes, upsamples, "upsamples")
        self.output: Output = output
        widths = [dim * min(WIDEST, 2 ** (upsamples - 1 - i)) for i in range(upsamples)]
        shape: Any = (rank, source.shape[0], hidden, norm)
        self.start = start
        if start == "map":
            self.first: nn.Module = CONVOLUTIONS[rank - 1](source.shape[0], widths[0], 3, padding=1)
        else:
            places = (widths[0], *self.coarse)
            self.first = nn.Sequential(nn.Linear(LATENT, math.prod(places)), nn.Unflatten(1, places))
        self.head, self.middle = (SpadeBlock(widths[0], widths[0], *shape) for _ in range(2))
        before = [widths[0], *widths]
        self.blocks = nn.ModuleList(SpadeBlock(*pair, *shape) for pair in zip(before, widths, strict=False))
        self.last = CONVOLUTIONS[rank - 1](widths[-1], spec.shape[0], 3, padding=1)

    def forward(
        self, x: Float[Tensor, "n k *others"], condition: Any = None, rng: Rng | None = None
    ) -> Float[Tensor, "n c *axes"]:
        """A sample of each map."""
        if self.start == "map":
            y = self.first(stretched(x, self.coarse))
        else:
            y = self.first(x.new_zeros(len(x), LATENT) if rng is None else rng.normal(len(x), LATENT).to(x))
        y = self.head(y, x)
        for i, block in enumerate(self.blocks):
            y = interpolate(y, scale_factor=2.0)
            y = block(self.middle(y, x) if not i else y, x)
        return squash(self.last(leaky_relu(y, LEAK)), self.output)
