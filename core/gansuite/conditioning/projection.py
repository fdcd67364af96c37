"""The projection critic (Miyato & Koyama 2018, eq. 3-5)."""

from __future__ import annotations

from typing import Any, ClassVar

from jaxtyping import Float
from torch import Tensor, nn

from gansuite.conditioning.conditioning import Conditioning
from gansuite.errors import UserError
from gansuite.layers import spectral_norm
from gansuite.objectives.objective import Objective


class Projection(Conditioning):
    """f(x, y) = yᵀ V φ(x) + ψ(φ(x)), with y the one-hot label, φ the critic's features and ψ its own head.

    That is the best critic's form, log p(x, y)/q(x, y) = log p(y|x)/q(y|x) + log p(x)/q(x), wherever the class
    probabilities are soft-max linear in φ. With packing, V has rows for each place of a pack, and their terms add up.
    Rows without a label are judged by ψ alone.

    Args:
        spectral: whether V has spectral norm 1, beginning orthogonal, as in SNGAN, SAGAN and BigGAN.
    """

    reads_features: ClassVar[bool] = True

    def __init__(self, *, spectral: bool = False) -> None:
        super().__init__()
        self.spectral = spectral

    def check(self, objective: Objective, group: int) -> None:
        if objective.critic_sees != "scores":
            raise UserError("conditioning: projection adds to scores, which this objective does not read")
        if objective.energy:
            raise UserError("conditioning: projection adds a term of any sign, and energies are positive")

    def equip(self, critic: Any, group: int) -> None:
        self.embed = nn.Linear(group * self.size, critic.width, bias=False)
        if self.spectral:
            nn.init.orthogonal_(self.embed.weight)
            spectral_norm(self.embed)

    def score(
        self, score: Float[Tensor, " m"], features: Float[Tensor, "m w"], codes: Float[Tensor, "m j"]
    ) -> Float[Tensor, " m"]:
        return score + (self.embed(codes.to(self.embed.weight.dtype)) * features).sum(1)
