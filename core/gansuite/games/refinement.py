"""One level of LAPGAN above the coarsest: a conditional GAN of the detail that a coarse sample lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.games.translation.translation import paired
from gansuite.spaces import Space


class Refinement(Gan):
    """A generator of detail h̃ = G(z, l) and a critic of l + h̃ against real samples x, given the coarse l = u(d(x)).

    critic: E c(D(x, l), D(l + G(z, l), l));  generator: E g(D(l + G(z, l), l)).

    z are further planes beside l, as many as ``planes``, each number of them uniform on [-1, 1); a draw has x under
    ``data``, l under ``source`` and z under ``prior``. The codes of a conditioning are planes as well.

    Args:
        planes: of noise.
        pairs: whether the critic reads l beside the sample, or the sample alone.

    Source: Denton et al. (2015), eq. 4 and section 3.2.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "translator", "critic": "critic"}

    def __init__(
        self, networks: Networks, prior: Any, space: Space, *, planes: int = 1, pairs: bool = True, **options: Any
    ) -> None:
        self.planes, self.pairs = planes, pairs
        self.shape: tuple[int, ...] = tuple(networks.spec.shape)
        super().__init__(networks, prior, space, **options)

    def compares(self, spec: Any) -> Any:
        return spec.widened(2 * spec.shape[0]) if self.pairs else spec

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        codes = 0 if self.conditioning is None else self.conditioning.size
        source = networks.spec.widened(self.shape[0] + self.planes + codes)
        self.generator = networks.make("refiner", source=source)
        self.critic = networks.make("critic", spec=shown)

    def noise(self, n: int, rng: Rng | None, like: Tensor) -> Float[Tensor, "n planes *axes"]:
        """z; without a stream its mean, 0."""
        shape = self.planes, *self.shape[1:]
        return like.new_zeros(n, *shape) if rng is None else rng.uniform(n, *shape, low=-1.0).to(like.dtype)

    def refined(
        self, low: Tensor, z: Tensor, rng: Rng | None = None, codes: Tensor | None = None
    ) -> Float[Tensor, "n c *axes"]:
        """l + G(z, l)."""
        seen = self.space.attach(low, z)
        if codes is not None:
            seen = self.space.attach(seen, codes)
        return low + self.generator(seen, None, rng)

    def judged(self, x: Tensor, low: Tensor) -> Tensor:
        """What the critic is to judge of a sample: the sample, or it and l."""
        return paired(self.space, x, low) if self.pairs else x

    def generated(self, draw: Draw) -> Any:
        """l + G(z, l) of a draw."""
        return draw.once("fake", lambda: self.made(draw, draw["prior"]))

    def made(self, draw: Draw, z: Tensor) -> Tensor:
        return self.refined(draw["source"], z, draw.rng("generator"), self.codes(draw))

    def real(self, draw: Draw, critic: str = "critic") -> Any:
        return self.judged(draw["data"], draw["source"])

    def fake(self, draw: Draw, critic: str = "critic") -> Any:
        return self.judged(self.generated(draw), draw["source"])

    def generator_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        """E g(D(l + G(z, l), l)); penalties may ask for what the critic judges of other noise."""
        cost = super().generator_cost(draw, critic)
        again = lambda z: self.judged(self.made(draw, z), draw["source"])  # noqa: E731
        return cost._replace(out={**cost.out, "generator": again})
