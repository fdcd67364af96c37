"""Ways from one sample to the next: between latents, and between the codes of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.errors import UserError
from gansuite.priors.walk import walk
from gansuite.sampling.latents import Latents


def between_latents(latents: Latents, corners: int, steps: int, condition: Any = None) -> Any:
    """Samples on the way through ``corners`` latents, (corners - 1) · steps + 1 in order; the first latent comes first.

    The way is the prior's: an arc for normal latents, a line for uniform ones. All else that is random, the condition
    included, is the same at every point.
    """
    z = latents.prior.sample(corners, latents.rng("walk")).to(latents.dtype)
    return through(latents, z, latents.code(condition), steps)


def between_conditions(latents: Latents, conditions: Sequence[Any], steps: int) -> Any:
    """Samples of one latent on the way through several conditions: the line between their codes.

    Raises:
        UserError: the model has no conditions.
    """
    z = latents.prior.sample(1, latents.rng("walk")).to(latents.dtype)
    codes = [latents.code(each) for each in conditions]
    if any(code is None for code in codes):
        raise UserError("--interpolate: this model has no conditions to go between")
    return through(latents, z.expand(len(codes), -1), torch.cat([code for code in codes if code is not None]), steps)


def through(latents: Latents, z: Float[Tensor, "k d"], codes: Float[Tensor, "m j"] | None, steps: int) -> Any:
    """Samples on the way through latents, and through their codes where each has one of its own."""
    points = walk(latents.prior, z, steps)
    if codes is not None and len(codes) > 1:
        codes = walk(None, codes, steps)  # the line
    return latents.samples(points, codes)
