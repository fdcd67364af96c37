"""Patch critics at several scales (Wang, Liu, Zhu, Tao, Kautz & Catanzaro, pix2pixHD, 2018, section 3.2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, avg_pool2d

from gansuite.layers import spectral_norm
from gansuite.networks.grids import rank_of
from gansuite.networks.parts import Judgement, Part, WholeCritic
from gansuite.networks.patch import WIDEST, fits, patch_layers

POOLS: tuple[Any, ...] = (avg_pool1d, avg_pool2d)


class MultiScalePatchCritic(WholeCritic):
    """Samples [n, channels, *axes] to scores [n, m]: a patch critic of its own on the sample and on each halved copy.

    The coarsest sees most of the sample and keeps it of one piece, the finest sees detail. Copies are means over 3
    places every 2; places beyond the edges do not count.

    Args:
        scales: number of critics; 3 as published, and 2 in SPADE.
        dim: channels of the first layer of each.
        layers: convolutions of stride 2 of each; 3 as published.
        norm: as of ``patch``.
        leak: slope of the rectifier at negative values.

    Raises:
        UserError: samples are neither pictures nor signals, or too small for as many layers at the coarsest scale.
    """

    def __init__(
        self,
        spec: Any,
        *,
        scales: Annotated[int, Gt(0)] = 3,
        dim: Annotated[int, Gt(0)] = 64,
        layers: Annotated[int, Gt(0)] = 3,
        norm: Literal["instance", "spectral", "none"] = "instance",
        leak: Annotated[float, Gt(0), Lt(1)] = 0.2,
    ) -> None:
        super().__init__()
        self.rank = rank_of("multi-scale-patch", spec)
        coarsest = [-(-size // 2 ** (scales - 1)) for size in spec.shape[1:]]
        fits(f"multi-scale-patch, scale {scales}", coarsest, layers)
        self.width = scales * dim * min(2**layers, WIDEST)
        self.parts = nn.ModuleList(
            Part(
                patch_layers(spec.shape[0], self.rank, dim, layers, norm == "instance"),
                leak,
                spectral_norm if norm == "spectral" else None,
            )
            for _ in range(scales)
        )

    def judge(self, x: Float[Tensor, "n c *axes"]) -> list[Judgement]:
        """Scores and feature maps of each scale, the finest first."""
        judgements = []
        for scale, part in enumerate(self.parts):
            x = POOLS[self.rank - 1](x, 3, 2, padding=1, count_include_pad=False) if scale else x
            judgements.append(part(x))
        return judgements
