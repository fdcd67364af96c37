"""Adversarially learned inference (Dumoulin et al. 2017) and the bidirectional GAN (Donahue et al. 2017)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from torch import Tensor

from gansuite.errors import UserError
from gansuite.games.adversarial import wrapped
from gansuite.games.bidirectional import Bidirectional
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.games.posterior import Posterior
from gansuite.priors.latent import Latent
from gansuite.spaces import Space


class Ali(Bidirectional):
    """Encoder and generator make pairs, (x, ẑ ~ q(z | x)) and (G(z), z), that the critic is not to tell apart.

        critic: E objective.critic(D(x, ẑ), D(G(z), z))
        generator and encoder: E objective.generator(D(G(z), z)) + E on_fake(D(x, ẑ))

    each paying for its pairs what the other's label would cost: for cross-entropy -log D(G(z), z) - log(1 - D(x, ẑ)).
    Where no critic can tell the pairs apart, encoder and generator undo each other.

    Args:
        posterior: "gaussian" (ALI) draws ẑ from what the encoder says of mean and variance; "point" (BiGAN) is E(x).

    Source: eq. 1 and algorithm 1.
    """

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        posterior: Literal["gaussian", "point"] = "gaussian",
        **options: Any,
    ) -> None:
        self.posterior = posterior
        super().__init__(networks, prior, space, **options)

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, latent)
        if self.posterior == "gaussian":
            self.encoder = networks.make("encoder", prior=Latent(2 * self.prior.size))

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        objective = wrapped(options["objective"], options["inputs"])
        if not objective.separable or objective.critic_sees != "scores":
            raise UserError("the encoder needs an objective that judges each score alone, such as non-saturating")

    @property
    def meets_real(self) -> bool:
        return True

    def encode(self, x: Any, draw: Draw) -> Tensor:
        """ẑ ~ q(z | x), or E(x)."""
        code = super().encode(x, draw)
        return code if self.posterior == "point" else Posterior.of(code).sample(draw.rng("posterior"))

    def cost_generator(self, draw: Draw) -> Cost:
        """E objective.generator(D(G(z), z)) + E on_fake(D(x, ẑ))."""
        cost = super().cost_generator(draw)
        encoder = self.objective.on_fake(cost.out["real_score"]).mean()
        return cost._replace(value=cost.value + encoder, parts={**cost.parts, "encoder": encoder})
