"""Pixelwise normalisation of features (Karras, Aila, Laine & Lehtinen 2018, section 4.2)."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.spaces import at_least_fp32


def pixel_norm(x: Float[Tensor, "n c *axes"], eps: float = 1e-8) -> Float[Tensor, "n c *axes"]:
    """``x / sqrt(mean over channels of x² + eps)``: at each place the channels have mean square one."""
    return (x * (at_least_fp32(x).square().mean(1, keepdim=True) + eps).rsqrt()).to(x.dtype)


class PixelNorm(nn.Module):
    """Scales the channels of each place to mean square one: ``b = a / sqrt(mean_c a_c² + eps)``.

    Nothing is learnt and no other sample is looked at; it keeps a generator's signal from escalating in its
    contest with the critic.

    Args:
        eps: keeps a silent place silent.

    Shape: ``[n, channels, *axes]``, of any number of axes; none for a latent.

    Raises:
        ValueError: a sample has other channels than the layer was made for.
    """

    def __init__(self, channels: int, *, eps: Annotated[float, Gt(0)] = 1e-8) -> None:
        super().__init__()
        self.channels, self.eps = channels, eps

    def forward(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n c *axes"]:
        if x.shape[1] != self.channels:
            raise ValueError(f"{x.shape[1]} channels where the pixel norm was made for {self.channels}")
        return pixel_norm(x, self.eps)

    def extra_repr(self) -> str:
        return f"{self.channels}, eps={self.eps}"
