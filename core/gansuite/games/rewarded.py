"""A generator of choices that is paid in rewards: -E r(x), through a score function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.adversarial import Seen
from gansuite.games.choices import shares_of
from gansuite.games.game import Cost, Draw
from gansuite.games.several_scores import SeveralScores, each
from gansuite.spaces import at_least_fp32

ROWS = 1 << 18
"""Choices that the critic judges at a time where no gradient is wanted."""


class Rewarded(SeveralScores):
    """The generator's turn where the critic is asked for rewards and not differentiated.

    The critic's scores become rewards, the credit shares them out among the choices, and the estimator makes of them
    a cost whose gradient is that of the expected reward.
    """

    estimator: Any
    reward: Any
    credit: Any
    before: Any
    predicts: bool

    def read(self, draw: Draw, codes: Tensor | None) -> Tensor:
        """What the generator reads on a draw."""
        z = draw["prior"]
        return z if codes is None or self.conditioning is None else self.conditioning.join(z, codes)

    def drawn(self, draw: Draw, generator: Any) -> Int64[Tensor, "n c"]:
        """Samples of a draw, without a graph."""
        codes, key = self.codes(draw), "fake" if generator is self.generator else "fake/before"
        with torch.no_grad():
            return draw.once(key, lambda: generator.sample(self.read(draw, codes), codes, draw.rng("generator")))

    def reward_cost(self, draw: Draw) -> Cost:
        """-E r(x), through a score function."""
        codes = self.codes(draw)
        z, lagging = self.read(draw, codes), bool(draw.index % self.estimator.replays)
        x = self.drawn(draw, self.before if lagging else self.generator)
        mask = self.generator.mask(x)
        with torch.no_grad():
            reward = self.earned(x, mask, z, codes, draw)
        log_prob, parts, values, old = self.log_probs(x, z, codes), dict[str, Tensor](), None, None
        if self.predicts:
            values, parts["value"] = self.foretold(x, mask, z, -reward, draw)
        if lagging:
            with torch.no_grad():
                old = self.log_probs(x, z, codes, by=self.before)
        elif self.estimator.replays > 1:
            old = log_prob.detach()
        # Estimators that compare samples compare those of all ranks.
        sides = [log_prob, -reward, mask, values, old]
        log_prob, cost, everywhere, values, old = (None if side is None else draw.gather(side) for side in sides)
        value = self.estimator.surrogate(log_prob, cost, everywhere, old_log_prob=old, values=values)
        out = {"latent": draw.get("prior"), "fake": x, "fake_score": None, "reward": reward, "mask": mask}
        told = self.averaged(reward, x)
        told = {"reward": told.mean(), "spread": told.std(correction=0)}
        return Cost(value + parts.get("value", 0.0), out | self.views(codes), told | parts)

    def foretold(self, x: Tensor, mask: Tensor, z: Tensor, cost: Tensor, draw: Draw) -> tuple[Tensor, Tensor]:
        """The generator's predictions of what is to come, [n, c], and ½ E (prediction - cost)², which it also pays."""
        values = at_least_fp32(self.generator.values(x, z))
        error = (values - (cost if cost.dim() == 2 else cost.unsqueeze(1))).square()
        return values.detach(), 0.5 * (error * shares_of(mask, draw)).mean()

    def earned(self, x: Tensor, mask: Tensor, z: Tensor, codes: Tensor | None, draw: Draw) -> Tensor:
        """Rewards of the samples, shared out; the critic judges without drop-out."""
        rng = draw.rng("reward")

        def reward_of(y: Int64[Tensor, "m c"]) -> Tensor:
            rows = max(1, ROWS // y.shape[1])
            times = None if codes is None else repeated(codes, len(y), y.shape[1] - 1)
            coded = [None] * len(y) if times is None else times.split(rows)
            parts = zip(y.split(rows), coded, strict=False)
            if self.several:
                scores = torch.cat([self.all_scores(part, None, code) for part, code in parts])
                rewards = self.rewarded(scores, lambda: each(self.objective.generator, scores), rng)
                return rewards if self.credit.per_choice else self.as_one(rewards, y)
            seen = Seen(y, *map(joined, zip(*(self.see(part, None, code)[1:] for part, code in parts), strict=True)))
            return self.rewarded(seen.scores, lambda: self.price(seen, draw), rng)

        proceed = lambda n: self.generator.continued(x, z, codes, draw.rng("rollouts"), n)  # noqa: E731
        return self.credit(x, mask, reward_of, proceed, draw.gather)

    def rewarded(self, scores: Tensor, price: Callable[[], Tensor], rng: Rng) -> Tensor:
        """The reward of scores; what the objective itself would pay, unless the recipe says otherwise."""
        return -price() if self.reward is None else self.reward(scores, price, rng)

    def price(self, seen: Seen, draw: Draw) -> Float[Tensor, " m"]:
        """The generator's side of the objective for samples that were drawn, one number each."""
        side = getattr(seen, self.objective.generator_sees)
        if not self.objective.generator_needs_real:
            return self.objective.generator(side)
        real = self.see(super().real(draw), None, self.codes(draw))
        sees = getattr(real, self.objective.generator_sees)
        return self.objective.generator(side, draw.gather(sees) if self.objective.joint else sees)


def joined(parts: Sequence[Tensor | None]) -> Any:
    """One tensor of its parts; None where there are none."""
    return None if parts[0] is None else torch.cat([part for part in parts if part is not None])


def repeated(codes: Tensor, rows: int, begun: int) -> Tensor:
    """The codes of samples, or of their ends: rows in the order of ``Continue``, [begun, samples, n]."""
    if rows == len(codes):
        return codes
    return codes.repeat_interleave(rows // (len(codes) * begun), 0).repeat(begun, 1)
