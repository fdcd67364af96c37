"""Conditional batch normalisation (Dumoulin et al. 2017; de Vries et al. 2017), with BigGAN's projected code."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.spaces import rows_like


class ConditionalBatchNorm(nn.Module):
    """Batch normalisation whose scale and shift are linear in a code: ``y = (1 + W c) (x - μ) / σ + V c``.

    μ and σ are those of each channel over the batch and the axes; while the network is not trained they are running
    means, and each sample is made by itself. With c one-hot, W and V hold a row for each class, and 1 + W is the table
    of scales of the conditional batch normalisation that SNGAN and SAGAN use; with c an embedding that all layers share
    beside a part of the latent, it is BigGAN's (Brock et al. 2019, appendix B). W and V begin at 0.

    Args:
        codes: numbers in a code; 0 for plain batch normalisation.
        rank: number of axes of a sample.
        eps: added to the variance.

    Shape: ``[n, channels, *axes]`` and codes ``[n, codes]``.
    """

    def __init__(
        self,
        channels: int,
        *,
        codes: Annotated[int, Ge(0)],
        rank: Literal[1, 2, 3] = 2,
        eps: Annotated[float, Gt(0)] = 1e-5,
    ) -> None:
        super().__init__()
        self.norm = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[rank - 1](channels, eps, affine=codes == 0)
        self.scale = nn.Linear(codes, channels, bias=False) if codes else None
        self.shift = nn.Linear(codes, channels, bias=False) if codes else None
        for each in (self.scale, self.shift):
            if each is not None:
                nn.init.zeros_(each.weight)

    def forward(
        self, x: Float[Tensor, "n c *axes"], code: Float[Tensor, "n k"] | None = None
    ) -> Float[Tensor, "n c *axes"]:
        x = self.norm(x)
        if self.scale is None or self.shift is None or code is None:
            return x
        scale, shift = (rows_like(each(code).to(x.dtype), x) for each in (self.scale, self.shift))
        return torch.addcmul(shift, x, 1 + scale)
