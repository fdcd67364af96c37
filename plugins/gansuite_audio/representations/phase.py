"""A phase, and how fast it advances: what a steady tone leaves constant."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite_audio.representations.precision import wide


def wrapped(turns: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Half turns, brought into (-1, 1] by whole turns."""
    return 1 - torch.remainder(1 - turns, 2)


def instantaneous_frequency(angle: Float[Tensor, "*rows frames"]) -> Float[Tensor, "*rows frames"]:
    """Advance of a phase between frames, in half turns within (-1, 1]; the first frame's is the phase itself.

    The same as unwrapping along time and taking differences (Engel et al. 2019, section 2).
    """
    return wrapped(torch.cat([angle[..., :1], angle.diff(dim=-1)], -1) / torch.pi)


def phase_of(frequency: Float[Tensor, "*rows frames"]) -> Float[Tensor, "*rows frames"]:
    """The phase whose advances these are, in radians within (-π, π]."""
    return (wrapped(wide(frequency).cumsum(-1)) * torch.pi).to(frequency.dtype)
