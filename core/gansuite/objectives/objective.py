"""What an objective is: a pair of maps on critic scores."""

from __future__ import annotations

from abc import ABC, abstractmethod

from jaxtyping import Float
from torch import Tensor

Scores = Float[Tensor, " n"]


class Objective(ABC):
    """Costs of the two sides, unreduced: one value per example, to be descended on average.

    ``joint`` says that the value of one example depends on the whole batch (the engine then gathers the
    scores of all ranks, differentiably); ``generator_needs_real`` that the generator's side looks at real scores.
    An objective with state (BEGAN's k) is also an ``nn.Module`` and keeps it in buffers.
    """

    joint: bool = False
    generator_needs_real: bool = False

    @abstractmethod
    def critic(self, real: Scores, fake: Scores) -> Scores:
        """Cost of the critic."""

    @abstractmethod
    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        """Cost of the generator."""
