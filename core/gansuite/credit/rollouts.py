"""Monte-Carlo roll-outs: what a beginning is worth by its ends (Yu et al., SeqGAN 2017, eq. 4)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import torch
from annotated_types import Gt
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.credit.credit import Continue, Credit, Gather, RewardOf, alone


class Rollouts(Credit):
    """Q_t = mean over N ends of r(x_1..t, end) for t < T, and Q_T = r(x).

    Without a baseline (the paper) the noise is that of the reward itself, however many ends are drawn. The
    *previous-prefix* baseline pays a choice for what it adds, A_t = Q_t - Q_(t-1), where Q_(t-1) has not seen x_t and
    so leaves the gradient's mean alone; Q_0 is the mean of the other samples' rewards. Where the estimator leaves one
    out itself Q_0 is 0: a mean that holds x's own reward, subtracted by the others, would come back to x.

    Args:
        n: N, ends of each beginning.
        baseline: ``none``, or ``previous-prefix``.
    """

    continues: ClassVar[bool] = True

    def __init__(
        self, *, n: Annotated[int, Gt(0)] = 16, baseline: Literal["none", "previous-prefix"] = "previous-prefix"
    ) -> None:
        self.n, self.baseline = n, baseline
        self.left_out = False

    def beside(self, baseline: str) -> None:
        self.left_out = baseline == "rloo"

    def __call__(
        self,
        x: Int64[Tensor, "n c"],
        mask: Bool[Tensor, "n c"],
        reward_of: RewardOf,
        proceed: Continue,
        gather: Gather = alone,
    ) -> Float[Tensor, "n c"]:
        whole = reward_of(x)
        ends = proceed(self.n)
        earned = reward_of(ends.flatten(0, 2)).view(ends.shape[:3]).mean(2).t()
        q = torch.cat([earned, whole.unsqueeze(1)], 1)
        # A text that has ended before its room has has no more to choose: its worth is known from there on.
        q = torch.where(mask, q, whole.unsqueeze(1))
        last = mask.sum(1, keepdim=True) - 1
        q = q.scatter(1, last, whole.unsqueeze(1))
        if self.baseline == "none":
            return q
        everyone = gather(whole)
        others = (everyone.sum() - whole) / max(len(everyone) - 1, 1)
        before = torch.zeros_like(whole) if self.left_out else others
        return q - torch.cat([before.unsqueeze(1), q[:, :-1]], 1)
