"""Critics that give several scores a sample: one for each choice (ScratchGAN), or for each of many views (RelGAN)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.adversarial import Seen
from gansuite.games.choices import Choices, shares_of
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.spaces import at_least_fp32


class SeveralScores(Choices, Gan):
    """A GAN of choices whose critic may say with ``scores`` that it gives "several" numbers, or one for "choices".

    Each score is priced by itself. Scores of choices count where the sample has a choice, which asks for a separable
    objective; the sample's own score is their mean.
    """

    prices_parts: ClassVar[bool] = False
    several: bool = False
    scores_choices: bool = False

    def scores_cost(self, draw: Draw) -> Cost:
        """What the critic pays for all of its scores."""
        real, fake, rng, codes = self.real(draw), self.fake(draw), draw.rng("cost"), self.codes(draw)
        scores, fake_scores = self.all_scores(real, rng, codes), self.all_scores(fake, rng, codes)
        if self.scores_choices:
            own = each(self.objective.on_real, scores) * shares_of(self.generator.mask(real), draw)
            others = each(self.objective.on_fake, fake_scores) * shares_of(self.generator.mask(fake), draw)
            value = own.mean() + others.mean()
        else:
            value = self.objective.critic(*self.gathered(draw, scores.flatten(), fake_scores.flatten())).mean()
        sides = {"real_score": self.as_one(scores, real), "fake_score": self.as_one(fake_scores, fake)}
        out = {"real": real, "fake": fake, **sides, "real_side": sides["real_score"], "fake_side": sides["fake_score"]}
        return Cost(value, out | self.views(codes))

    def all_scores(self, x: Tensor, rng: Rng | None, codes: Tensor | None) -> Float[Tensor, "n m"]:
        """Every score of a critic that gives several."""
        condition = codes if self.conditioning is not None and self.conditioning.attached else None
        return at_least_fp32(self.critic(x, condition, rng))

    def averaged(self, values: Tensor, x: Tensor) -> Float[Tensor, " n"]:
        """One number a sample, [n] as it is, [n, c] as the mean over its choices."""
        if values.dim() == 1:
            return values
        mask = self.generator.mask(x)
        return torch.where(mask, values, 0.0).sum(1) / mask.sum(1)

    def as_one(self, scores: Float[Tensor, "n m"], x: Tensor) -> Float[Tensor, " n"]:
        """Several scores of a sample as one: their mean, over the sample's choices where these are scored."""
        return self.averaged(scores, x) if self.scores_choices else scores.mean(1)

    def see(self, x: Any, rng: Rng | None = None, codes: Tensor | None = None, critic: str = "critic") -> Seen:
        if not self.several:
            return super().see(x, rng, codes, critic)
        return Seen(x, self.as_one(self.all_scores(x, rng, codes), x))

    def priced_cost(self, draw: Draw) -> Cost:
        """What the generator pays for its relaxed samples."""
        fake = self.fake(draw)
        out = {"latent": draw.get("prior"), "fake": fake}
        return Cost(self.priced(fake, draw), out | self.views(self.codes(draw)))

    def priced(self, fake: Tensor, draw: Draw) -> Float[Tensor, ""]:
        """What the generator pays for relaxed samples to a critic that gives several scores."""
        rng, codes, real = draw.rng("cost"), self.codes(draw), ()
        scores = self.all_scores(fake, rng, codes)
        if self.scores_choices:
            return (each(self.objective.generator, scores) * shares_of(self.generator.mask(fake), draw)).mean()
        if self.objective.generator_needs_real:
            real = (self.all_scores(self.real(draw), rng, codes).flatten(),)
        return self.objective.generator(*self.gathered(draw, scores.flatten(), *real)).mean()


def each(side: Callable[[Tensor], Tensor], scores: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]:
    """A side of an objective, of every score by itself."""
    return side(scores.flatten()).view_as(scores)
