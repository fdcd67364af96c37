"""Where a gradient penalty looks: between real and generated samples, or around the real ones."""

from __future__ import annotations

from typing import Any

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw
from gansuite.spaces import Space


def between(space: Space, real: Any, fake: Any, rng: Rng) -> Any:
    """x̂ = t x + (1 - t) G(z), t ~ U[0, 1) for each sample (Gulrajani et al. 2017, algorithm 1)."""
    return space.path(real, fake, rng.uniform(space.size(real)))


def perturbed(space: Space, real: Any, noise: float, draw: Draw, rng: Rng) -> Any:
    """x + noise · std(x) · u with u ~ U[-1, 1) for each number of a sample (Kodali et al. 2017)."""
    moved = space.cat([real])  # a copy of our own
    for leaf in space.leaves(moved):
        leaf += rng.uniform(*leaf.shape, low=-noise, high=noise) * spread(leaf, draw)
    return moved


def spread(x: Float[Tensor, "n ..."], draw: Draw) -> Float[Tensor, ""]:
    """One standard deviation for all numbers of the batch, which several ranks may share."""
    mean = draw.gather(x.flatten(1).mean(1)).mean()
    return draw.gather((x - mean).flatten(1).square().mean(1)).mean().sqrt()
