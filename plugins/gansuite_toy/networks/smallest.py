"""The players of the Dirac-GAN and of its continuous sibling: one number each.

Mescheder, Geiger & Nowozin, "Which Training Methods for GANs do actually Converge?", ICML 2018.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng


class PointGenerator(nn.Module):
    """``G(z) = theta``: all mass at one point, whatever the latent.

    Args:
        start: of every coordinate of theta.
    """

    def __init__(self, spec: Any, prior: Any, *, start: float = 1.0) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.full(tuple(spec.shape), start))

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n ..."]:
        return self.theta.expand(len(z), *self.theta.shape)


class ScaleGenerator(nn.Module):
    """``G(z) = theta z``: from latents N(0, 1) it learns the deviation of its data.

    Args:
        start: of theta.

    Raises:
        ValueError: the prior is not as large as a sample.
    """

    def __init__(self, spec: Any, prior: Any, *, start: float = 1.0) -> None:
        super().__init__()
        if prior.size != torch.Size(spec.shape).numel():
            raise ValueError(f"scale multiplies the latent: set size = {torch.Size(spec.shape).numel()} in [prior]")
        self.shape = tuple(spec.shape)
        self.theta = nn.Parameter(torch.tensor(start))

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n ..."]:
        return (self.theta * z).unflatten(1, self.shape)


class SlopeCritic(nn.Module):
    """``D(x) = psi . x``.

    Args:
        start: of every coordinate of psi.
    """

    def __init__(self, spec: Any, *, start: float = 1.0) -> None:
        super().__init__()
        self.width = torch.Size(spec.shape).numel()
        self.psi = nn.Parameter(torch.full([self.width], start))

    def features(self, x: Float[Tensor, "n ..."], rng: Rng | None = None) -> Float[Tensor, "n f"]:
        """The coordinates themselves."""
        return x.flatten(1)

    def head(self, features: Float[Tensor, "n f"]) -> Float[Tensor, " n"]:
        """``psi . f``."""
        return features @ self.psi

    def forward(self, x: Float[Tensor, "n ..."], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        return self.head(self.features(x, rng))


class QuadraticCritic(SlopeCritic):
    """``D(x) = psi . x²``, square by coordinate.

    Args:
        start: of every coordinate of psi.
    """

    def features(self, x: Float[Tensor, "n ..."], rng: Rng | None = None) -> Float[Tensor, "n f"]:
        """The squared coordinates."""
        return x.flatten(1).square()
