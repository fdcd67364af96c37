"""Objectives of the generator alone, which leave the critic to another objective."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from gansuite.objectives.objective import Objective, Scores, Separable


class Borrowing(Objective, nn.Module):
    """The critic's side is that of the objective ``lender``, state included; a subclass gives the generator's."""

    lender: Objective

    def __init__(self, lender: Objective) -> None:
        if (lender.form, lender.critic_sees) != ("sides", "scores"):
            raise ValueError("critic: choose an objective whose critic is trained on scores, as non-saturating")
        super().__init__()
        self.lender = lender
        self.separable, self.energy = lender.separable, lender.energy

    def critic(self, real: Scores, fake: Scores) -> Scores:
        return self.lender.critic(real, fake)

    def on_real(self, score: Scores) -> Scores:
        """The lender's, where it is separable."""
        assert isinstance(self.lender, Separable)
        return self.lender.on_real(score)

    def on_fake(self, score: Scores) -> Scores:
        """The lender's, where it is separable."""
        assert isinstance(self.lender, Separable)
        return self.lender.on_fake(score)

    def check(self, batch_size: int) -> None:
        self.lender.check(batch_size)

    def parts(self, real: Scores, fake: Scores) -> Mapping[str, Tensor]:
        return self.lender.parts(real, fake)

    def after(self, real: Scores, fake: Scores) -> None:
        self.lender.after(real, fake)
