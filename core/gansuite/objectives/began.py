"""Boundary equilibrium GAN (Berthelot, Schumm & Metz 2017, section 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import torch
from annotated_types import Ge, Gt
from torch import Tensor, nn

from gansuite.objectives.objective import Scores, Separable


class Began(Separable, nn.Module):
    """The critic gives an energy L ≥ 0 (an auto-encoder's reconstruction error); a controller keeps the balance.

    critic: L(x) - k L(G(z));  generator: L(G(z));
    after each move of the critic, k ← clip(k + λ (γ L(x) - L(G(z))), 0, 1), from 0;
    measure M = L(x) + |γ L(x) - L(G(z))|, which falls as training converges.

    Args:
        gamma: γ, the ratio E L(G(z)) / E L(x) that is aimed at: lower is less diverse and sharper.
        rate: λ, the step of k.
    """

    energy = True
    joint = True  # k follows the scores of all ranks
    k: Tensor

    def __init__(self, *, gamma: Annotated[float, Gt(0)] = 0.75, rate: Annotated[float, Ge(0)] = 0.001) -> None:
        super().__init__()
        self.gamma, self.rate = gamma, rate
        self.register_buffer("k", torch.zeros(()))

    def on_real(self, score: Scores) -> Scores:
        return score

    def on_fake(self, score: Scores) -> Scores:
        return -self.k * score

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return fake

    def balance(self, real: Scores, fake: Scores) -> Tensor:
        """γ E L(x) - E L(G(z)): positive where the generator is ahead."""
        return self.gamma * real.mean() - fake.mean()

    @torch.no_grad()
    def parts(self, real: Scores, fake: Scores) -> Mapping[str, Tensor]:
        return {"measure": real.mean() + self.balance(real, fake).abs(), "k": self.k.clone()}

    @torch.no_grad()
    def after(self, real: Scores, fake: Scores) -> None:
        self.k.add_(self.rate * self.balance(real, fake)).clamp_(0, 1)
