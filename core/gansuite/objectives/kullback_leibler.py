"""The divergence KL(P_r ‖ P_g), its gradient taken through the density ratio that a classifier finds."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge
from torch.nn.functional import softplus

from gansuite.objectives.objective import Scores, Separable


class KullbackLeibler(Separable):
    """The critic is a classifier, so D = log p_r/p_g at its best; the generator descends KL(P_r ‖ P_g).

    critic: softplus(-D(x)) + softplus(D(G(z)));  generator: -r D(G(z)), with the ratio r = e^D held and kept within
    [1/``limit``, ``limit``]. At the best critic and without a limit its gradient is that of KL(P_r ‖ P_g):

        ∇_θ KL(p_r ‖ p_g) = -E_z [ (p_r/p_g)(y) ∇_y log (p_r/p_g)(y) ∂y/∂θ ],  y = G(z)

    With limit = 1 it is that of KL(P_g ‖ P_r), -E D(G(z)).

    Args:
        limit: of the ratio's weight on either side of 1; 0: none.

    Source: Diao et al., TILGAN (2021), section 3.2 (limit = 2); the identity is that of Nowozin et al. (2016) for KL.
    """

    def __init__(self, *, limit: Annotated[float, Ge(0)] = 2.0) -> None:
        if 0 < limit < 1:
            raise ValueError("limit: the ratio is kept within [1/limit, limit]; give 1 or more, or 0 for no limit")
        self.limit = limit

    def on_real(self, score: Scores) -> Scores:
        return softplus(-score)

    def on_fake(self, score: Scores) -> Scores:
        return softplus(score)

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        ratio = fake.detach().exp()
        return -(ratio.clamp(1 / self.limit, self.limit) if self.limit else ratio) * fake
