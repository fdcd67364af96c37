"""The hinge game (Lim & Ye 2017; Miyato et al. 2018, eq. 16-17)."""

from __future__ import annotations

from torch.nn.functional import relu

from gansuite.objectives.objective import Objective, Scores


class Hinge(Objective):
    """critic: max(0, 1 - D(x)) + max(0, 1 + D(G(z)));  generator: -D(G(z))."""

    def critic(self, real: Scores, fake: Scores) -> Scores:
        return relu(1 - real) + relu(1 + fake)

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return -fake
