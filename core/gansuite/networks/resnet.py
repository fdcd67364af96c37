"""Residual translators (Johnson, Alahi & Fei-Fei 2016; Zhu, Park, Isola & Efros 2017; Choi et al. 2018)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.networks.grids import (
    CONVOLUTIONS,
    TRANSPOSED,
    Norm,
    Output,
    Padding,
    gaussian,
    halved,
    labelled,
    normalise,
    rank_of,
    reflects,
    silent,
    squash,
    stretched,
)


class Residual(nn.Module):
    """``x + norm(w₂ * relu(norm(w₁ * x)))``, convolutions of 3 taps.

    Args:
        channels: of x.
        rank: axes of x.
        norm: after either convolution.
        padding: what lies beyond the edges.
        affine: whether norms of instances have a scale and a shift.
    """

    def __init__(self, channels: int, rank: int, norm: Norm, padding: Padding, affine: bool = False) -> None:
        super().__init__()
        shape: Any = {"padding": 1, "padding_mode": padding, "bias": biased(norm, affine)}
        first, second = (CONVOLUTIONS[rank - 1](channels, channels, 3, **shape) for _ in range(2))
        norms = [normalise(norm, channels, rank, affine) for _ in range(2)]
        self.body = nn.Sequential(first, norms[0], nn.ReLU(), second, norms[1])

    def forward(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n c *axes"]:
        return x + self.body(x)


class ResNet(nn.Module):
    """Samples [n, k, *axes] to samples [n, c, *axes] by residual blocks on a coarser grid; what it moves stays near.

    A convolution of ``outer`` taps to dim channels, ``downsamples`` of stride 2 that double them, ``blocks`` residual
    ones, as many transposed convolutions back, and one of ``outer`` taps to the sample: c7s1-64, d128, d256, R256 x 9,
    u128, u64, c7s1-3 as CycleGAN's authors write it for 256 x 256 (6 blocks for 128 x 128). StarGAN's has ``taps = 4``,
    ``affine = true``, ``padding = "zeros"`` and 6 blocks. A source of other axes is stretched to the data's first.

    Args:
        dim: channels of the first layer.
        blocks: residual blocks.
        downsamples: convolutions of stride 2; 0 for the smallest pictures.
        outer: taps of the first and the last convolution, an odd number.
        taps: of the convolutions of stride 2.
        norm: between a convolution and its activation.
        affine: whether norms of instances have a learnt scale and shift.
        padding: beyond the edges of all convolutions of stride 1.
        labelled: whether a label of the data's domain, one-hot [n, labels] and spread over further channels, steers it.
        residual: whether the network adds to its input before ``output``, beginning with nothing; channels must agree.
        output: ``tanh`` for data in [-1, 1].

    Raises:
        UserError: samples are neither signals nor pictures, an axis is no multiple of 2^downsamples, or a map is too
            small for its reflection.
        ValueError: no labels to be steered by, an even ``outer``, or a residual between other channels.
    """

    def __init__(
        self,
        spec: Any,
        source: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        blocks: Annotated[int, Ge(0)] = 9,
        downsamples: Annotated[int, Ge(0)] = 2,
        outer: Annotated[int, Gt(0)] = 7,
        taps: Literal[3, 4] = 3,
        norm: Norm = "instance",
        affine: bool = False,
        padding: Padding = "reflect",
        labelled: bool = False,
        residual: bool = False,
        output: Output = "tanh",
    ) -> None:
        super().__init__()
        rank = rank_of("resnet", spec, source)
        if labelled and not spec.labels:
            raise ValueError("labelled = true needs data with labels; choose another data set or leave it out")
        if outer % 2 == 0:
            raise ValueError(f"outer = {outer} must be odd, so that each place has a middle tap")
        self.axes = tuple(spec.shape[1:])
        coarse = halved("resnet", self.axes, downsamples, "downsamples")
        if padding == "reflect":
            reflects("resnet", self.axes, outer // 2, 'set padding = "zeros", or a smaller outer')
            reflects("resnet", coarse, 1, 'set padding = "zeros", or fewer downsamples')
        self.conditions = len(spec.labels) if labelled else 0
        self.residual = residual
        self.output: Output = output
        convolution, transposed = CONVOLUTIONS[rank - 1], TRANSPOSED[rank - 1]
        edges: Any = {"padding": outer // 2, "padding_mode": padding}
        strides: Any = {"stride": 2, "padding": 1}

        def normed(layer: nn.Module, width: int) -> list[nn.Module]:
            return [layer, normalise(norm, width, rank, affine), nn.ReLU()]

        bias, width = biased(norm, affine), dim
        layers = normed(convolution(source.shape[0] + self.conditions, dim, outer, **edges, bias=bias), dim)
        for _ in range(downsamples):
            layers += normed(convolution(width, 2 * width, taps, **strides, bias=bias), 2 * width)
            width *= 2
        layers += [Residual(width, rank, norm, padding, affine) for _ in range(blocks)]
        strides["output_padding"] = 4 - taps  # so that three taps double as well
        for _ in range(downsamples):
            layers += normed(transposed(width, width // 2, taps, **strides, bias=bias), width // 2)
            width //= 2
        self.body, self.last = nn.Sequential(*layers), convolution(dim, spec.shape[0], outer, **edges)
        gaussian(self)
        if residual:
            silent(self.last, spec, source)

    def forward(
        self, x: Float[Tensor, "n k *others"], condition: Float[Tensor, "n j"] | None = None, rng: Rng | None = None
    ) -> Float[Tensor, "n c *axes"]:
        """The translation of each sample; a labelled network without a condition sees zeros in its place."""
        x = stretched(x, self.axes)
        y = self.last(self.body(labelled(x, condition, self.conditions)))
        return squash(x + y if self.residual else y, self.output)


def biased(norm: Norm, affine: bool) -> bool:
    """Whether a convolution before this norm has a bias: not where the norm has a shift of its own."""
    return not (norm == "batch" or (norm == "instance" and affine))
