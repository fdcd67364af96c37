"""MaskGAN: a game of filling the blanks of a text (Fedus, Goodfellow & Dai 2018)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Le, Lt
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn.functional import pad

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.estimator import ScoreFunction, log_prob_of
from gansuite.games.choices import shares_of
from gansuite.games.discrete import Discrete
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32


class MaskGan(Discrete):
    """Of each text a run of tokens is blanked; the generator fills it, and the critic judges every token that it put.

    With m a text with blanks, x the text it was made of, y the generator's filling, and sums over blanks alone:

        likelihood: -E Σ_t log p(x_t | x_<t, m)
        critic:     E on_real(D(x_t | x_<t, m)) + E on_fake(D(y_t | y_<t, m)), and E (V_t + Q_t)²
        generator:  -E Σ_t Q_t log p(y_t | y_<t, m), through the estimator,  Q_t = Σ_(s ≥ t) γ^(s - t) r(D(y_s))

    V is a linear map of the critic's features of the token before, so that it has not seen y_t: what the estimator's
    baseline "critic" is fed with. It learns to predict the cost -Q and leaves the features alone. Whole texts are
    written with everything blank, for which the likelihood is exact; the blanks of training make that a rare case, or
    none: ``whole`` says how often it is met.

    Args:
        present: share of the room that is given; the blanks are one run, at a uniform place.
        whole: share of the texts that are blank altogether.
        reward: of a token's score.
        credit: ``per-choice``, with γ as its ``discount``.

    Raises:
        UserError: no score function, no credit per choice, or an option of ``discrete`` that has no meaning here.

    Source: eq. 1-6; γ = 0.89072, present = 0.5 and no whole texts for the Penn Treebank.
    """

    foretells: ClassVar[bool] = True
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "likelihood": frozenset({"real"}),
        "critic": frozenset({"real", "fake"}),
        "generator": frozenset({"fake"}),
    }

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        reward: Annotated[Any, Ref("reward")] | None = "log-probability",
        credit: Annotated[Any, Ref("credit")] = "per-choice",
        present: Annotated[float, Ge(0), Lt(1)] = 0.5,
        whole: Annotated[float, Ge(0), Le(1)] = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, reward=reward, credit=credit, **options)
        self.present, self.whole = present, whole
        if not hasattr(self.generator, "blank"):
            raise UserError('[players.generator] maskgan needs a generator that fills blanks: name = "infilling"')
        self.value = nn.Linear(self.critic.width, 1)

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        if not isinstance(options["estimator"], ScoreFunction) or options["estimator"].replays > 1:
            raise UserError("estimator: maskgan pays for tokens by rewards, one move for each sample; take reinforce")
        if not options["credit"].per_choice:
            raise UserError("credit: maskgan rewards every token; take per-choice")
        for name in ("conditioning", "inputs", "anchor"):
            if options[name]:
                raise UserError(f"{name}: maskgan has no use of it; leave it out")

    def owned(self, player: str) -> list[nn.Module]:
        return [*super().owned(player), *([self.value] if player == "critic" else [])]

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data", "prior")

    # Blanks.

    def codes(self, draw: Draw) -> Int64[Tensor, "n t"]:
        """The texts of a draw with their blanks: what both players are given."""
        return draw.once("codes", lambda: self.blanked(draw["data"], draw.rng("blanks")))

    def blanked(self, x: Int64[Tensor, "n t"], rng: Rng) -> Int64[Tensor, "n t"]:
        """Texts with one run of blanks each, or blank altogether."""
        n, t = x.shape
        length = t - round(self.present * t)
        first = rng.integers(0, t - length + 1, n).unsqueeze(1)
        place = torch.arange(t, device=x.device)
        blank = (place >= first) & (place < first + length)
        if self.whole:
            blank = blank | (rng.uniform(n, 1) < self.whole)
        return torch.where(blank, self.generator.text.blank, x)

    def chosen(self, x: Int64[Tensor, "n t"], codes: Tensor | None) -> Bool[Tensor, "n t"]:
        """The places that the generator chose: blanks, up to the text's end."""
        mask = self.generator.mask(x)
        return mask if codes is None else mask & (codes == self.generator.text.blank)

    def log_probs(
        self, x: Tensor, z: Float[Tensor, "n z"], codes: Tensor | None = None, alpha: float = 1.0, by: Any = None
    ) -> Float[Tensor, "n c"]:
        logits = at_least_fp32((by or self.generator).logits(x, z, codes))
        return torch.where(self.chosen(x, codes), log_prob_of(alpha * logits, x), 0.0)

    def all_scores(self, x: Tensor, rng: Rng | None, codes: Tensor | None) -> Float[Tensor, "n m"]:
        return at_least_fp32(self.critic(x, codes, rng))

    # The turns.

    def cost_likelihood(self, draw: Draw) -> Cost:
        """-E Σ_t log p(x_t | x_<t, m), nats a blank."""
        x, codes = draw["data"], self.codes(draw)
        blanks = draw.gather(self.chosen(x, codes).sum(1).float()).mean()
        return Cost(-self.log_probs(x, draw["prior"], codes).sum(1).mean() / blanks, {"real": x})

    def critic_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        """E on_real(D(x_t | x_<t, m)) + E on_fake(D(y_t | y_<t, m)) + E (V_t + Q_t)²."""
        real, fake, codes, rng = draw["data"], self.drawn(draw, self.generator), self.codes(draw), draw.rng("cost")
        masks = self.chosen(real, codes), self.chosen(fake, codes)
        scores, fake_scores = self.all_scores(real, rng, codes), self.all_scores(fake, rng, codes)
        told = (self.objective.on_real(scores.flatten()) * shares_of(masks[0], draw).flatten()).mean()
        told = told + (self.objective.on_fake(fake_scores.flatten()) * shares_of(masks[1], draw).flatten()).mean()
        with torch.no_grad():
            features = self.critic.features(fake, None, codes)
            q = self.earned(fake, masks[1], draw["prior"], codes, draw)
        error = ((self.values(features) + q).square() * shares_of(masks[1], draw)).mean()
        sides = {"real_score": over(masks[0], scores), "fake_score": over(masks[1], fake_scores)}
        sides |= {"real_side": sides["real_score"], "fake_side": sides["fake_score"]}
        return Cost(told + error, {"real": real, "fake": fake} | sides, {"critic": told, "value": error})

    def reward_cost(self, draw: Draw) -> Cost:
        """-E Σ_t Q_t log p(y_t | y_<t, m), through the estimator."""
        codes, z, y = self.codes(draw), draw["prior"], self.drawn(draw, self.generator)
        mask = self.chosen(y, codes)
        with torch.no_grad():
            q = self.earned(y, mask, z, codes, draw)
            values = self.values(self.critic.features(y, None, codes))
        # Estimators that compare samples compare those of all ranks.
        sides = [draw.gather(side) for side in (self.log_probs(y, z, codes), -q, mask, values)]
        value = self.estimator.surrogate(*sides[:3], values=sides[3])
        each = over(mask, q)
        out = {"latent": z, "fake": y, "fake_score": None, "reward": q, "mask": mask}
        return Cost(value, out, {"reward": each.mean(), "spread": each.std(correction=0)})

    def values(self, features: Float[Tensor, "n t w"]) -> Float[Tensor, "n t"]:
        """V_t: the cost that is foreseen before the t-th token, from the features of the one before it."""
        return self.value(pad(features.float(), (0, 0, 1, -1))).squeeze(-1)


def over(mask: Bool[Tensor, "n t"], x: Float[Tensor, "n t"]) -> Float[Tensor, " n"]:
    """The mean of each row over the places of the mask; 0 where there are none."""
    return torch.where(mask, x, 0.0).sum(1) / mask.sum(1).clamp_min(1)
