"""Tempered adversarial networks: a lens between the data and the critic, which leaves (Sajjadi et al. 2018)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from annotated_types import Gt

from gansuite.errors import UserError
from gansuite.games.adversarial import wrapped
from gansuite.games.distance import squared_distance
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.spaces import Space


class Tempered(Gan):
    """The critic sees real samples through a lens L, which makes them easier to imitate and then fades.

        lens: λ(t) E on_fake(D(L(x))) + E ‖x - L(x)‖²,   λ(t) = 1 - sin(π t / 2K)   for rounds t < K

    where on_fake is what the critic pays for a generated sample: -log(1 - D(L(x))) for cross-entropy, so that the lens
    lowers the critic's score of real samples, against the critic and with the generator. From round K on there is no
    lens, and the game is the plain one.

    Args:
        rounds: K, at most [train] steps.

    Source: section 3.
    """

    prices_parts: ClassVar[bool] = False
    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "critic": "critic", "lens": "translator"}
    turns: ClassVar[tuple[str, ...]] = ("critic", "generator", "lens")
    provides: ClassVar[Mapping[str, frozenset[str]]] = Gan.provides

    def __init__(
        self, networks: Networks, prior: Any, space: Space, *, rounds: Annotated[int, Gt(0)] = 500, **options: Any
    ) -> None:
        super().__init__(networks, prior, space, **options)
        self.rounds = rounds

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, latent)
        self.lens = networks.make("lens", source=networks.spec)

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        objective = wrapped(options["objective"], options["inputs"])
        if not objective.separable or objective.critic_sees != "scores":
            raise UserError("the lens needs an objective that judges each score alone, such as non-saturating")

    def stages(self, steps: int) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        if self.rounds > steps:
            raise UserError(f"[game] rounds = {self.rounds}: the lens must leave within [train] steps = {steps}")
        return [("tempered", self.rounds, self.turns), ("plain", steps - self.rounds, Gan.turns)]

    def strength(self, round: int) -> float:
        """λ(t) = 1 - sin(π t / 2K)."""
        return 1 - math.sin(0.5 * math.pi * round / self.rounds)

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data",) if turn == "lens" else super().draws(turn)

    def real(self, draw: Draw, critic: str = "critic") -> Any:
        """L(x), and x once the lens has left."""
        if draw.round >= self.rounds:
            return draw["data"]
        return draw.once("lens", lambda: self.lens(draw["data"], None, draw.rng("lens")))

    def cost_lens(self, draw: Draw) -> Cost:
        """λ(t) E on_fake(D(L(x))) + E ‖x - L(x)‖²."""
        seen = self.see(self.shown(self.real(draw), True, draw), draw.rng("cost"), self.shown_codes(draw))
        against = self.objective.on_fake(seen.scores).mean()
        distance = squared_distance(self.space, draw["data"], self.real(draw)).mean()
        parts = {"against": against, "distance": distance}
        return Cost(self.strength(draw.round) * against + distance, {}, parts)
