"""The trained model itself, as metrics see it that ask for more than its samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Int64
from torch import Tensor, nn

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng, seed_of
from gansuite.games.adversarial import one_each
from gansuite.games.game import Game
from gansuite.layers import MinibatchStddev
from gansuite.metrics.features import items
from gansuite.metrics.metric import MetricError

if TYPE_CHECKING:
    from gansuite.build import Experiment


def whole(critic: nn.Module, n: int) -> int:
    """The least number of samples from ``n`` on that is a whole number of groups for every layer of a critic."""
    groups = [each.group for each in critic.modules() if isinstance(each, MinibatchStddev) and each.group < n]
    unit = math.lcm(*groups)
    return -(-n // unit) * unit


@dataclass(frozen=True)
class Subject:
    """A model under evaluation: in evaluation mode, its averaged weights in place, no parameter asking for a gradient.

    Args:
        game: the networks.
        dataset: the real samples, on ``device``.
        split: the part of it that metrics compare with.
        n: samples that the metric is to use.
        device: where everything lies.
        twin: makes a new experiment with the same (trained, not averaged) weights, fresh optimisers and the recipe's
            sources, for metrics that go on training; None where there is no recipe.
        steps: of the run's saved models, oldest first.
        at: the game of a saved model, averaged weights in place; the same object each time, loaded anew.
        seed: of the evaluation.
        folder: of the run; None where there is none.
    """

    game: Game
    dataset: Dataset
    split: str
    n: int
    device: torch.device
    twin: Callable[[], Experiment] | None = None
    steps: Sequence[int] = ()
    at: Callable[[int], Game] | None = None
    seed: int = 0
    folder: Path | None = None

    def rng(self, *names: str | int) -> Rng:
        """A stream of random numbers of this evaluation."""
        return Rng(seed_of(self.seed, "subject"), *map(str, names), device=self.device)

    def latents(self, n: int, *names: str | int) -> Tensor:
        """``n`` latents of the prior, a function of the seed and the names of the stream."""
        z = self.generative().prior.sample(n, self.rng("latents", *names))
        return z.to(next(self.game.parameters()).dtype)

    def generate(self, z: Tensor, condition: Tensor | None = None) -> Any:
        """G(z), differentiable in z; a conditional game is given labels by chance unless ``condition`` says which."""
        game = self.generative()
        if game.conditioning is not None and condition is None:
            condition = game.conditioning.chance(len(z), self.rng("labels"))
        return game.generate(z, self.rng("generator"), condition)

    def real(self, n: int, split: str | None = None) -> Any:
        """``n`` real samples (fewer where the split holds fewer), in an order drawn from the seed."""
        return self.dataset.batch(part := split or self.split, self.items(n, part).to(self.device), None)["data"]

    def items(self, n: int, split: str) -> Int64[Tensor, " n"]:
        """Which real samples ``real`` takes."""
        return items(self.dataset, split, self.seed)[:n]

    def score(self, x: Any, condition: Tensor | None = None) -> Tensor:
        """The critic's score of each sample as it is (packs of m samples get one each), differentiable in x.

        A conditional critic is given labels by chance unless ``condition`` has the code of each sample.
        """
        game = self.critical()
        if game.conditioning is not None:
            chance = game.conditioning.chance(game.space.size(x), self.rng("labels"))
            condition = chance if condition is None else condition
            for each in game.inputs:
                condition = each.codes(condition)
        x = game.space.pack(x, game.group) if game.group > 1 else x
        n = game.space.size(x)
        if (rows := whole(game.critic, n)) > n:  # a layer looks at so many samples at once: the first ones come again
            again = torch.arange(rows, device=self.device) % n
            x, condition = game.space.take(x, again), None if condition is None else condition[again]
        return one_each(game.see(x, self.rng("critic"), condition).scores[:n])

    def generative(self) -> Any:
        """The game, if it maps latents of a prior to samples.

        Raises:
            MetricError: it does not.
        """
        if not getattr(self.game, "maps_latents", False):
            raise MetricError(f"the game {type(self.game).__name__} has no one generator from a latent to a sample")
        return self.game

    def critical(self) -> Any:
        """The game, if it has a critic of samples.

        Raises:
            MetricError: it has none.
        """
        if not getattr(self.game, "judges_samples", False):
            raise MetricError(f"the game {type(self.game).__name__} has no critic of samples alone")
        return self.game
