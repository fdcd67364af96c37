"""Least squares GAN (Mao et al. 2017, eq. 2)."""

from __future__ import annotations

from gansuite.objectives.objective import Scores, Separable


class LeastSquares(Separable):
    """critic: ½(D(x) - real)² + ½(D(G(z)) - fake)²;  generator: ½(D(G(z)) - goal)².

    The defaults (real, fake, goal) = (1, 0, 1) are the paper's 0-1 coding; (1, -1, 0) makes the generator
    minimise the Pearson χ² divergence of P_r + P_g from 2 P_g (eq. 5-8).

    Args:
        real: the critic's target for real samples, b in the paper.
        fake: the critic's target for generated samples, a in the paper.
        goal: the generator's target, c in the paper.
    """

    def __init__(self, *, real: float = 1.0, fake: float = 0.0, goal: float = 1.0) -> None:
        self.real, self.fake, self.goal = real, fake, goal

    def on_real(self, score: Scores) -> Scores:
        return 0.5 * (score - self.real).square()

    def on_fake(self, score: Scores) -> Scores:
        return 0.5 * (score - self.fake).square()

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return 0.5 * (fake - self.goal).square()
