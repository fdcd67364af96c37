"""What an augmentation is, and several of them one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Annotated, Any

import torch
from annotated_types import Gt, Le
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.plugins import Ref

from ..spec import AudioSpec

Augmentations = list[Annotated[Any, Ref("augmentation")]]
"""Option of a data set: what happens to training samples, in this order."""

Probability = Annotated[float, Gt(0), Le(1)]
"""Option of an augmentation: the share of samples that it changes."""

Waveforms = Float[Tensor, "n channels length"]


class Augmentation(ABC):
    """A random change of each sample of a batch, by numbers of its own.

    Its numbers come from ``rng`` alone, in a fixed order, as many for any sounds; nothing waits for the device.

    Args:
        probability: share of the samples that are changed.
    """

    def __init__(self, probability: float) -> None:
        self.probability = probability

    def bind(self, spec: AudioSpec) -> None:  # noqa: B027 - most have nothing to look at
        """Look at the sounds before the first batch.

        Raises:
            UserError: they cannot be changed so.
        """

    @abstractmethod
    def changed(self, x: Waveforms, rng: Rng) -> Waveforms:
        """Every sample changed."""

    def __call__(self, x: Waveforms, rng: Rng) -> Waveforms:
        """The samples, a random ``probability`` of them changed."""
        changed = self.changed(x, rng)
        if self.probability == 1:
            return changed
        return torch.where(column(rng.uniform(len(x)) < self.probability), changed, x)


def column(x: Tensor) -> Tensor:
    """One value a sample, [n], beside waveforms: [n, 1, 1]."""
    return x[:, None, None]


def augmented(x: Waveforms, augmentations: Sequence[Augmentation], rng: Rng) -> Waveforms:
    """The samples after all augmentations; one that leaves [-1, 1] is made as quiet as it must be, not clipped."""
    for each in augmentations:
        x = each(x, rng)
    return x / x.abs().amax((1, 2), keepdim=True).clamp_min(1) if augmentations else x
