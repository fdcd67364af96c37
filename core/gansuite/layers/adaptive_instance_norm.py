"""Adaptive instance normalisation (Huang & Belongie 2017, eq. 8)."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.layers.moments import instance_norm
from gansuite.spaces import rows_like


def restyled(
    x: Float[Tensor, "n c *axes"], mean: Float[Tensor, "n c"], deviation: Float[Tensor, "n c"], eps: float = 1e-5
) -> Float[Tensor, "n c *axes"]:
    """``AdaIN(x, y) = σ(y) (x - μ(x)) / σ(x) + μ(y)`` for the moments μ(y), σ(y) of a style.

    For the style of other features: ``restyled(x, *instance_moments(y))``.
    """
    return (rows_like(deviation, x) * instance_norm(x, eps) + rows_like(mean, x)).to(x.dtype)


class AdaptiveInstanceNorm(nn.Module):
    """Instance normalisation whose moments come from a style: ``s(w) (x - μ(x)) / σ(x) + m(w)``.

    s and m are affine in the style's code w (StyleGAN, MUNIT); they begin near 1 and 0.

    Args:
        style: dimension of the code.
        eps: added to the variance.

    Shape: ``[n, channels, *axes]`` with one or more axes, and codes ``[n, style]``.
    """

    def __init__(self, channels: int, *, style: Annotated[int, Gt(0)], eps: Annotated[float, Gt(0)] = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.affine = nn.Linear(style, 2 * channels)
        with torch.no_grad():
            self.affine.bias.copy_(torch.cat([torch.zeros(channels), torch.ones(channels)]))

    def forward(self, x: Float[Tensor, "n c *axes"], code: Float[Tensor, "n s"]) -> Float[Tensor, "n c *axes"]:
        mean, deviation = self.affine(code).chunk(2, 1)
        return restyled(x, mean, deviation, self.eps)
