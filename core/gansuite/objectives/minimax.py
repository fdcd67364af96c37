"""The original game (Goodfellow et al. 2014, eq. 1), on logits."""

from __future__ import annotations

from torch.nn.functional import softplus

from gansuite.objectives.objective import Scores, Separable


class Minimax(Separable):
    """max_D min_G E log σ(D(x)) + E log(1 - σ(D(G(z)))).

    critic: softplus(-D(x)) + softplus(D(G(z)));  generator: -softplus(D(G(z))), which saturates where D is sure.
    """

    def on_real(self, score: Scores) -> Scores:
        return softplus(-score)

    def on_fake(self, score: Scores) -> Scores:
        return softplus(score)

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return -softplus(fake)
