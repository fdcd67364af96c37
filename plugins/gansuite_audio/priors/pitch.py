"""Latents that name a pitch, as GANSynth's generator reads them (Engel et al. 2019, section 3)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.walk import arc


class Pitch:
    """Normal numbers z ~ N(0, scale²), then a pitch drawn uniformly from ``low`` ... ``high``, as a one-hot vector.

    For games without labels: the pitch is a place in the latent that a user can set. Nothing tells the critic of it,
    so what it comes to mean is the generator's affair. Where sounds are labelled with their pitch, take the prior
    ``normal`` and a ``conditioning`` ("auxiliary-classifier" in the paper), which ties the vector to what is heard.

    Args:
        size: normal coordinates; 256 as published.
        low: lowest pitch, as MIDI number (24 is C1, 32.7 Hz).
        high: highest pitch (84 is C6, 1046.5 Hz).
        scale: standard deviation of the normal coordinates.

    Raises:
        UserError: the lowest pitch is above the highest.
    """

    def __init__(
        self,
        spec: Any,
        *,
        size: Annotated[int, Gt(0)] = 256,
        low: Annotated[int, Ge(0), Le(127)] = 24,
        high: Annotated[int, Ge(0), Le(127)] = 84,
        scale: Annotated[float, Gt(0)] = 1.0,
    ) -> None:
        if low > high:
            raise UserError(f"[prior] pitch: low = {low} must not be above high = {high}")
        self.free, self.pitches, self.low, self.scale = size, high - low + 1, low, scale
        self.size = self.free + self.pitches

    def sample(self, n: int, rng: Rng) -> Float[Tensor, "n size"]:
        """Draw ``n`` latents on the device of ``rng``."""
        z = rng.normal(n, self.free, scale=self.scale)
        pitch = rng.integers(0, self.pitches, n)
        return torch.cat([z, (pitch[:, None] == torch.arange(self.pitches, device=pitch.device)).to(z.dtype)], 1)

    def between(
        self, a: Float[Tensor, "n size"], b: Float[Tensor, "n size"], t: Float[Tensor, " n"]
    ) -> Float[Tensor, "n size"]:
        """Fraction t of the arc from a to b, with the pitch of the nearer end: half a pitch is none."""
        free = arc(a[:, : self.free], b[:, : self.free], t)
        pitch = torch.where(t[:, None] < 0.5, a[:, self.free :], b[:, self.free :])
        return torch.cat([free, pitch], 1)
