"""VAE-GAN: autoencoding beyond pixels with a learned similarity (Larsen, Sønderby, Larochelle & Winther 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge
from torch import Tensor

from gansuite.errors import UserError
from gansuite.games.adversarial import wrapped
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.games.posterior import Posterior, standard_normal
from gansuite.priors.latent import Latent
from gansuite.spaces import Space


class VaeGan(Gan):
    """A variational autoencoder whose decoder is the generator, and whose errors are measured in critic features f.

    With ẑ ~ q(z | x), reconstruction G(ẑ), L_prior = KL(q(z | x) ‖ N(0, I)) and L_f = ½ ‖f(x) - f(G(ẑ))‖²:

        encoder:   L_prior + L_f
        generator: γ L_f + objective.generator(D(G(z))) + objective.generator(D(G(ẑ)))
        critic:    objective.critic(D(x), D(G(z))) + on_fake(D(G(ẑ)))

    Args:
        reconstruction: γ, weight of L_f for the generator.
        divergence: weight of L_prior; 1 is the paper's.

    Raises:
        UserError: a prior other than N(0, I), which the encoder's divergence is to.

    Source: eq. 5-9 and algorithm 1.
    """

    prices_parts: ClassVar[bool] = False
    reads_features = True
    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "encoder": "encoder", "critic": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("encoder", "critic", "generator")
    provides: ClassVar[Mapping[str, frozenset[str]]] = Gan.provides

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        reconstruction: Annotated[float, Ge(0)] = 1.0,
        divergence: Annotated[float, Ge(0)] = 1.0,
        **options: Any,
    ) -> None:
        super().__init__(networks, standard_normal(prior, "vae-gan"), space, **options)
        self.reconstruction, self.divergence = reconstruction, divergence

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, latent)
        self.encoder = networks.make("encoder", prior=Latent(2 * self.prior.size))

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        objective = wrapped(options["objective"], options["inputs"])
        if not objective.separable or objective.critic_sees != "scores":
            raise UserError("the critic judges samples and reconstructions: choose an objective like non-saturating")

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data",) if turn == "encoder" else ("data", "prior")

    def posterior(self, draw: Draw) -> Posterior:
        """q(z | x)."""
        make = lambda: Posterior.of(self.encoder(draw["data"], self.codes(draw), draw.rng("encoder")))  # noqa: E731
        return draw.once("posterior", make)

    def reconstructed(self, draw: Draw) -> Any:
        """G(ẑ), ẑ ~ q(z | x)."""

        def make() -> Any:
            z = self.posterior(draw).sample(draw.rng("posterior"))
            return self.shown(self.generate(z, draw.rng("reconstructor"), self.codes(draw)), False, draw)

        return draw.once("reconstructed", make)

    def error(self, draw: Draw) -> tuple[Tensor, Tensor]:
        """L_f, and the critic's scores of the reconstructions."""
        codes = self.shown_codes(draw)
        seen = self.see(self.shown(draw["data"], True, draw), draw.rng("real"), codes)
        copy = self.see(self.reconstructed(draw), draw.rng("reconstruction"), codes)
        assert seen.features is not None and copy.features is not None
        return 0.5 * (seen.features - copy.features).square().sum(1).mean(), copy.scores

    def cost_encoder(self, draw: Draw) -> Cost:
        """L_prior + L_f."""
        divergence, (error, _) = self.posterior(draw).divergence().mean(), self.error(draw)
        return Cost(self.divergence * divergence + error, {}, {"divergence": divergence, "features": error})

    def cost_critic(self, draw: Draw) -> Cost:
        """E objective.critic(D(x), D(G(z))) + on_fake(D(G(ẑ)))."""
        cost = super().cost_critic(draw)
        seen = self.see(self.reconstructed(draw), draw.rng("reconstruction"), self.shown_codes(draw))
        copies = self.objective.on_fake(seen.scores).mean()
        return cost._replace(value=cost.value + copies, parts={**cost.parts, "copies": copies})

    def cost_generator(self, draw: Draw) -> Cost:
        """γ L_f + E objective.generator(D(G(z))) + E objective.generator(D(G(ẑ)))."""
        cost, (error, scores) = super().cost_generator(draw), self.error(draw)
        copies = self.objective.generator(scores).mean()
        value = cost.value + copies + self.reconstruction * error
        return cost._replace(value=value, parts={**cost.parts, "copies": copies, "features": error})
