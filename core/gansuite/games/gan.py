"""The two-player game of Goodfellow et al. (2014) with any objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gansuite.engine.rng import Rng
from gansuite.games.game import Cost, Draw, Game
from gansuite.objectives.objective import Objective
from gansuite.plugins import Ref
from gansuite.spaces import Space


class Gan(Game):
    """A generator G(z) and a critic D(x), each with its side of the objective.

    critic: E objective.critic(D(x), D(G(z)));  generator: E objective.generator(D(G(z))).

    Args:
        objective: the pair of costs.
        penalties: terms added to a turn's cost.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "critic": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("critic", "generator")
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "critic": frozenset({"real", "fake", "score", "real_score", "fake_score"}),
        "generator": frozenset({"fake", "score", "fake_score"}),
    }

    def __init__(
        self,
        networks: Mapping[str, nn.Module],
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "non-saturating",
        penalties: list[Annotated[Any, Ref("penalty")]] = [],  # noqa: B006 - a recipe's default, never mutated
    ) -> None:
        super().__init__(space)
        self.generator, self.critic = networks["generator"], networks["critic"]
        self.prior = prior
        self.objective: Objective = objective
        self.penalties: Sequence[Any] = tuple(penalties)
        # Batch statistics of real and generated samples must not mix; everything else goes through in one call.
        self.one_call = not any(isinstance(module, _BatchNorm) for module in self.critic.modules())

    def draws(self, turn: str) -> tuple[str, ...]:
        needs_real = turn == "critic" or self.objective.generator_needs_real
        return ("data", "prior") if needs_real else ("prior",)

    def cost_critic(self, draw: Draw) -> Cost:
        """E objective.critic(D(x), D(G(z)))."""
        rng = draw.rng("cost")
        real, fake = draw["data"], self.generator(draw["prior"], None, rng)
        real_score, fake_score = self.scores(real, fake, draw, rng)
        value = self.objective.critic(real_score, fake_score).mean()
        out = {"real": real, "fake": fake, "score": self.score, "real_score": real_score, "fake_score": fake_score}
        return Cost(value, out)

    def cost_generator(self, draw: Draw) -> Cost:
        """E objective.generator(D(G(z)))."""
        rng = draw.rng("cost")
        fake = self.generator(draw["prior"], None, rng)
        if self.objective.generator_needs_real:
            real_score, fake_score = self.scores(draw["data"], fake, draw, rng)
        else:
            real_score, fake_score = None, self.score(fake, rng)
        value = self.objective.generator(fake_score, real_score).mean()
        return Cost(value, {"fake": fake, "score": self.score, "fake_score": fake_score})

    def score(self, x: Any, rng: Rng | None = None) -> Tensor:
        """The critic's score of each sample, [n], in fp32 whatever the networks run in."""
        return self.critic(x, None, rng).float()

    def scores(self, real: Any, fake: Any, draw: Draw, rng: Rng) -> tuple[Tensor, Tensor]:
        """Scores of real and generated samples, of all ranks where the objective couples the batch."""
        if self.one_call:
            sizes = [self.space.size(real), self.space.size(fake)]
            rng.parts = 2  # random rows belong to the real ones first and then to the generated ones, on every rank
            real_score, fake_score = self.score(self.space.cat([real, fake]), rng).split(sizes)
            rng.parts = 1
        else:
            real_score, fake_score = self.score(real, rng), self.score(fake, rng)
        if self.objective.joint:
            return draw.gather(real_score), draw.gather(fake_score)
        return real_score, fake_score

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        return self.generator(self.prior.sample(n, rng), condition, rng)
