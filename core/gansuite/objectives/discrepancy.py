"""A distance between two batches of features that the critic widens and the generator narrows."""

from __future__ import annotations

from abc import abstractmethod

from jaxtyping import Float
from torch import Tensor

from gansuite.objectives.objective import Features, Objective, Scores


class Discrepancy(Objective):
    """critic: -d(f(real), f(fake));  generator: d(f(real), f(fake)), for a distance d of whole batches."""

    joint = True
    of_batches = True
    generator_needs_real = True
    critic_sees = "features"
    generator_sees = "features"

    @abstractmethod
    def distance(self, x: Features, y: Features) -> Float[Tensor, ""]:
        """d between two batches of features."""

    def critic(self, real: Features, fake: Features) -> Scores:
        return -self.distance(real, fake).expand(len(real))

    def generator(self, fake: Features, real: Features | None = None) -> Scores:
        assert real is not None, "a distance has two sides"
        return self.distance(real, fake).expand(len(fake))
