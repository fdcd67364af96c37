"""CycleGAN (Zhu et al. 2017): two translators, each the inverse of the other, and a critic for either domain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, ClassVar

from annotated_types import Ge
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw, Game, warn_of_batch_norm
from gansuite.games.networks import Networks
from gansuite.games.translation.pool import Pool
from gansuite.games.translation.translation import Translation, apart
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32


class CycleGan(Translation):
    """G: X → Y and F: Y → X from unpaired samples, with critics D of Y and D' of X.

    generator (moves G and F, eq. 3): E g(D(G(x))) + E g(D'(F(y))) + cycle (E ‖F(G(x)) - x‖₁ + E ‖G(F(y)) - y‖₁)
    + identity (E ‖G(y) - y‖₁ + E ‖F(x) - x‖₁);
    critic: E c(D(y), D(ỹ)), inverse_critic: E c(D'(x), D'(x̃)), with ỹ, x̃ partly from a pool of past translations.

    Args:
        objective: the pair of costs c (critic) and g (generator).
        penalties: terms added to the turns of either critic or of the generators.
        cycle: λ in the paper.
        identity: weight of mapping each domain's own samples to themselves (0.5 λ in the paper's paintings); the two
            domains must then have one shape.
        pool: past translations that each critic keeps seeing.
    """

    players: ClassVar[Mapping[str, str]] = {
        "generator": "translator",
        "inverse": "translator",
        "critic": "critic",
        "inverse_critic": "critic",
    }
    turns: ClassVar[tuple[str, ...]] = ("generator", "critic", "inverse_critic")
    sides: ClassVar[Mapping[str, str]] = {"inverse_critic": "critic"}
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "generator": frozenset({"fake", "score", "fake_score"}),
        "critic": frozenset({"real", "fake", "score", "real_score", "fake_score"}),
        "inverse_critic": frozenset({"real", "fake", "score", "real_score", "fake_score"}),
    }
    sampled: ClassVar[tuple[str, ...]] = ("generator", "inverse")

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "least-squares",
        penalties: list[Annotated[Any, Ref("penalty")]] = [],  # noqa: B006 - a recipe's default, never mutated
        cycle: Annotated[float, Ge(0)] = 10.0,
        identity: Annotated[float, Ge(0)] = 0.0,
        pool: Annotated[int, Ge(0)] = 50,
    ) -> None:
        super().__init__(networks, prior, space, penalties)
        target, source = networks.spec, networks.spec.source
        if identity and target.shape != source.shape:
            raise UserError(f"identity needs domains of one shape, not {source.shape} and {target.shape}: set it to 0")
        self.objective, self.cycle, self.identity = objective, cycle, identity
        self.generator, self.inverse = networks.make("generator"), networks.make("inverse", spec=source, source=target)
        self.critic, self.inverse_critic = networks.make("critic"), networks.make("inverse_critic", spec=source)
        self.pools = nn.ModuleDict({"critic": Pool(target.shape, pool), "inverse_critic": Pool(source.shape, pool)})
        for critic in (self.critic, self.inverse_critic):
            warn_of_batch_norm(critic, penalties)

    def movers(self, turn: str) -> tuple[str, ...]:
        return ("generator", "inverse") if turn == "generator" else (turn,)

    def cost_critic(self, draw: Draw) -> Cost:
        """E c(D(y), D(G(x)))."""
        return self.judged("critic", draw["data"], self.generator(draw["source"], None, draw.rng("generator")), draw)

    def cost_inverse_critic(self, draw: Draw) -> Cost:
        """E c(D'(x), D'(F(y)))."""
        fake = self.inverse(draw["data"], None, draw.rng("inverse"))
        return self.judged("inverse_critic", draw["source"], fake, draw)

    def judged(self, critic: str, real: Any, raw: Any, draw: Draw) -> Cost:
        """The critic's side of the objective, the generated rows partly from the pool."""
        fake = self.pools[critic].mixed(raw, draw)
        scores = [self.score(critic, x, draw.rng(f"cost/{name}")) for name, x in (("real", real), ("fake", fake))]
        value = self.objective.critic(*scores).mean()
        out = {"real": real, "fake": fake, "score": partial(self.score, critic), "raw": raw}
        return Cost(value, out | {"real_score": scores[0], "fake_score": scores[1]})

    def cost_generator(self, draw: Draw) -> Cost:
        """Both translators against both critics, and back again."""
        x, y, rng = draw["source"], draw["data"], draw.rng("generator")
        to_y, to_x = self.generator(x, None, rng), self.inverse(y, None, rng)
        score, inverse_score = self.score("critic", to_y, rng), self.score("inverse_critic", to_x, rng)
        parts = {
            "forward": self.objective.generator(score).mean(),
            "backward": self.objective.generator(inverse_score).mean(),
            "cycle": (apart(self.inverse(to_y, None, rng), x) + apart(self.generator(to_x, None, rng), y)).mean(),
        }
        value = parts["forward"] + parts["backward"] + self.cycle * parts["cycle"]
        if self.identity:
            parts["identity"] = (apart(self.generator(y, None, rng), y) + apart(self.inverse(x, None, rng), x)).mean()
            value = value + self.identity * parts["identity"]
        out = {"fake": to_y, "score": partial(self.score, "critic"), "fake_score": score}
        return Cost(value, out, parts)

    def score(self, critic: str, x: Any, rng: Rng | None = None) -> Tensor:
        """The scores of one of the critics, [n]."""
        return at_least_fp32(self.get_submodule(critic)(x, None, rng))

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        super().after(turn, draw, out)
        if turn in self.pools:
            self.pools[turn].after(out["raw"], draw)
