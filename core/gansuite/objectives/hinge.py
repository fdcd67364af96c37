"""The hinge game (Lim & Ye 2017; Miyato et al. 2018, eq. 16-17)."""

from __future__ import annotations

from torch.nn.functional import relu

from gansuite.objectives.objective import Scores, Separable


class Hinge(Separable):
    """critic: max(0, 1 - D(x)) + max(0, 1 + D(G(z)));  generator: -D(G(z))."""

    def on_real(self, score: Scores) -> Scores:
        return relu(1 - score)

    def on_fake(self, score: Scores) -> Scores:
        return relu(1 + score)

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return -fake
