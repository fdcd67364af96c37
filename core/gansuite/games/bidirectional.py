"""What ALI and VEEGAN share: an encoder beside the generator, and a critic of pairs of samples and latents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor

from gansuite.games.game import Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks


class Bidirectional(Gan):
    """The critic judges pairs D(x, z): (x, E(x)) is what it is to call real, (G(z), z) what it is to tell from it.

    The latent is shown as further channels of the sample, so that any critic of any domain can judge pairs.
    """

    prices_parts: ClassVar[bool] = False
    judges_samples: ClassVar[bool] = False
    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "encoder": "encoder", "critic": "critic"}
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        **Gan.provides,
        "generator": Gan.provides["generator"] - {"fake"},  # which is a pair here, and no sample
    }

    def compares(self, spec: Any) -> Any:
        return spec.widened(spec.shape[0] + self.prior.size)

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, latent)
        self.encoder = networks.make("encoder")

    def movers(self, turn: str) -> tuple[str, ...]:
        return ("generator", "encoder") if turn == "generator" else (turn,)

    def encode(self, x: Any, draw: Draw) -> Tensor:
        """E(x)."""
        return self.encoder(x, self.codes(draw), draw.rng("encoder"))

    def real(self, draw: Draw, critic: str = "critic") -> Any:
        return draw.once("real", lambda: self.space.attach(draw["data"], self.encode(draw["data"], draw)))

    def fake(self, draw: Draw, critic: str = "critic") -> Any:
        return self.space.attach(self.generated(draw), draw["prior"])
