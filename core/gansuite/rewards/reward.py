"""What a reward is: from the critic's scores to the numbers that a score-function estimator is fed with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng

Scores = Float[Tensor, "n *choices"]


class Reward(ABC):
    """More is better; one number for each score, of samples or of choices; never differentiated.

    Class attributes:
        couples: a reward depends on the scores of the other samples of its batch.
        positive: none is negative, so that they can be weights.
        likes_high: a higher score earns more, which is right where high scores mean real.
    """

    couples: ClassVar[bool] = False
    positive: ClassVar[bool] = False
    likes_high: ClassVar[bool] = True

    @abstractmethod
    def __call__(self, scores: Scores, cost: Callable[[], Scores], rng: Rng) -> Scores:
        """The rewards of samples.

        Args:
            scores: of the critic, logits of "real" where the objective has it so.
            cost: the objective's own price of them to the generator, computed when it is called.
            rng: for rewards that are drawn.
        """
