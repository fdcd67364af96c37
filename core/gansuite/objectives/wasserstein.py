"""Wasserstein GAN (Arjovsky, Chintala & Bottou 2017, eq. 2)."""

from __future__ import annotations

from gansuite.objectives.objective import Objective, Scores


class Wasserstein(Objective):
    """W(P_r, P_g) = sup over 1-Lipschitz D of E D(x) - E D(G(z)).

    critic: D(G(z)) - D(x);  generator: -D(G(z)). The Lipschitz bound is a penalty's or a layer's task.
    """

    def critic(self, real: Scores, fake: Scores) -> Scores:
        return fake - real

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return -fake
