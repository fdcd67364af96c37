"""StarGAN's critic: patches that are real or not, and a domain told of the whole (Choi et al. 2018, table 5)."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Any

from annotated_types import Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.networks.grids import CONVOLUTIONS, halved, rank_of
from gansuite.networks.parts import Judgement, Part, WholeCritic


class StarGANCritic(WholeCritic):
    """Samples [n, channels, *axes] to scores [n, m], one for each place of a map that is halved ``layers`` times.

    Convolutions of 4 taps and stride 2, dim, 2 dim, 4 dim ... channels wide, without normalisation, and one of 3 taps
    to the scores. Features of the whole are the whole last map, so that a linear head on them is the published
    convolution as large as the map.

    Args:
        dim: channels of the first layer; they double with each one.
        layers: halvings; 6 as published, for 128 x 128.
        leak: slope of the rectifier at negative values.

    Raises:
        UserError: samples are neither pictures nor signals, or an axis is no multiple of 2^layers.
    """

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        layers: Annotated[int, Gt(0)] = 6,
        leak: Annotated[float, Gt(0), Lt(1)] = 0.01,
    ) -> None:
        super().__init__()
        convolution = CONVOLUTIONS[rank_of("stargan", spec) - 1]
        axes = halved("stargan", spec.shape[1:], layers, "layers")
        widths = [spec.shape[0], *(dim * 2**layer for layer in range(layers))]
        made: list[nn.Module] = [convolution(k, width, 4, 2, 1) for k, width in pairwise(widths)]
        self.width = widths[-1] * math.prod(axes)
        self.part = Part([*made, convolution(widths[-1], 1, 3, 1, 1, bias=False)], leak, None)

    def whole(self, map: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n w"]:
        """The map itself."""
        return map.flatten(1)

    def judge(self, x: Float[Tensor, "n c *axes"]) -> list[Judgement]:
        """Scores [n, m] and the feature maps: one part."""
        return [self.part(x)]
