"""The truncation trick (Brock, Donahue & Simonyan 2019, section 3.1): no far-off latents, samples more alike."""

from __future__ import annotations

import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError


def truncated_normal(z: Float[Tensor, "n d"], tau: float) -> Float[Tensor, "n d"]:
    """Standard normal latents as latents of the normal law within [-τ, τ], by the increasing map between the two.

    ``z' = Φ_τ⁻¹(Φ(z)) = √2 erf⁻¹(erf(τ/√2) erf(z/√2))``: what drawing anew until |z_i| <= τ gives, in one pass. Equal
    seeds give samples that τ changes gradually: all go to that of z = 0 as τ does, and to their own as it grows. The
    variance is 1 - 2 τ φ(τ) / (2 Φ(τ) - 1).

    Args:
        z: draws of N(0, 1).
        tau: τ > 0, in standard deviations.
    """
    exact = z if z.device.type == "mps" else z.double()  # erf is near 1 where latents are far off
    inner = torch.erfinv(math.erf(tau / math.sqrt(2)) * torch.erf(exact / math.sqrt(2))) * math.sqrt(2)
    return inner.clamp(-tau, tau).to(z.dtype)


def truncated(prior: Any, n: int, rng: Rng, tau: float) -> Float[Tensor, "n d"]:
    """``n`` latents of a prior, truncated at ``tau`` standard deviations by the prior's own ``sample_truncated``.

    Raises:
        UserError: τ is not positive, or the prior has no tails to cut.
    """
    if not (tau > 0 and math.isfinite(tau)):
        raise UserError(f"truncation = {tau}: give a positive number of standard deviations, such as 0.5")
    if not hasattr(prior, "sample_truncated"):
        name = type(prior).__name__.lower()
        raise UserError(
            f"truncation: the prior {name} has no tails to be cut; leave it out, or train with a normal prior"
        )
    return prior.sample_truncated(n, rng, tau)
