"""Mode-regularised GAN with manifold and diffusion steps (Che, Li, Jacob, Bengio & Li 2017, algorithm 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge
from torch import nn

from gansuite.errors import UserError
from gansuite.games.distance import squared_distance
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.spaces import Space


class ModeRegularized(Gan):
    """Two games with one generator: reconstructions G(E(x)) against data, and samples G(z) against reconstructions.

        manifold critic: x is real, G(E(x)) generated; encoder and generator pay λ objective.generator(D₁(G(E(x))))
                         + w ‖x - G(E(x))‖²
        critic:          G(E(x)) is real, G(z) generated; the generator pays objective.generator(D(G(z)))

    Every sample of the data calls for its mode by its reconstruction, which the first game takes to the data; the
    second spreads the mass evenly over what can be reconstructed, where both its sides lie on one manifold.

    Args:
        adversarial: λ, weight of the manifold critic's verdict.
        reconstruction: w, weight of the squared distance.

    Source: sections 3.2 and 3.4 and appendix A, for the non-saturating objective.
    """

    players: ClassVar[Mapping[str, str]] = {
        "generator": "generator",
        "encoder": "encoder",
        "critic": "critic",
        "manifold_critic": "critic",
    }
    turns: ClassVar[tuple[str, ...]] = ("manifold_critic", "encoder", "critic", "generator")
    sides: ClassVar[Mapping[str, str]] = {"manifold_critic": "critic"}
    provides: ClassVar[Mapping[str, frozenset[str]]] = {**Gan.provides, "manifold_critic": Gan.provides["critic"]}

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        adversarial: Annotated[float, Ge(0)] = 1.0,
        reconstruction: Annotated[float, Ge(0)] = 1.0,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, **options)
        self.adversarial, self.reconstruction = adversarial, reconstruction

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, latent)
        self.manifold_critic = networks.make("manifold_critic", spec=shown)
        self.encoder = networks.make("encoder")

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        if isinstance(options["objective"], nn.Module):
            raise UserError("this objective remembers the scores of one critic, and here are two; choose another")
        if options["conditioning"] is not None and options["conditioning"].reads_features:
            raise UserError("this conditioning puts a head on one critic, and here are two; choose conditional")

    def movers(self, turn: str) -> tuple[str, ...]:
        return ("generator", "encoder") if turn == "encoder" else (turn,)

    def draws(self, turn: str) -> tuple[str, ...]:
        return super().draws(turn) if turn in ("critic", "generator") else ("data",)

    def real(self, draw: Draw, critic: str = "critic") -> Any:
        return draw["data"] if critic == "manifold_critic" else self.space.detach(self.reconstructed(draw))

    def fake(self, draw: Draw, critic: str = "critic") -> Any:
        return self.reconstructed(draw) if critic == "manifold_critic" else self.generated(draw)

    def reconstructed(self, draw: Draw) -> Any:
        """G(E(x))."""

        def make() -> Any:
            codes = self.codes(draw)
            z = self.encoder(draw["data"], codes, draw.rng("encoder"))
            return self.generate(z, draw.rng("reconstructor"), codes)

        return draw.once("reconstructed", make)

    def cost_manifold_critic(self, draw: Draw) -> Cost:
        """E objective.critic(D₁(x), D₁(G(E(x))))."""
        return self.critic_cost(draw, "manifold_critic")

    def cost_encoder(self, draw: Draw) -> Cost:
        """E λ objective.generator(D₁(G(E(x)))) + w ‖x - G(E(x))‖²."""
        cost = self.generator_cost(draw, "manifold_critic")
        distance = squared_distance(self.space, draw["data"], cost.out["fake"]).mean()
        value = self.adversarial * cost.value + self.reconstruction * distance
        return cost._replace(value=value, parts={**cost.parts, "distance": distance})
