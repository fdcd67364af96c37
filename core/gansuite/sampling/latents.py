"""A trained generator as a function of its latent alone."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.build import Model
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.metrics.models.latents import from_normal


class Latents:
    """G(z) with all else that is random held fixed: noise inside the generator, and the condition.

    Args:
        model: a trained one.
        seed: of all that is drawn.
        option: what was asked for, for messages.

    Raises:
        UserError: the model has no latents.
    """

    def __init__(self, model: Model, seed: int, option: str) -> None:
        self.model, self.seed, self.option = model, seed, option
        self.prior: Any = getattr(model.game, "prior", None)
        if not getattr(self.prior, "size", 0):
            raise UserError(f"{option}: this model has no latents, so none can be looked for or left; leave it out")
        parameter = next(model.game.parameters())
        self.dtype, self.device = parameter.dtype, parameter.device

    def rng(self, name: str) -> Rng:
        """A stream of random numbers."""
        return Rng(self.seed, name, device=self.device)

    def moved_freely(self) -> None:
        """Refuse models whose latents cannot be moved by small steps to move the sample so.

        Raises:
            UserError: there is not one sample of each latent, or samples are no real numbers.
        """
        game = self.model.game
        if not getattr(game, "maps_latents", False):
            kind = type(game).__name__
            raise UserError(
                f"{self.option}: the game {kind} has no one generator from a latent to a sample; leave it out"
            )
        if not getattr(game.space, "continuous", True):
            raise UserError(
                f"{self.option}: samples that are no real numbers do not move with their latent; leave it out"
            )

    @cached_property
    def latent(self) -> Any:
        """The map from Gaussian numbers u to latents of the prior: steps of u meet no walls."""
        return from_normal(self.prior)

    def code(self, condition: Any = None) -> Float[Tensor, "1 k"] | None:
        """The code of a condition, or one by chance; None of a model without conditions."""
        conditioning: Any = getattr(self.model.game, "conditioning", None)
        if condition is not None:
            return self.model.game.condition(condition, 1)
        return conditioning.chance(1, self.rng("walk-code")) if conditioning else None

    def samples(self, z: Float[Tensor, "n d"], codes: Float[Tensor, "m k"] | None) -> Any:
        """Samples of the domain, each made by itself so that all meet the same noise; one code may serve all."""
        game, model = self.model.game, self.model
        shared = codes is None or len(codes) == 1
        with torch.no_grad(), model.at_rest():
            points = [
                game.sample_at(each, self.rng("walk-else"), codes if shared or codes is None else codes[i : i + 1])
                for i, each in enumerate(z.split(1))
            ]
            samples = game.space.cat(points)
            return samples if model.representation is None else model.decoded(samples, 64)

    def made(self, u: Float[Tensor, "n d"], codes: Float[Tensor, "m k"] | None) -> Float[Tensor, "n p"]:
        """All numbers of what the generator makes, side by side, as a differentiable function of Gaussian numbers."""
        game = self.model.game
        rows = codes if codes is None else codes.expand(len(u), -1)
        return flat(game.space, game.sample_at(self.latent(u), self.rng("walk-else"), rows))


def flat(space: Any, x: Any) -> Float[Tensor, "n p"]:
    """All real numbers of each sample side by side."""
    return torch.cat([leaf.flatten(1) for leaf in space.leaves(x)], 1)
