"""What games share whose generator makes a sample choice by choice: likelihoods, and samples at a temperature."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import log_prob_of
from gansuite.games.game import Cost, Draw, Game
from gansuite.spaces import at_least_fp32

CELLS = 1 << 25
"""Logits held at a time where no gradient is wanted."""


class Choices(Game):
    """A game whose generator is a :class:`~gansuite.estimators.policy.Policy`: p(x) = Π_t p(x_t | x_<t).

    Samples are int64 [n, c]. A tempered model is p_α(x_t | x_<t) ∝ p(x_t | x_<t)^α, with α the inverse temperature: 1
    unless ``log_prob`` is asked for another, or the game is ``at_alpha``.
    """

    maps_latents: ClassVar[bool] = False
    alpha: float = 1.0
    generator: Any
    prior: Any
    conditioning: Any

    def latents(self, n: int, rng: Rng, codes: Tensor | None = None) -> Float[Tensor, "n z"]:
        """What the generator reads: latents of the prior, and the codes where there are some."""
        z = self.prior.sample(n, rng).to(next(self.generator.parameters()).dtype)
        return z if codes is None or self.conditioning is None else self.conditioning.join(z, codes)

    def log_probs(
        self, x: Tensor, z: Float[Tensor, "n z"], codes: Tensor | None = None, alpha: float = 1.0, by: Any = None
    ) -> Float[Tensor, "n c"]:
        """log p_α of each choice of ``x``, 0 where there is none, with its graph; ``by`` another generator."""
        generator = by or self.generator
        if x.device.type == "cpu" and hasattr(generator, "logits_at"):  # elsewhere to select is to wait
            mask = generator.mask(x)
            logits = at_least_fp32(generator.logits_at(mask, x, z, codes))
            found = log_prob_of(logits if alpha == 1.0 else alpha * logits, x[mask])
            return torch.zeros(x.shape, dtype=found.dtype).masked_scatter(mask, found)
        logits = at_least_fp32(generator.logits(x, z, codes))
        logits = logits if alpha == 1.0 else alpha * logits
        return torch.where(generator.mask(x), log_prob_of(logits, x), 0.0)

    def choices(self, x: Tensor) -> Float[Tensor, " n"]:
        """How many choices each sample is made of."""
        return self.generator.mask(x).sum(1).float()

    @property
    def likely(self) -> bool:
        """Whether a sample has a likelihood: no latent stands before it."""
        return not self.prior.size

    @contextmanager
    def at_alpha(self, alpha: float) -> Iterator[None]:
        """The tempered model in the place of the game's own, for whoever asks for probabilities or samples."""
        before, self.alpha = self.alpha, alpha
        try:
            yield
        finally:
            self.alpha = before

    @torch.no_grad()
    def log_prob(
        self, x: Tensor, *, alpha: float | None = None, codes: Tensor | None = None
    ) -> Float[Tensor, " n"] | None:
        """log p_α(x), summed over the choices of a sample; None where a latent stands before it.

        A conditional model is asked under the codes of the samples; without them it has no likelihood.
        """
        if self.prior.size or (self.conditioning is not None and codes is None):
            return None
        rows = max(1, CELLS // (x.shape[1] * self.generator.alternatives))
        parts = zip(x.split(rows), [None] * len(x) if codes is None else codes.split(rows), strict=False)
        found = []
        for part, code in parts:
            z = self.latents(len(part), Rng(0, "no latent", device=x.device), code)
            found.append(self.log_probs(part, z, code, self.alpha if alpha is None else alpha).sum(1))
        return torch.cat(found)

    def likelihood_cost(self, draw: Draw, z: Float[Tensor, "n z"], codes: Tensor | None) -> Cost:
        """-Σ log p(x) / Σ choices: nats a choice, over the batch of all ranks."""
        x = draw["data"]
        log_prob = self.log_probs(x, z, codes).sum(1)
        length = draw.gather(self.choices(x)).mean()
        return Cost(-log_prob.mean() / length, {"real": x})

    def sample(
        self, n: int, rng: Rng, condition: Any = None, *, alpha: float | None = None, prefix: Tensor | None = None
    ) -> Tensor:
        """Draw ``n`` samples of p_α that begin with ``prefix`` [p]."""
        if self.conditioning is not None and condition is None:
            condition = self.conditioning.chance(n, rng)
        z = self.latents(n, rng, condition)
        return self.made_of(z, rng, condition, alpha, prefix)

    def sample_at(self, z: Tensor, rng: Rng, condition: Any = None) -> Tensor:
        """Samples of p_α given the latents; the choices themselves are drawn with ``rng``."""
        z = z if condition is None or self.conditioning is None else self.conditioning.join(z, condition)
        return self.made_of(z, rng, condition)

    def made_of(
        self, z: Float[Tensor, "n z"], rng: Rng, codes: Any, alpha: float | None = None, prefix: Tensor | None = None
    ) -> Tensor:
        """Samples of p_α given what the generator reads."""
        begin = None if prefix is None else prefix.to(z.device).expand(len(z), -1)
        alpha = self.alpha if alpha is None else alpha
        return self.generator.sample(z, codes, rng, alpha=alpha, prefix=begin)

    def condition(self, wanted: Any, n: int) -> Any:
        return super().condition(wanted, n) if self.conditioning is None else self.conditioning.chosen(wanted, n)


def shares_of(mask: Tensor, draw: Draw) -> Float[Tensor, "n c"]:
    """What the score of each choice counts, so that the mean over all places is that over choices, on all ranks."""
    return mask / draw.gather(mask.float().mean(1)).mean()


def has_temperature(game: Game) -> bool:
    """Whether samples can be drawn at an inverse temperature, beginning with what one likes."""
    return "alpha" in signature(game.sample).parameters
