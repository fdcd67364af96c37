"""A game of texts played by hand: its draws, and whom a cost moves."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw


def draw_of(x: Tensor, z: Tensor | None = None, index: int = 0, seed: int = 5) -> Draw:
    """A draw of these texts and latents."""
    prior = torch.empty(len(x), 0) if z is None else z
    return Draw({"data": x, "prior": prior}, partial(Rng, seed, index=index), index=index)


def texts(spec: Any, n: int = 8, seed: int = 1) -> Tensor:
    """Uniform tokens, ended where they say so."""
    random = torch.Generator().manual_seed(seed)
    return spec.tidied(torch.randint(0, spec.vocabulary, (n, spec.length), generator=random))


def gradients(game: Any, turn: str, draw: Draw) -> dict[str, Tensor]:
    """The gradient of a turn's cost by every parameter that a player moves in it, as the engine takes it."""
    owned = {id(p) for player in game.movers(turn) for module in game.owned(player) for p in module.parameters()}
    moved = {name: p for name, p in game.named_parameters() if id(p) in owned}
    for p in game.parameters():
        p.requires_grad_(id(p) in owned)
    found = torch.autograd.grad(game(turn, draw).value, list(moved.values()), allow_unused=True)
    for p in game.parameters():
        p.requires_grad_(True)
    return {name: torch.zeros_like(moved[name]) if g is None else g for name, g in zip(moved, found, strict=True)}


def reached(game: Any, turn: str, draw: Draw) -> set[str]:
    """The children of a game that the cost of a turn has a gradient for, among those that it moves."""
    return {name.partition(".")[0] for name, g in gradients(game, turn, draw).items() if g.any()}


class Listener:
    """Stands in for an estimator's surrogate and keeps what it was given."""

    def __init__(self, estimator: Any) -> None:
        self.own = estimator.surrogate
        estimator.surrogate = self

    def __call__(self, log_prob: Tensor, cost: Tensor, mask: Tensor | None = None, **options: Any) -> Tensor:
        self.log_prob, self.cost, self.mask, self.options = log_prob, cost, mask, options
        return self.own(log_prob, cost, mask, **options)
