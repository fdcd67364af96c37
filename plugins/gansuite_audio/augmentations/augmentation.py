"""What augmentations of sounds share."""

from __future__ import annotations

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor

from gansuite.data.augmentation import Augmentation, changed_by
from gansuite.engine.rng import Rng

Waveforms = Float[Tensor, "n channels length"]


def column(x: Tensor) -> Tensor:
    """One value a sample, [n], beside waveforms: [n, 1, 1]."""
    return x[:, None, None]


def augmented(x: Waveforms, augmentations: Sequence[Augmentation], rng: Rng) -> Waveforms:
    """The samples after all augmentations; one that leaves [-1, 1] is made as quiet as it must be, not clipped."""
    x = changed_by(x, augmentations, rng)
    return x / x.abs().amax((1, 2), keepdim=True).clamp_min(1) if augmentations else x
