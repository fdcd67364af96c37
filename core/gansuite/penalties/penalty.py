"""What hangs on a turn besides its cost: a penalty is added to it, a constraint is kept after the move.

A penalty that remembers something (a running mean) is an ``nn.Module`` as well: ``class Mine(Penalty, nn.Module)``
keeps it in buffers, so that it is in the checkpoint, makes those that depend on the networks in ``bind``, and changes
them in ``after`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.games.game import Draw, Game
from gansuite.spaces import Space, at_least_fp32


class Penalty:
    """``weight`` times a scalar, added to the cost of ``turn``; with ``every`` = k only each k-th time, k-fold.

    Class attributes:
        turn: the side whose turns it hangs on, ``critic`` or ``generator``; an instance may have its own.
        needs: keys of ``Cost.out``, checked against ``Game.provides`` when the recipe is read.
        per_sample: it takes the gradient of each score for its own sample, so the critic must not couple the batch.
    """

    name: str
    turn: str = "critic"
    needs: ClassVar[frozenset[str]] = frozenset()
    per_sample: ClassVar[bool] = False

    def __init__(self, weight: float, every: int = 1) -> None:
        super().__init__()
        self.weight, self.every = weight, every

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Tensor:
        """The scalar before ``weight``; nothing may be remembered here, because a cost may be run again."""
        raise NotImplementedError

    def bind(self, game: Game) -> None:
        """See the game once, when it has all its networks and nothing was loaded or moved."""

    def after(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> None:
        """Remember a move of ``turn``: called once after each, without a graph, where the penalty is a module."""

    def networks(self, game: Game) -> list[nn.Module]:
        """The networks that the turns of this side move."""
        turns = [turn for turn in game.turns if game.sides.get(turn, turn) == self.turn]
        players = dict.fromkeys(player for turn in turns for player in game.movers(turn))
        return list(dict.fromkeys(module for player in players for module in game.owned(player)))


class Constraint:
    """A set that the parameters of ``turn``'s players are brought back to after each of their moves."""

    name: str
    turn: str = "critic"
    needs: ClassVar[frozenset[str]] = frozenset()

    def project(self, parameters: Sequence[Tensor]) -> None:
        """Move the parameters in place to the nearest point of the set."""
        raise NotImplementedError


def leaves(space: Space, x: Any, name: str) -> tuple[Tensor, ...]:
    """The tensors of a batch that penalty ``name`` differentiates by.

    Raises:
        UserError: the samples are integers.
    """
    found = space.leaves(x)
    if not found or not all(leaf.is_floating_point() for leaf in found):
        raise UserError(
            f"[game] penalties: {name} needs samples with a gradient, which integers (tokens) have not; leave it out, "
            "or choose a game whose critic reads relaxed tokens"
        )
    return found


def plain(space: Space, x: Any, name: str) -> Any:
    """The batch cut from the graph that made it, so that the penalty moves the critic alone; integers are refused."""
    leaves(space, x, name)
    return space.detach(x)


def gradient_norm(game: Game, draw: Draw, name: str, out: Mapping[str, Any], x: Any) -> Float[Tensor, " n"]:
    """‖∇D(x_i)‖ at each sample of ``x``, over all leaves of the space, differentiable in the critic.

    The norm is taken per sample: over the whole batch, a critic of unit slope would be charged (√n - 1)².
    """
    points = [leaf.requires_grad_() for leaf in game.space.leaves(x)]
    score = out["score"](x, draw.rng(name))
    gradients = torch.autograd.grad(at_least_fp32(score).sum(), points, create_graph=True)
    return game.space.norm(gradients)
