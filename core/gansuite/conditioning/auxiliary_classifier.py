"""The auxiliary classifier GAN (Odena, Olah & Shlens 2017, eq. 2-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.conditioning.conditioning import Conditioning
from gansuite.errors import UserError
from gansuite.objectives.objective import Objective


class AuxiliaryClassifier(Conditioning):
    """The critic also tells the class: L_C = E log P(C = c | x) + E log P(C = c | G(z, c)), P by a linear head.

    critic: its objective - λ L_C;  generator: its objective - λ E log P(C = c | G(z, c)). With ``learns_from = "real"``
    the critic pays for the first term alone, as in GANSynth (Engel et al. 2019): it then never learns classes from what
    the generator took them for, which early on is anything.

    Both players want the classes told apart, so the generator prefers samples that are easy to classify over the
    true classes where these overlap. Rows without a label pay nothing here.

    Args:
        weight: λ; 1 in the paper.
        learns_from: whether the critic learns classes from ``both`` sides or from ``real`` samples alone.
    """

    reads_features: ClassVar[bool] = True

    def __init__(self, *, weight: Annotated[float, Gt(0)] = 1.0, learns_from: Literal["both", "real"] = "both") -> None:
        super().__init__()
        self.weight, self.learns_from = weight, learns_from

    def check(self, objective: Objective, group: int) -> None:
        refuse_packs(group, "auxiliary-classifier tells the class of one sample")

    def equip(self, critic: Any, group: int) -> None:
        self.classify = nn.Linear(critic.width, self.size)

    def critic_cost(
        self, real: Float[Tensor, "n w"], fake: Float[Tensor, "n w"], codes: Float[Tensor, "n k"]
    ) -> Mapping[str, Tensor]:
        sides = {"class-real": real, "class-fake": fake} if self.learns_from == "both" else {"class-real": real}
        return {name: self.weight * cross_entropy(self.classify(side), codes) for name, side in sides.items()}

    def generator_cost(self, fake: Float[Tensor, "n w"], codes: Float[Tensor, "n k"]) -> Mapping[str, Tensor]:
        return {"class-fake": self.weight * cross_entropy(self.classify(fake), codes)}


def cross_entropy(logits: Float[Tensor, "n k"], codes: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    """-E log P(class), averaged over the rows that have one; their codes are one-hot, those of the others 0."""
    return -(codes * logits.log_softmax(1)).sum() / codes.sum().clamp_min(1)


def refuse_packs(group: int, told: str) -> None:
    """Refuse critics that give one score to several samples.

    Raises:
        UserError: this one does.
    """
    if group > 1:
        raise UserError(f"conditioning: {told}, and a pack has {group}; leave out packing, or choose conditional")
