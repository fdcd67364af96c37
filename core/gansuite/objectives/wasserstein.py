"""Wasserstein GAN (Arjovsky, Chintala & Bottou 2017, eq. 2)."""

from __future__ import annotations

from gansuite.objectives.objective import Scores, Separable


class Wasserstein(Separable):
    """W(P_r, P_g) = sup over 1-Lipschitz D of E D(x) - E D(G(z)).

    critic: D(G(z)) - D(x);  generator: -D(G(z)). The Lipschitz bound is a penalty's or a layer's task.
    """

    def on_real(self, score: Scores) -> Scores:
        return -score

    def on_fake(self, score: Scores) -> Scores:
        return score

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return -fake
