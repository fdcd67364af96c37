"""The whole reward to every choice."""

from __future__ import annotations

from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.credit.credit import Continue, Credit, Gather, RewardOf, alone


class Whole(Credit):
    """Q_t = r(x) for every choice t: unbiased, and with a leave-one-out baseline quieter than any roll-out.

    A critic that scores every choice is asked for one reward of the sample, the mean over its choices.

    Source: Williams (1992); Ahmadian et al., Back to Basics (2024), section 3.
    """

    def __call__(
        self,
        x: Int64[Tensor, "n c"],
        mask: Bool[Tensor, "n c"],
        reward_of: RewardOf,
        proceed: Continue,
        gather: Gather = alone,
    ) -> Float[Tensor, " n"] | Float[Tensor, "n c"]:
        return reward_of(x)
