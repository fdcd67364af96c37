"""Cooperative training: a generator and a mediator, no critic (Lu, Yu, Feng, Zhu, Zhang & Yu 2019)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Le
from jaxtyping import Int64
from torch import Tensor

from gansuite.credit.per_choice import discounts
from gansuite.errors import UserError
from gansuite.estimators.estimator import log_prob_of
from gansuite.games.choices import Choices
from gansuite.games.game import Cost, Draw
from gansuite.games.maximum_likelihood import only_labels
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32


class CooperativeTraining(Choices):
    """A mediator M learns the even mixture of data and samples, and the generator G moves towards it.

        mediator:   -½ E_data log M(x) - ½ E_G log M(x)
        generator:  E_(x ~ G) Σ_t KL_t,  KL_t = KL(G(. | x_<t) ‖ M(. | x_<t)),  the beginnings x_<t held
        likelihood: -E_data log G(x), before the game, if pretraining is asked for

    The best mediator is m = (p + g)/2, at which the first cost is JSD(p, g) + (H(p) + H(g))/2 and KL(g ‖ m) is 0 iff
    g = p. Every KL_t is a sum over all alternatives, so nothing is sampled but the beginnings. Beginnings have a
    gradient too: with ``discount`` γ > 0, ∇ log G(x_t | x_<t) Σ_(s > t) γ^(s - t) KL_s is added, which at γ = 1 makes
    the whole that of KL(g ‖ m), with the noise of a score function; the published algorithm leaves it out. All costs
    are in nats a choice.

    Args:
        discount: γ.
        pretraining: rounds of the run that move the generator by likelihood before the game.
        conditioning: how labels reach both players, ``conditional`` for all of them; absent: not at all.

    Source: algorithm 1 and eq. 6-9, for γ = 0.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "mediator": "generator"}
    turns: ClassVar[tuple[str, ...]] = ("likelihood", "mediator", "generator")
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "likelihood": frozenset({"real"}),
        "mediator": frozenset({"real", "fake"}),
        "generator": frozenset({"fake"}),
    }
    judges_samples: ClassVar[bool] = False
    mediator: Any

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        discount: Annotated[float, Ge(0), Le(1)] = 0.0,
        pretraining: Annotated[int, Ge(0)] = 0,
        conditioning: Annotated[Any, Ref("conditioning")] | None = None,
    ) -> None:
        super().__init__(space)
        if prior.size:
            raise UserError(
                '[prior] cot compares the probabilities of samples, which no latent may stand before: "none"'
            )
        self.prior, self.conditioning = prior, conditioning
        self.discount, self.pretraining = discount, pretraining
        latent = prior
        if conditioning is not None:
            only_labels(conditioning)
            conditioning.bind(networks.spec)
            latent = conditioning.latent(prior)
        self.generator = networks.make("generator", prior=latent)
        self.mediator = networks.make("mediator", prior=latent)

    def stages(self, steps: int) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        if self.pretraining >= steps:
            raise UserError(
                f"[game] pretraining = {self.pretraining} leaves none of [train] steps = {steps} "
                "for the game; raise steps"
            )
        before = [("likelihood-pretraining", self.pretraining, ("likelihood",))] if self.pretraining else []
        return [*before, ("train", steps - self.pretraining, ("mediator", "generator"))]

    def movers(self, turn: str) -> tuple[str, ...]:
        return ("generator",) if turn == "likelihood" else (turn,)

    def draws(self, turn: str) -> tuple[str, ...]:
        labels = self.conditioning is not None and self.conditioning.reads_labels
        return ("prior",) if turn == "generator" and not labels else ("data", "prior")

    def read(self, draw: Draw) -> tuple[Tensor, Tensor | None]:
        """What both players read on a draw, and its codes."""
        if self.conditioning is None:
            return draw["prior"], None
        codes = draw.once("codes", lambda: self.conditioning.codes(draw, len(draw["prior"])))
        return self.conditioning.join(draw["prior"], codes), codes

    def fake(self, draw: Draw) -> Int64[Tensor, "n c"]:
        """Samples of the generator, without a graph."""
        z, codes = self.read(draw)
        return draw.once("fake", lambda: self.generator.sample(z, codes, draw.rng("generator")))

    def cost_likelihood(self, draw: Draw) -> Cost:
        """-E_data log G(x)."""
        return self.likelihood_cost(draw, *self.read(draw))

    def cost_mediator(self, draw: Draw) -> Cost:
        """-½ E_data log M(x) - ½ E_G log M(x)."""
        sides = {"real": draw["data"], "fake": self.fake(draw)}
        nats = {name: -self.log_probs(x, *self.read(draw), by=self.mediator).sum(1).mean() for name, x in sides.items()}
        choices = {name: draw.gather(self.choices(x)).mean() for name, x in sides.items()}
        value = (nats["real"] + nats["fake"]) / (choices["real"] + choices["fake"])
        return Cost(value, sides, {name: nats[name] / choices[name] for name in sides})

    def cost_generator(self, draw: Draw) -> Cost:
        """E_(x ~ G) Σ_t KL(G(. | x_<t) ‖ M(. | x_<t)), and what the beginnings answer for."""
        x, (z, codes) = self.fake(draw), self.read(draw)
        logits, mask = at_least_fp32(self.generator.logits(x, z, codes)), self.generator.mask(x)
        with torch.no_grad():
            target = at_least_fp32(self.mediator.logits(x, z, codes)).log_softmax(-1)
        own = logits.log_softmax(-1)
        apart = torch.where(mask, (own.exp() * (own - target)).sum(-1), 0.0)
        length = draw.gather(mask.sum(1).float()).mean()
        value = apart.sum(1).mean() / length
        parts = {"divergence": value}
        if self.discount:
            later = apart.detach() @ discounts(x.shape[1], self.discount, apart).tril(-1)
            log_prob = torch.where(mask, log_prob_of(logits, x), 0.0)
            value = value + (log_prob * later).sum(1).mean() / length
        return Cost(value, {"fake": x}, parts)

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        super().after(turn, draw, out)
        if self.conditioning is not None:
            self.conditioning.after(draw)
