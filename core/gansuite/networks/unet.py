"""U-Net: halvings and doublings with a way across at every size (Isola, Zhu, Zhou & Efros 2017, appendix 6.1.1)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from gansuite.engine.rng import Rng
from gansuite.networks.grids import (
    CONVOLUTIONS,
    TRANSPOSED,
    Norm,
    Output,
    dropped,
    factors_of_two,
    gaussian,
    halved,
    normalise,
    rank_of,
    silent,
    squash,
    stretched,
)

DEEPEST = 8  # halvings as published, 256 x 256 to one place
WIDEST = 8  # in multiples of dim


class UNet(nn.Module):
    """Samples [n, k, *axes] to samples [n, c, *axes] that agree with them place by place, and may also move things.

    Convolutions of 4 taps and stride 2 take the sample down, dim, 2 dim, 4 dim, 8 dim, 8 dim ... channels wide, and
    transposed ones up again; each of these reads the map of its size from the way down beside the one from below. At
    one place a map sees all of the sample, so that everything can be moved; the ways across are local.

    Dropout in the first layers of the way up is the noise of pix2pix, in training and afterwards. Its numbers come
    from ``rng``; without it there is none. A source of other axes is stretched to those of the data first.

    Args:
        dim: channels of the first layer, those of the others in multiples, up to 8 dim.
        depth: halvings; left out, as many as divide all axes, at most 8.
        norm: between a convolution and its activation, but for the first, the innermost and the last: ``batch`` as
            published (of batches of one: of the ``instance``).
        dropout: share of the numbers that are dropped.
        dropouts: layers of the way up that do, from the innermost; all but the last at most.
        residual: whether the network adds to its input before ``output``, beginning with nothing; channels must agree.
        output: ``tanh`` for data in [-1, 1].

    Raises:
        UserError: samples are neither signals nor pictures, or an axis is no multiple of 2^depth.
        ValueError: a residual between other channels.
    """

    def __init__(
        self,
        spec: Any,
        source: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        depth: Annotated[int, Gt(0)] | None = None,
        norm: Norm = "batch",
        dropout: Annotated[float, Ge(0), Lt(1)] = 0.5,
        dropouts: Annotated[int, Ge(0)] = 3,
        residual: bool = False,
        output: Output = "tanh",
    ) -> None:
        super().__init__()
        rank = rank_of("unet", spec, source)
        self.axes = tuple(spec.shape[1:])
        depth = depth or max(1, min(DEEPEST, factors_of_two(self.axes)))
        halved("unet", self.axes, depth, "depth")
        self.dropout, self.dropouts = dropout, min(dropouts, depth - 1)
        self.residual = residual
        self.output: Output = output
        widths = [dim * min(2**level, WIDEST) for level in range(depth)]
        shape: Any = {"kernel_size": 4, "stride": 2, "padding": 1, "bias": norm != "batch"}
        down, up = CONVOLUTIONS[rank - 1], TRANSPOSED[rank - 1]
        self.down = nn.ModuleList(
            down(k, width, **shape) for k, width in zip([source.shape[0], *widths], widths, strict=False)
        )
        inputs = [widths[-1], *(2 * width for width in widths[-2::-1])]
        outputs = [*widths[-2::-1], spec.shape[0]]
        shapes = [shape] * (depth - 1) + [{**shape, "bias": True}]
        self.up = nn.ModuleList(up(k, width, **kind) for k, width, kind in zip(inputs, outputs, shapes, strict=True))
        self.down_norms = nn.ModuleList(normalise(norm, width, rank) for width in widths[1:-1])
        self.up_norms = nn.ModuleList(normalise(norm, width, rank) for width in outputs[:-1])
        gaussian(self)
        if residual:
            silent(self.up[-1], spec, source)

    def forward(
        self, x: Float[Tensor, "n k *others"], condition: Any = None, rng: Rng | None = None
    ) -> Float[Tensor, "n c *axes"]:
        """The translation of each sample; it reads no condition."""
        x = stretched(x, self.axes)
        maps = [self.down[0](x)]
        for i, convolution in enumerate(self.down[1:]):
            y = convolution(functional.leaky_relu(maps[-1], 0.2))
            maps.append(self.down_norms[i](y) if i < len(self.down_norms) else y)
        y = maps.pop()
        for i, convolution in enumerate(self.up[:-1]):
            y = self.up_norms[i](convolution(functional.relu(y)))
            y = dropped(y, self.dropout, rng) if i < self.dropouts else y
            y = torch.cat([maps.pop(), y], 1)
        y = self.up[-1](functional.relu(y))
        return squash(x + y if self.residual else y, self.output)
