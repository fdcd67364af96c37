"""Relativistic GAN, paired (Jolicoeur-Martineau 2019, section 4.1), on logits."""

from __future__ import annotations

from torch.nn.functional import softplus

from gansuite.objectives.objective import Objective, Scores


class Relativistic(Objective):
    """Is the real sample of a pair more real than the generated one?

    critic: -log σ(D(x) - D(G(z))) = softplus(D(G(z)) - D(x));
    generator: -log σ(D(G(z)) - D(x)) = softplus(D(x) - D(G(z))).
    Row i of the real batch is paired with row i of the generated one; only differences of scores count.
    """

    generator_needs_real = True

    def critic(self, real: Scores, fake: Scores) -> Scores:
        return softplus(fake - real)

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        assert real is not None, "the relativistic generator looks at real scores"
        return softplus(real - fake)
