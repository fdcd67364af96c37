"""PatchGAN critic (Isola, Zhu, Zhou & Efros 2017, section 3.2.2 and appendix 6.1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.layers import spectral_norm
from gansuite.networks.grids import CONVOLUTIONS, InstanceNorm, rank_of
from gansuite.networks.parts import Judgement, Part, WholeCritic

WIDEST = 8  # in multiples of dim


class PatchCritic(WholeCritic):
    """Samples [n, channels, *axes], pictures or signals, to scores [n, m], one for each patch, which overlap.

    Convolutions of 4 taps along each axis: ``layers`` of stride 2, one of stride 1 and one to the scores, with a zero
    around. A score sees 9 · 2^layers - 2 values along each axis: 16, 34, 70, 142, 286 with 1, 2, 3, 4, 5 layers. With
    ``layers = 0`` all convolutions are of one tap, and a score sees one place (PixelGAN). Features of the whole are the
    means of the last map but one.

    Args:
        dim: channels of the first layer; they double with each one, up to 8 dim.
        layers: convolutions of stride 2; 3 as published, for patches of 70 x 70, 5 for 286 x 286 (ImageGAN).
        norm: of each channel of each sample between the first and the last layer ("instance", as published for batches
            of one), of all weights ("spectral"), or "none".
        leak: slope of the rectifier at negative values.

    Raises:
        UserError: samples are neither pictures nor signals, or too small for as many layers.
    """

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        layers: Annotated[int, Ge(0)] = 3,
        norm: Literal["instance", "spectral", "none"] = "instance",
        leak: Annotated[float, Gt(0), Lt(1)] = 0.2,
    ) -> None:
        super().__init__()
        rank = rank_of("patch", spec)
        fits("patch", spec.shape[1:], layers)
        convolutions = patch_layers(spec.shape[0], rank, dim, layers, norm == "instance")
        self.width = dim * min(2 ** max(layers, 1), WIDEST)
        self.part = Part(convolutions, leak, spectral_norm if norm == "spectral" else None)

    def judge(self, x: Float[Tensor, "n c *axes"]) -> list[Judgement]:
        """Scores [n, m] of all patches, row by row, and the feature maps: one part."""
        return [self.part(x)]


def patch_layers(channels: int, rank: int, dim: int, layers: int, normed: bool) -> list[nn.Module]:
    """The convolutions of a patch critic, normalised or not; without layers two of one tap, and the scores'."""
    convolution = CONVOLUTIONS[rank - 1]
    taps, padding, count = (4, 1, layers + 1) if layers else (1, 0, 2)
    made: list[nn.Module] = []
    for layer in range(count):
        width, stride = dim * min(2**layer, WIDEST), 2 if layer < layers else 1
        follows = normed and layer > 0
        each = convolution(channels, width, taps, stride, padding, bias=not follows)
        made.append(nn.Sequential(each, InstanceNorm(width)) if follows else each)
        channels = width
    return [*made, convolution(channels, 1, taps, 1, padding)]


def fits(name: str, axes: Sequence[int], layers: int) -> None:
    """Refuse samples that are too small for so many layers of stride 2.

    Raises:
        UserError: these are.
    """
    least = 4 * 2**layers
    if layers and min(axes) < least:
        most = max((n for n in range(layers) if min(axes) >= 4 * 2**n), default=0)
        raise UserError(
            f"{name}: {layers} layers of stride 2 are too many for {' x '.join(map(str, axes))}; "
            f"set layers = {most}, or choose samples of at least {least} along each axis"
        )
