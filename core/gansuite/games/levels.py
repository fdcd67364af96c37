"""What a game is made of that plays at every level of a pyramid: domains, networks, draws and penalties of a level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw, Game
from gansuite.games.networks import Networks
from gansuite.networks.grids import halved
from gansuite.spaces import Space


@dataclass(frozen=True)
class Level:
    """A domain at another size.

    Args:
        of: the domain.
        shape: of its samples at this size, [channels, *axes].
    """

    of: Any
    shape: tuple[int, ...]

    @property
    def space(self) -> Space:
        """That of the domain."""
        return self.of.space

    @property
    def labels(self) -> tuple[str, ...]:
        """Those of the domain."""
        return tuple(getattr(self.of, "labels", ()))

    @property
    def augmentations(self) -> Any:
        """What an input may do to samples of any size; None leaves it to the core."""
        return getattr(self.of, "augmentations", None)

    def widened(self, channels: int) -> Level:
        """As many channels, the other settings alike."""
        return replace(self, of=self.of.widened(channels), shape=(channels, *self.shape[1:]))


class AtLevel(Networks):
    """The networks of a recipe for one level: of its domain, and with seeds of its own."""

    def __init__(self, of: Networks, level: int, axes: Sequence[int]) -> None:
        super().__init__(Level(of.spec, (of.spec.shape[0], *axes)), of.prior, of.makers, of.seed)
        self.of, self.level = of, level

    def make(self, player: str, *, copy: int = 0, **given: Any) -> nn.Module:
        """A fresh network of ``[players.<player>]``; a level has no copies but that of its number."""
        return self.of.make(player, copy=self.level, **{"spec": self.spec, **given})


class Played(NamedTuple):
    """A level's own draw, and what its cost hands to penalties."""

    draw: Draw
    out: Mapping[str, Any]


class Everywhere:
    """The sum of a penalty over all levels, each of which has one with a state of its own.

    Args:
        own: one for each of the ``games`` of a game, whose costs hand on what was ``Played`` under "levels".
    """

    def __init__(self, own: Sequence[Any]) -> None:
        first = own[0]
        self.own, self.name, self.turn, self.needs = own, first.name, first.turn, first.needs
        self.weight, self.every, self.per_sample = first.weight, first.every, first.per_sample

    def bind(self, game: Any) -> None:
        """Every level's sees its game."""
        for each, level in zip(self.own, game.games, strict=True):
            each.bind(level)

    def __call__(self, game: Any, draw: Draw, out: Mapping[str, Any]) -> Tensor:
        levels = zip(self.own, game.games, out["levels"], strict=True)
        return torch.stack([each(level, *played) for each, level, played in levels]).sum()

    def after(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> None:
        """Nothing: the game of each level has its own remember."""


def at_level(draw: Draw, level: int, given: Mapping[str, Any]) -> Draw:
    """A draw of one level: other batches, streams of its own, and a place of its own for what is computed once."""

    def rng(name: str) -> Rng:
        return draw.rng(f"level-{level}/{name}")

    def kept(memo: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if memo is None else memo.setdefault(f"level-{level}", {})

    own = Draw({**draw, **given}, rng, draw.gather, draw.index, draw.round)
    own.memo, own.lasting = kept(draw.memo), kept(draw.lasting)
    return own


def sizes_of(spec: Any, levels: int, game: str) -> list[tuple[int, ...]]:
    """The axes of every level, the finest first.

    Args:
        spec: of samples [channels, *axes].
        levels: how often they are halved.
        game: its name, for messages.

    Raises:
        UserError: there are no axes, or one of them is no multiple of 2^levels; the message has the nearest size.
    """
    axes = tuple(spec.shape[1:])
    if len(axes) not in (1, 2):
        raise UserError(f"{game}: samples of shape {list(spec.shape)} have no size to be halved; play the game gan")
    halved(game, axes, levels, "levels", least=1)
    return [tuple(size // 2**level for size in axes) for level in range(levels + 1)]
