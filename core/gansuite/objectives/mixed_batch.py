"""Mixed batches: the critic tells the share of real samples in a batch (Lucas et al. 2018: BGAN and M-BGAN)."""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

from gansuite.objectives.objective import Objective, Scores

MixedScores = Float[Tensor, "*batches n"]
Share = Float[Tensor, "*batches"]


class MixedBatch(Objective):
    """In a batch of which the share p is real, with outputs o_i of the critic and L(o, p) the cross-entropy:

        L(o, p) = -[p log σ(o) + (1 - p) log(1 - σ(o))]

    critic: L(mean_i o_i, p) for ``reduce = "batch"`` (BGAN), mean_i L(o_i, p) for ``"sample"`` (M-BGAN).
    generator: the same cost towards an all-real batch, p = 1 (non-saturating), or minus the critic's (minimax).

    The critic should see the batch as a set (a permutation-invariant network). With p uniform and b_i ~ Bern(p), the
    best critic of single samples is σ(o) = 1/3 + 1/3 P_r/(P_r + P_g). Unmixed batches are the shares one and nought.

    Args:
        reduce: "batch" averages the outputs before the loss, "sample" the losses.
        side: what the generator descends: "non-saturating" or "minimax".
    """

    form = "shares"

    def __init__(
        self,
        *,
        reduce: Literal["batch", "sample"] = "batch",
        side: Literal["non-saturating", "minimax"] = "non-saturating",
    ) -> None:
        self.joint = reduce == "batch"
        self.side = side

    def critic_share(self, scores: MixedScores, share: Share) -> MixedScores:
        """Cost of the critic on mixed batches of which the given shares are real."""
        if self.joint:
            scores = scores.mean(-1, keepdim=True).expand_as(scores)
        p = share.unsqueeze(-1)
        return p * softplus(-scores) + (1 - p) * softplus(scores)

    def generator_share(self, scores: MixedScores, share: Share) -> MixedScores:
        """Cost of the generator on mixed batches of which the given shares are real."""
        if self.side == "minimax":
            return -self.critic_share(scores, share)
        return self.critic_share(scores, torch.ones_like(share))

    def critic(self, real: Scores, fake: Scores) -> Scores:
        return self.critic_share(real, real.new_ones(())) + self.critic_share(fake, fake.new_zeros(()))

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return self.generator_share(fake, fake.new_zeros(()))
