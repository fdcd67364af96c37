"""Pixel-level domain transfer (Yoo, Kim, Park, Paek & Kweon 2016): is it real, and does it belong to its source?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from gansuite.errors import UserError
from gansuite.games.adversarial import wrapped
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.games.translation.pix2pix import pairs_of
from gansuite.games.translation.translation import Translation, paired


class DomainTransfer(Translation):
    """G: X → Y from pairs (x, y), a critic D of Y alone, and a critic D_A of pairs that asks whether they belong.

    critic:      E c(D(y), D(G(x)));
    pair_critic: E l_r(D_A(x, y)) + E l_f(D_A(x, G(x))) + E l_f(D_A(x, y⁻)), y⁻ the answer to another source;
    generator:   ½ E g(D(G(x))) + ½ E g(D_A(x, G(x))).

    c, g, l_r and l_f are the costs of the objective (both sides, the generator's, on_real, on_fake). y⁻ is the answer
    of the next row.

    Source: eq. 3-5 and algorithm 1. There each step of a critic takes one of the two or three kinds of samples by
    chance; here all of them are in each step.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "translator", "critic": "critic", "pair_critic": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("critic", "pair_critic", "generator")
    sides: ClassVar[Mapping[str, str]] = {"pair_critic": "critic"}
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        **Translation.provides,
        "pair_critic": Translation.provides["critic"],
    }

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, latent)
        self.pair_critic = networks.make("pair_critic", spec=self.widened(pairs_of(networks.spec)))

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        objective = wrapped(options["objective"], options["inputs"])
        if not objective.separable or objective.critic_sees != "scores" or objective.joint:
            raise UserError("pairs are judged one by one: choose an objective like non-saturating")

    def real(self, draw: Draw, critic: str = "critic") -> Any:
        return draw["data"] if critic == "critic" else paired(self.space, draw["data"], draw["source"])

    def fake(self, draw: Draw, critic: str = "critic") -> Any:
        made = self.generated(draw)
        return made if critic == "critic" else paired(self.space, made, draw["source"])

    def cost_pair_critic(self, draw: Draw) -> Cost:
        """E l_r(D_A(x, y)) + E l_f(D_A(x, G(x))) + E l_f(D_A(x, y⁻))."""
        cost = self.critic_cost(draw, "pair_critic")
        strangers = self.shown(paired(self.space, draw["data"].roll(1, 0), draw["source"]), False, draw)
        scores = self.see(strangers, draw.rng("strangers"), None, "pair_critic").scores
        value = self.objective.on_fake(scores.flatten()).mean()
        return cost._replace(value=cost.value + value, parts={**cost.parts, "strangers": value})

    def cost_generator(self, draw: Draw) -> Cost:
        """½ E g(D(G(x))) + ½ E g(D_A(x, G(x)))."""
        real, pair = self.generator_cost(draw), self.generator_cost(draw, "pair_critic")
        parts = {"real": real.value, "pair": pair.value}
        return real._replace(value=0.5 * (real.value + pair.value), parts=parts)
