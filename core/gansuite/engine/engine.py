"""Runs costs and moves players: devices, precision and ranks, and nothing about any method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gansuite.engine.ledger import Ledger
from gansuite.engine.player import Player
from gansuite.engine.ranks import Gradient, Ranks
from gansuite.engine.rng import Rng
from gansuite.engine.source import Source
from gansuite.engine.turn import Turn
from gansuite.games.game import Cost, Draw, Game

NO_CONTEXT = nullcontext()


class Engine:
    """What dynamics play with: ``draw``, ``cost``, ``gradients``, ``move``.

    Gradients are taken with ``autograd.grad`` for the moving player only, averaged over the ranks in one flat
    buffer and handed to the player. Under the policy ``on_nan = "skip"`` a gradient that is not finite moves nobody
    and is counted. Parameters of the players at rest are switched off, so that no graph is
    recorded through them: the critic's move costs no generator graph, the generator's no critic gradients.
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
        self.moving: tuple[str, ...] | None = None
        self.on_nan, self.skipped = on_nan, 0

    def draw(self, *turns: Turn) -> Draw:
        """Fresh batches for a turn; for several turns, one draw that they share."""
        stream, names = turns[0].name, turns[0].draws
        if len(turns) > 1:
            stream = "+".join(turn.name for turn in turns)
            names = dict.fromkeys(name for turn in turns for name in turn.draws)
        index = self.counts.get(stream, 0)
        self.counts[stream] = index + 1
        shard = self.ranks.shard
        batches: dict[str, Any] = {}
        for name in names:
            batches |= self.sources[name].draw(stream, index, shard)
        rng = partial(Rng, self.seed, stream, index=index, device=self.device, shard=shard)
        return Draw(batches, rng, self.ranks.gather, index)

    def attend(self, *movers: str) -> None:
        """Record graphs through the parameters of these players only. Owners may overlap: off first, then on."""
        if movers != self.moving:
            for name in self.players if self.moving is None else self.moving:
                self.players[name].attend(False)
            for name in movers:
                self.players[name].attend(True)
            self.moving = movers

    def cost(self, turn: Turn, draw: Draw, at: Mapping[str, Tensor] | None = None) -> Cost:
        """The cost of a turn on a draw, at the game's parameters or at substituted ones."""
        terms = [term for term in turn.terms if draw.index % term.every == 0] if turn.terms else ()
        with torch.autocast(self.device.type, torch.bfloat16) if self.precision == "bf16" else NO_CONTEXT:
            if at is None:
                return self.game(turn.name, draw, terms)
            return torch.func.functional_call(self.game, dict(at), (turn.name, draw, terms))

    def gradients(self, turn: Turn, draw: Draw) -> Sequence[Gradient]:
        """The gradient of a turn's cost for the player that it moves, averaged over the ranks."""
        self.attend(turn.player)
        cost = self.cost(turn, draw)
        parameters = self.players[turn.player].parameters
        gradients = self.ranks.mean(torch.autograd.grad(cost.value, parameters, allow_unused=True))
        if self.on_nan == "skip" and not all_finite([*gradients, self.ranks.average(cost.value.detach().clone())]):
            self.skipped += 1
            return [None] * len(gradients)
        self.ledger.note(turn.name, cost.parts)
        return gradients

    def move(self, turn: Turn, gradients: Sequence[Gradient]) -> None:
        """Move the turn's player."""
        self.players[turn.player].move(gradients)

    def state_dict(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "skipped": self.skipped, "ledger": self.ledger.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.counts, self.skipped = dict(state["counts"]), state["skipped"]
        self.ledger.load_state_dict(state["ledger"])


def all_finite(gradients: Sequence[Gradient]) -> bool:
    """Whether no entry is nan or infinite; waits for the device, so it runs under the policy "skip" only."""
    norm = torch.nn.utils.get_total_norm([g for g in gradients if g is not None])
    return bool(norm.isfinite())
