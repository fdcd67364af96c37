"""BigGAN (Brock, Donahue & Simonyan 2019, appendix B, figure 15 and table 4).

At 128 x 128 with three channels, 1,000 classes, 120 latents and 96 filters the generator has 70,433,988 parameters, the
critic with its projection 87,982,370: the 70.4 and 88.0 million of the authors' networks.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.layers.labels import embedded
from gansuite.networks.dcgan import widths
from gansuite.networks.doublings import doublings
from gansuite.networks.grids import rank_of, squash
from gansuite.networks.residual import Widening, attended, normalised
from gansuite.networks.residual_critic import ResidualCritic


class BigGANGenerator(nn.Module):
    """Latents [n, prior.size] to samples [n, channels, *axes] in (-1, 1): every block reads its own part of the latent.

    The latent is split into one part for the linear layer that makes the smallest map and one for each block (skip-z).
    A code that is joined to it becomes an embedding, shared by all blocks; embedding and part together set the scales
    and shifts of a block's batch normalisations by linear layers. One map attends to itself. All weights begin
    orthogonal, and all but the embedding have spectral norm 1. Without a code the parts of the latent steer alone. At
    128 x 128 and ``dim = 96`` as published, with ``[prior] size = 120``.

    Args:
        dim: channels of the largest map; they double inwards.
        widest: most channels, in multiples of ``dim``.
        start: least size of the smallest map along any axis.
        attention: rows of the map that attends to itself; 0: none; absent: half of the samples', 64 of 128.
        embedding: numbers in the embedding of a class.

    Raises:
        UserError: the samples are no signals or pictures, or of a size that no doublings make, no map has so many rows,
            or there are fewer latents than layers that read them.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 96,
        widest: Annotated[int, Gt(0)] = 16,
        start: Annotated[int, Gt(0)] = 4,
        attention: Annotated[int, Ge(0)] | None = None,
        embedding: Annotated[int, Gt(0)] = 128,
    ) -> None:
        super().__init__()
        rank_of("biggan", spec)
        steps, self.smallest = doublings(spec, start, "biggan")
        rows = [self.smallest[0] << step for step in range(steps + 1)]
        attends = attended("biggan", rows, attention, spec.shape[1] // 2)
        channels = widths(steps, dim, widest)[::-1]
        codes: int = getattr(prior, "codes", 0)
        self.parts = shared_out(prior.size - codes, steps)
        self.shared = nn.Embedding(codes, embedding) if codes else None
        steering = self.parts[-1] + (embedding if codes else 0)
        self.project = nn.Linear(self.parts[0], channels[0] * math.prod(self.smallest))
        self.body = Widening([channels[0], *channels], self.smallest, spec.shape[0], steering, attends)
        normalised(self, nn.init.orthogonal_)
        if self.shared is not None:
            nn.init.orthogonal_(self.shared.weight)

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c *axes"]:
        """Deterministic in ``z``, whose last coordinates are the code."""
        first, *parts, code = z.split([*self.parts, z.shape[1] - sum(self.parts)], 1)
        if self.shared is not None:
            known = embedded(self.shared, code)
            parts = [torch.cat([known, part], 1) for part in parts]
        return squash(self.body(self.project(first).unflatten(1, (-1, *self.smallest)), parts), "tanh")


class BigGANCritic(ResidualCritic):
    __doc__ = ResidualCritic.__doc__

    name = "biggan"
    share = 2

    def begin(self, weight: Tensor) -> None:
        nn.init.orthogonal_(weight)


def shared_out(latents: int, steps: int) -> list[int]:
    """Sizes of the parts of a latent: that of the linear layer, which takes what is left over, and that of each block.

    Raises:
        UserError: there are fewer latents than parts.
    """
    if latents <= steps:
        raise UserError(
            f"biggan: {latents} latents for {steps + 1} layers that read them; set [prior] size = {20 * (steps + 1)}"
        )
    part = latents // (steps + 1)
    return [latents - steps * part, *[part] * steps]
