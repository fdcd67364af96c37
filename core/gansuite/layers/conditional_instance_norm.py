"""Conditional instance normalisation (Dumoulin, Shlens & Kudlur 2017, eq. 5)."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.layers.labels import embedded
from gansuite.layers.moments import instance_norm
from gansuite.spaces import rows_like


class ConditionalInstanceNorm(nn.Module):
    """Instance normalisation with a scale and a shift for each label: ``z = γ_y (x - μ) / σ + β_y``.

    μ and σ are the mean and standard deviation over the axes, of each channel of each sample.  A row of weights in
    place of the label mixes the classes' scales and shifts, which interpolates between them.

    Args:
        labels: number of classes.
        eps: added to the variance.

    Shape: ``[n, channels, *axes]`` with one or more axes, and labels ``[n]`` or weights ``[n, labels]``.
    """

    def __init__(self, channels: int, *, labels: Annotated[int, Gt(0)], eps: Annotated[float, Gt(0)] = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.scale, self.shift = nn.Embedding(labels, channels), nn.Embedding(labels, channels)
        nn.init.ones_(self.scale.weight)
        nn.init.zeros_(self.shift.weight)

    def forward(
        self, x: Float[Tensor, "n c *axes"], label: Int64[Tensor, " n"] | Float[Tensor, "n k"]
    ) -> Float[Tensor, "n c *axes"]:
        scale, shift = (rows_like(embedded(table, label), x) for table in (self.scale, self.shift))
        return (scale * instance_norm(x, self.eps) + shift).to(x.dtype)
