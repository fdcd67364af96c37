"""What a change of samples is: an augmentation in training, or the step between two domains of a translation."""

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
from gansuite.spaces import rows_like

Augmentations = list[Annotated[Any, Ref("augmentation")]]
"""Option of a data set: what happens to training samples, in this order."""

Probability = Annotated[float, Gt(0), Le(1)]
"""Option of an augmentation: the share of samples that it changes."""


class Augmentation(ABC):
    """A change of each sample of a batch, by random numbers of its own where it draws some.

    Its numbers come from ``rng`` alone, in a fixed order, as many for any samples; nothing waits for the device.

    Args:
        probability: share of the samples that are changed.
    """

    def __init__(self, probability: float = 1.0) -> None:
        self.probability = probability

    def bind(self, spec: Any) -> None:  # noqa: B027 - most have nothing to look at
        """Look at the samples before the first batch.

        Raises:
            UserError: they cannot be changed so.
        """

    def becomes(self, spec: Any) -> Any:
        """The domain of changed samples; most changes stay in the domain that they are given."""
        return spec

    @abstractmethod
    def changed(self, x: Float[Tensor, "n ..."], rng: Rng) -> Float[Tensor, "n ..."]:
        """Every sample changed."""

    def __call__(self, x: Float[Tensor, "n ..."], rng: Rng) -> Float[Tensor, "n ..."]:
        """The samples, a random ``probability`` of them changed."""
        changed = self.changed(x, rng)
        if self.probability == 1:
            return changed
        return torch.where(rows_like(rng.uniform(len(x)) < self.probability, x), changed, x)


def changed_by(x: Float[Tensor, "n ..."], changes: Sequence[Augmentation], rng: Rng) -> Float[Tensor, "n ..."]:
    """The samples after all changes, one after the other."""
    for each in changes:
        x = each(x, rng)
    return x


def bound(changes: Sequence[Augmentation], spec: Any) -> Any:
    """The domain of samples after all changes, each of which has looked at what it is given."""
    for each in changes:
        each.bind(spec)
        spec = each.becomes(spec)
    return spec


def settings(changes: Sequence[Augmentation]) -> list[list[str]]:
    """What tells changes from others: their classes, and what they hold."""
    return [[type(each).__qualname__, repr(sorted(vars(each).items(), key=lambda item: item[0]))] for each in changes]
