"""Out of focus."""

from __future__ import annotations

import math

import torch
from torch.nn.functional import pad

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import ImageSpec
from .ranges import Pictures, Range, check_range, drawn

REACH = 4.0  # standard deviations to which the kernel is followed, as scipy does


class Blur(Augmentation):
    """Convolved with a Gaussian of standard deviation σ, its weights summing to 1, the edges repeated.

    Args:
        sd: σ in pixels, or the range that it is drawn from for each picture.
        probability: share of the pictures that are changed.

    Raises:
        UserError: a σ below 0.1, or one that reaches beyond the picture.
    """

    def __init__(self, *, sd: Range = 1.0, probability: Probability = 1.0) -> None:
        super().__init__(probability)
        self.sd = check_range("blur", "sd", sd, 0.1)

    def bind(self, spec: ImageSpec) -> None:
        most = min(spec.height, spec.width) / 2
        if self.sd[1] > most:
            raise UserError(
                f"blur: sd = {self.sd[1]:g} leaves nothing of {spec.height} x {spec.width}; at most {most:g}"
            )

    def changed(self, x: Pictures, rng: Rng) -> Pictures:
        reach = math.floor(REACH * self.sd[1] + 0.5)
        places = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
        weights = torch.exp(-0.5 * (places / drawn(self.sd, x, rng)[:, None]).square())
        weights = (weights / weights.sum(1, keepdim=True))[:, :, None, None, None]
        height, width = x.shape[2:]
        tall = pad(x, (0, 0, reach, reach), mode="replicate")
        y = sum(weights[:, i] * tall[:, :, i : i + height] for i in range(len(places)))
        wide = pad(torch.as_tensor(y), (reach, reach, 0, 0), mode="replicate")
        return torch.as_tensor(sum(weights[:, i] * wide[..., i : i + width] for i in range(len(places))))
