"""SAGAN (Zhang, Goodfellow, Metaxas & Odena 2019): residual networks with spectral normalisation and self-attention."""

from __future__ import annotations

import math
from typing import Annotated, Any

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.layers import ConditionalBatchNorm
from gansuite.networks.dcgan import widths
from gansuite.networks.doublings import doublings
from gansuite.networks.grids import rank_of, squash
from gansuite.networks.residual import Widening, attended, normalised
from gansuite.networks.residual_critic import ResidualCritic


class SAGANGenerator(nn.Module):
    """Latents [n, prior.size] to samples [n, channels, *axes] in (-1, 1), by residual blocks that double the axes.

    A linear layer makes the smallest map of the latent; a code that is joined to it sets the scales and shifts of all
    batch normalisations in the blocks, a row for each class. One map attends to itself, and the weights of all
    convolutions and of the linear layer have spectral norm 1. At 128 x 128 and ``dim = 64`` as published.

    Args:
        dim: channels of the largest map; they double inwards.
        widest: most channels, in multiples of ``dim``.
        start: least size of the smallest map along any axis.
        attention: rows of the map that attends to itself; 0: none; absent: a quarter of the samples', 32 of 128.

    Raises:
        UserError: the samples are no signals or pictures, or of a size that no doublings make, or no map has so many
            rows.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        widest: Annotated[int, Gt(0)] = 16,
        start: Annotated[int, Gt(0)] = 4,
        attention: Annotated[int, Ge(0)] | None = None,
    ) -> None:
        super().__init__()
        rank_of("sagan", spec)
        steps, self.smallest = doublings(spec, start, "sagan")
        rows = [self.smallest[0] << step for step in range(steps + 1)]
        attends = attended("sagan", rows, attention, spec.shape[1] // 4)
        channels = widths(steps, dim, widest)[::-1]
        self.codes: int = getattr(prior, "codes", 0)
        self.project = nn.Linear(prior.size - self.codes, channels[0] * math.prod(self.smallest))
        self.body = Widening([channels[0], *channels], self.smallest, spec.shape[0], self.codes, attends)
        normalised(self, nn.init.xavier_uniform_, but=ConditionalBatchNorm)

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c *axes"]:
        """Deterministic in ``z``, whose last coordinates are the code."""
        latent, code = z.tensor_split([z.shape[1] - self.codes], 1)
        x = self.project(latent).unflatten(1, (-1, *self.smallest))
        return squash(self.body(x, [code] * len(self.body.blocks)), "tanh")


class SAGANCritic(ResidualCritic):
    __doc__ = ResidualCritic.__doc__

    name = "sagan"
    share = 4

    def begin(self, weight: Tensor) -> None:
        nn.init.xavier_uniform_(weight)
