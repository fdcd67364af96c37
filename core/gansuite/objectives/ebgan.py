"""Energy-based GAN (Zhao, Mathieu & LeCun 2017, eq. 1-2)."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt
from torch.nn.functional import relu

from gansuite.objectives.objective import Scores, Separable


class Ebgan(Separable):
    """The critic gives an energy D ≥ 0 (an auto-encoder's reconstruction error), low where data are.

    critic: D(x) + max(0, m - D(G(z)));  generator: D(G(z)).

    At the best critic its cost is m (1 - TV(P_r, P_g)), and m at equilibrium. The pulling-away term is the penalty
    ``repelling``.

    Args:
        margin: m, the energy beyond which generated samples are left alone, in the units of the critic's energy.
    """

    energy = True

    def __init__(self, *, margin: Annotated[float, Gt(0)] = 10.0) -> None:
        self.margin = margin

    def on_real(self, score: Scores) -> Scores:
        return score

    def on_fake(self, score: Scores) -> Scores:
        return relu(self.margin - score)

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return fake
