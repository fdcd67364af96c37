"""Relativistic average GAN (Jolicoeur-Martineau 2019, eq. 7-8), on logits."""

from __future__ import annotations

from torch.nn.functional import softplus

from gansuite.objectives.objective import Objective, Scores


class RelativisticAverage(Objective):
    """A score counts relative to the average score of the other side.

    With r = D(x) - E D(G(z)) and f = D(G(z)) - E D(x):
    critic: softplus(-r) + softplus(f);  generator: softplus(r) + softplus(-f).
    The averages couple the batch, and the generator moves through the real scores' average as well.
    """

    joint = True
    generator_needs_real = True

    def critic(self, real: Scores, fake: Scores) -> Scores:
        return softplus(fake.mean() - real) + softplus(fake - real.mean())

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        assert real is not None, "the relativistic generator looks at real scores"
        return self.critic(fake, real)
