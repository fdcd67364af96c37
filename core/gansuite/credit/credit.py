"""What a credit is: from what samples earn to what each of their choices is to answer for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from jaxtyping import Bool, Float, Int64
from torch import Tensor

RewardOf = Callable[[Int64[Tensor, "m c"]], Float[Tensor, " m"] | Float[Tensor, "m c"]]
"""The rewards of samples, of each or of each choice where the critic scores choices."""


Continue = Callable[[int], Int64[Tensor, "begun samples n c"]]
"""Draws so many ends for each beginning x_1..b, b = 1..c-1, of each sample in hand."""

Gather = Callable[[Tensor], Tensor]
"""The rows of all ranks, for credits that compare samples."""


def alone(x: Tensor) -> Tensor:
    """The rows of the only rank."""
    return x


class Credit(ABC):
    """Shares out rewards.

    Class attributes:
        per_choice: the critic must score every choice.
        continues: the generator is asked to finish what it has begun.
    """

    per_choice: ClassVar[bool] = False
    continues: ClassVar[bool] = False

    def beside(self, baseline: str) -> None:  # noqa: B027 - most do not care
        """Be told which baseline the estimator has."""

    @abstractmethod
    def __call__(
        self,
        x: Int64[Tensor, "n c"],
        mask: Bool[Tensor, "n c"],
        reward_of: RewardOf,
        proceed: Continue,
        gather: Gather = alone,
    ) -> Float[Tensor, " n"] | Float[Tensor, "n c"]:
        """What each sample [n], or each choice [n, c], has earned; no graph is made."""
