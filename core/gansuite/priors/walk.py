"""Ways from one latent to the next (White 2016, Sampling Generative Networks, section 2.1)."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

PARALLEL = 1e-4
"""Sine of the angle below which two latents have no plane, and the arc between them is the line."""


def arc(a: Float[Tensor, "n d"], b: Float[Tensor, "n d"], t: Float[Tensor, " n"]) -> Float[Tensor, "n d"]:
    """Spherical interpolation, (sin((1 - t) θ) a + sin(t θ) b) / sin θ, with θ the angle between a and b.

    Normal latents of d coordinates lie near the sphere of radius √d. The line between two of them leaves it (in the
    middle it is √½ as long), for where the generator has never been; the arc stays.

    Shapes: a, b [n, d], t [n] in [0, 1]; returns [n, d].
    """
    cosine = (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1)).clamp_min(1e-12)
    angle = cosine.clamp(-1, 1).acos()
    sine = angle.sin()
    flat = sine < PARALLEL
    safe = torch.where(flat, torch.ones_like(sine), sine)
    shares = (torch.where(flat, linear, ((s * angle).sin() / safe)) for s, linear in ((1 - t, 1 - t), (t, t)))
    from_a, from_b = (share.unsqueeze(1) for share in shares)
    return from_a * a + from_b * b


def line(a: Float[Tensor, "n d"], b: Float[Tensor, "n d"], t: Float[Tensor, " n"]) -> Float[Tensor, "n d"]:
    """Linear interpolation, (1 - t) a + t b, which does not leave the box that uniform latents lie in."""
    return torch.lerp(a, b, t.unsqueeze(1))


def walk(prior: Any, corners: Float[Tensor, "k d"], steps: int) -> Float[Tensor, "m d"]:
    """The latents on the way through ``corners``, m = (k - 1) · steps + 1, the way being the prior's ``between``.

    A prior that has none is taken to be fine with the line.
    """
    between = getattr(prior, "between", line)
    legs = len(corners) - 1
    t = (torch.arange(steps, device=corners.device, dtype=corners.dtype) / steps).repeat(legs)
    start, end = (each.repeat_interleave(steps, 0) for each in (corners[:-1], corners[1:]))
    return torch.cat([between(start, end, t), corners[-1:]])
