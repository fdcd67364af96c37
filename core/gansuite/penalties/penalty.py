"""What a penalty is: an additive term of a turn that names the tensors it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

from gansuite.games.game import Draw, Game


class Penalty:
    """``weight`` times a scalar, added to the cost of ``turn``; with ``every`` = k only each k-th time, k-fold.

    ``needs`` are keys of ``Cost.out``; they are checked against ``Game.provides`` when the recipe is read.
    """

    name: str
    turn: ClassVar[str] = "critic"
    needs: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, weight: float, every: int = 1) -> None:
        self.weight, self.every = weight, every

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Tensor:
        """The scalar before ``weight``."""
        raise NotImplementedError


def gradient_norm(game: Game, draw: Draw, name: str, out: Mapping[str, Any], x: Any) -> Tensor:
    """Norm of the gradient of the score at each sample of ``x``, [n], differentiable in the critic.

    The norm is taken per sample: over the whole batch, a critic of unit slope would be charged (√N - 1)².
    """
    leaves = [leaf.requires_grad_() for leaf in game.space.leaves(x)]
    score = out["score"](x, draw.rng(name))
    gradients = torch.autograd.grad(score.float().sum(), leaves, create_graph=True)
    return game.space.norm(gradients)
