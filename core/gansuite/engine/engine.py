"""Runs costs and moves players: devices, precision and ranks, and nothing about any method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from gansuite.engine.ledger import Ledger
from gansuite.engine.places import Places
from gansuite.engine.player import Player
from gansuite.engine.ranks import Gradient, Ranks
from gansuite.engine.rng import Rng
from gansuite.engine.source import Source
from gansuite.engine.turn import Turn
from gansuite.games.game import Cost, Draw, Game

NO_CONTEXT = nullcontext()


class Engine:
    """What dynamics play with: ``draw``, ``cost``, ``gradients``, ``move``.

    ``cost``, ``field`` and ``differentiate`` may be asked as often as a method likes, anywhere; ``gradients``,
    ``descent`` and ``gradients_of`` belong to a move: they are noted, and the game remembers. Gradients are taken with
    ``autograd.grad`` for the moving players only, averaged over the ranks in one flat buffer and handed to the player.
    Under the policy ``on_nan = "skip"`` a gradient that is not finite moves nobody and is counted. Parameters of the
    players at rest are switched off, so that no graph is recorded through them: the critic's move costs no generator
    graph, the generator's no critic gradients.
    """

    def __init__(
        self,
        game: Game,
        players: Mapping[str, Player],
        sources: Mapping[str, Source],
        seed: int,
        device: torch.device,
        precision: str = "fp32",
        ranks: Ranks | None = None,
        on_nan: str = "stop",
    ) -> None:
        self.game, self.players, self.sources = game, players, sources
        self.seed, self.device, self.precision = seed, device, precision
        self.ranks = ranks or Ranks()
        self.ledger = Ledger(self.ranks)
        self.counts: dict[str, int] = {}
        self.round = 0
        self.moving: tuple[str, ...] | None = None
        self.places = Places(game)
        self.on_nan, self.skipped = on_nan, 0

    def draw(self, *turns: Turn, stream: str | None = None) -> Draw:
        """Fresh batches for a turn; for several turns, one draw that they share.

        Args:
            turns: whose sources are drawn from.
            stream: the sequence that the draw belongs to, if not that of the turns: a look-ahead has its own, so that
                the moves' batches and the terms that are due each k-th time do not depend on it.
        """
        stream = stream or "+".join(turn.name for turn in turns)
        names = turns[0].draws
        if len(turns) > 1:
            names = dict.fromkeys(name for turn in turns for name in turn.draws)
        index = self.counts.get(stream, 0)
        self.counts[stream] = index + 1
        shard = self.ranks.shard
        batches: dict[str, Any] = {}
        for name in names:
            batches |= self.sources[name].draw(stream, index, shard)
        if self.precision == "fp64":
            batches = {name: batch.double() if is_float(batch) else batch for name, batch in batches.items()}
        rng = partial(Rng, self.seed, stream, index=index, device=self.device, shard=shard)
        return Draw(batches, rng, self.ranks.gather, index, self.round)

    def attend(self, *movers: str) -> None:
        """Record graphs through the parameters of these players only. Owners may overlap: off first, then on."""
        if movers != self.moving:
            for name in self.players if self.moving is None else self.moving:
                self.players[name].attend(False)
            for name in movers:
                self.players[name].attend(True)
            self.moving = movers

    def cost(self, turn: Turn, draw: Draw, at: Mapping[str, Tensor] | None = None) -> Cost:
        """The cost of a turn on a draw, at the game's parameters or with others in the places of those named."""
        terms = [term for term in turn.terms if draw.index % term.every == 0] if turn.terms else ()
        with torch.autocast(self.device.type, torch.bfloat16) if self.precision == "bf16" else NO_CONTEXT:
            if at is None:
                return self.game(turn.name, draw, terms)
            with self.places.holding(at):
                return self.game(turn.name, draw, terms)

    def parameters(self, turn: Turn) -> list[Parameter]:
        """The parameters that a turn moves, player by player."""
        return [p for name in turn.players for p in self.players[name].parameters]

    def names(self, turn: Turn) -> list[str]:
        """The names in the game of the parameters that a turn moves."""
        return [self.places.name[p] for p in self.parameters(turn)]

    def snapshot(self, turns: Sequence[Turn]) -> dict[str, Tensor]:
        """Copies of all that these turns move, by name: parameters that a cost can be taken ``at`` later."""
        return {self.places.name[p]: p.detach().clone() for turn in turns for p in self.parameters(turn)}

    def gradients(self, turn: Turn, draw: Draw) -> Sequence[Gradient]:
        """The gradient of a turn's cost for the players that it moves, averaged over the ranks."""
        self.attend(*turn.players)
        return self.descent(turn, draw, self.cost(turn, draw))

    def descent(self, turn: Turn, draw: Draw, cost: Cost) -> Sequence[Gradient]:
        """The gradient of a move from a cost that has been computed, wherever it was taken."""
        return self.taken(turn, draw, cost, self.differentiate(cost.value, self.parameters(turn)))

    def gradients_of(
        self, turns: Sequence[Turn], draw: Draw, at: Mapping[str, Tensor] | None = None
    ) -> list[Sequence[Gradient]]:
        """The gradients of several turns at one point and on one draw, from the forward pass that they share."""
        costs, field = self.field(turns, draw, at)
        return [self.taken(turn, draw, cost, own) for turn, cost, own in zip(turns, costs, field, strict=True)]

    def field(
        self, turns: Sequence[Turn], draw: Draw, at: Mapping[str, Tensor] | None = None, create_graph: bool = False
    ) -> tuple[list[Cost], list[Sequence[Gradient]]]:
        """The costs of several turns and each one's gradient for its own players, at one point and on one draw.

        Nothing is noted or remembered: this may be asked anywhere.
        """
        self.attend(*(name for turn in turns for name in turn.players))
        with draw.shared() if len(turns) > 1 else NO_CONTEXT:
            costs = [self.cost(turn, draw, at) for turn in turns]
        field = []
        for i, (turn, cost) in enumerate(zip(turns, costs, strict=True), 1):
            where = self.parameters(turn) if at is None else [at[name] for name in self.names(turn)]
            field.append(self.differentiate(cost.value, where, create_graph, create_graph or i < len(turns)))
        return costs, field

    def differentiate(
        self, value: Tensor, where: Sequence[Tensor], create_graph: bool = False, retain_graph: bool | None = None
    ) -> Sequence[Gradient]:
        """The gradient of a value, averaged over the ranks; None for what it does not depend on."""
        gradients = torch.autograd.grad(
            value, where, allow_unused=True, create_graph=create_graph, retain_graph=retain_graph
        )
        return self.ranks.mean(gradients, differentiable=create_graph)

    def taken(self, turn: Turn, draw: Draw, cost: Cost, gradients: Sequence[Gradient]) -> Sequence[Gradient]:
        """The gradients of a real move: checked, noted, and the game may remember what it saw."""
        if self.on_nan == "skip" and not all_finite([*gradients, self.ranks.average(cost.value.detach().clone())]):
            self.skipped += 1
            return [None] * len(gradients)
        self.ledger.note(turn.name, cost.parts)
        with torch.no_grad():
            self.game.after(turn.name, draw, cost.out)
        return gradients

    def move(self, turn: Turn, gradients: Sequence[Gradient]) -> None:
        """Move the turn's players."""
        first = 0
        for name in turn.players:
            player = self.players[name]
            player.move(gradients[first : first + len(player.parameters)])
            first += len(player.parameters)

    def at(self, step: int) -> None:
        """Begin a round: its number, and the learning rates and levels that belong to it."""
        self.round = step
        self.game.at(step)
        for player in self.players.values():
            player.at(step)

    def state_dict(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "skipped": self.skipped, "ledger": self.ledger.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.counts, self.skipped = dict(state["counts"]), state["skipped"]
        self.ledger.load_state_dict(state["ledger"])


def all_finite(gradients: Sequence[Gradient]) -> bool:
    """Whether no entry is nan or infinite; waits for the device, so it runs under the policy "skip" only."""
    norm = torch.nn.utils.get_total_norm([g for g in gradients if g is not None])
    return bool(norm.isfinite())


def is_float(x: Any) -> bool:
    """Whether this is a tensor of floating-point numbers."""
    return isinstance(x, Tensor) and x.is_floating_point()
