"""CycleGAN (Zhu et al. 2017): two translators, each the inverse of the other, and a critic for either domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge
from torch import nn

from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw, weighted
from gansuite.games.networks import Networks
from gansuite.games.translation.pool import Pool
from gansuite.games.translation.translation import Made, apart
from gansuite.games.translation.two_way import TwoWay
from gansuite.spaces import Space


class CycleGan(TwoWay):
    """G: X → Y and F: Y → X from unpaired samples, with critics D of Y and D' of X.

    generator (moves G and F, eq. 3): E g(D(G(x))) + E g(D'(F(y))) + cycle (E ‖F(G(x)) - x‖₁ + E ‖G(F(y)) - y‖₁)
    + identity (E ‖G(y) - y‖₁ + E ‖F(x) - x‖₁);
    critic: E c(D(y), D(ỹ)), inverse_critic: E c(D'(x), D'(x̃)), with ỹ, x̃ partly from a pool of past translations.

    c and g are the sides of the objective; norms are means over the numbers of a sample. Any map that takes the one
    law to the other and can be inverted makes all terms least: the costs do not tell these maps apart.

    Args:
        cycle: λ in the paper.
        identity: weight of mapping each domain's own samples to themselves (0.5 λ in the paper's paintings); the two
            domains must then have one shape.
        pool: past translations that each critic keeps seeing.

    Raises:
        UserError: ``identity`` between domains of different shapes.
    """

    players: ClassVar[Mapping[str, str]] = {
        "generator": "translator",
        "inverse": "translator",
        "critic": "critic",
        "inverse_critic": "critic",
    }
    pools: Any  # modules have no types of their own: of Pool

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        cycle: Annotated[float, Ge(0)] = 10.0,
        identity: Annotated[float, Ge(0)] = 0.0,
        pool: Annotated[int, Ge(0)] = 50,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, **options)
        target, source = networks.spec, networks.spec.source
        if identity and target.shape != source.shape:
            raise UserError(f"identity needs domains of one shape, not {source.shape} and {target.shape}: set it to 0")
        self.cycle, self.identity = cycle, identity
        self.pools = nn.ModuleDict({"critic": Pool(target.shape, pool), "inverse_critic": Pool(source.shape, pool)})

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        target, source = networks.spec, networks.spec.source
        self.generator = networks.make("generator")
        self.inverse: Any = networks.make("inverse", spec=source, source=target)
        self.make_critics(networks, shown)

    def translate(self, draw: Draw, critic: str) -> Any:
        if critic == "critic":
            return self.generated(draw)
        return draw.once("inverse", lambda: self.inverse(draw["data"], None, draw.rng("inverse")))

    def critic_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        """E c(D(real), D(fake)), the generated rows partly from the pool."""
        raw, pool = self.fake(draw, critic), self.pools[critic]
        cost = super().critic_cost(Made(draw, **{critic: pool.mixed(raw, draw)}), critic)
        return cost._replace(out={**cost.out, "raw": raw})

    def cost_generator(self, draw: Draw) -> Cost:
        """Both translators against both critics, and back again."""
        x, y, rng = draw["source"], draw["data"], draw.rng("back")
        made = Made(draw, critic=self.translate(draw, "critic"), inverse_critic=self.translate(draw, "inverse_critic"))
        parts, out = self.fooled(made)
        to_x, to_y = self.inverse(made["critic"], None, rng), self.generator(made["inverse_critic"], None, rng)
        parts["cycle"] = (apart(to_x, x) + apart(to_y, y)).mean()
        if self.identity:
            parts["identity"] = (apart(self.generator(y, None, rng), y) + apart(self.inverse(x, None, rng), x)).mean()
        return Cost(weighted(parts, {"cycle": self.cycle, "identity": self.identity}), out, parts)

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        super().after(turn, draw, out)
        if turn in self.pools:
            self.pools[turn].after(out["raw"], draw)
