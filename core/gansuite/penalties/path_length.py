"""Path length regularisation (Karras et al. 2020, eq. 4)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty, leaves
from gansuite.spaces import at_least_fp32


class PathLength(Penalty, nn.Module):
    """E (‖Jᵀy‖ - a)², J = ∂G/∂z, y ~ N(0, 1/places) in sample space, a the running mean of ‖Jᵀy‖.

    For a generator with a mapping network z is its styles: one for each layer, and ‖·‖² is the mean over layers, as in
    the authors' code.

    J stretches all directions alike where this is 0. ``places`` are the points of a sample's grid (pixels, time
    steps; 1 for a vector), so that the length does not grow with the resolution.

    Args:
        weight: γ in the paper.
        decay: share of the newest move in a, which starts at 0.
        every: compute it each k-th move only, k-fold.
    """

    name = "path-length"
    turn = "generator"
    needs: ClassVar[frozenset[str]] = frozenset({"latent", "generator"})
    mean: Tensor

    def __init__(
        self,
        *,
        weight: Annotated[float, Ge(0)] = 2.0,
        decay: Annotated[float, Gt(0), Le(1)] = 0.01,
        every: Annotated[int, Gt(0)] = 4,
    ) -> None:
        super().__init__(weight, every)
        self.decay = decay
        self.register_buffer("mean", torch.zeros(()))
        self.seen: Tensor | None = None

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        lengths = self.lengths(game, draw, out)
        self.seen = lengths.detach()  # for ``after`` of this very move; no cost ever reads it
        return (lengths - self.mean).square().mean()

    def lengths(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, " n"]:
        """‖Jᵀy‖ at each latent, or at its styles, differentiable in the generator."""
        if out.get("styles") is None:
            z, make = out["latent"].detach().requires_grad_(), out["generator"]
        else:
            z, make = out["styles"](out["latent"]), out["synthesis"]
        rng = draw.rng(self.name)
        shade = torch.zeros((), device=z.device)
        for leaf in leaves(game.space, make(z), self.name):
            y = rng.normal(*leaf.shape, scale=1 / math.sqrt(math.prod(leaf.shape[2:])))
            shade = shade + (at_least_fp32(leaf) * y).sum()
        (gradient,) = torch.autograd.grad(shade, z, create_graph=True)
        length = game.space.norm([gradient])
        return length if gradient.dim() == 2 else length / math.sqrt(gradient.shape[1])

    def after(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> None:
        """a moves towards the mean of the lengths of this move."""
        if self.seen is not None:
            self.mean.lerp_(draw.gather(self.seen).mean(), self.decay)
            self.seen = None
