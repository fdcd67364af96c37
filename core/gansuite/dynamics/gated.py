"""Balance by rest: the player that is too far ahead waits (a rule of thumb of many GANs; BEGAN's balance as a gate)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import torch
from annotated_types import Ge, Le
from torch import Tensor

from gansuite.dynamics.dynamics import Dynamics, one_by_one, refuse_unknown
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn
from gansuite.errors import UserError
from gansuite.games.game import Cost


class Gated(Dynamics):
    """Alternating moves, but the critic moves only while a < high, and the generator only while a > low.

    a = ½ (share of real samples scored above the boundary + share of generated ones scored below it)

    is the critic's accuracy on its last batch of the round before. A critic at rest still looks at a batch, or nobody
    would know when it is to wake. The host waits for the device once a round, to read a.

    Args:
        high: accuracy from which on the critic rests.
        low: accuracy down to which the generator rests.
        boundary: the score between "real" and "generated"; 0 for logits.
        critic: the turn that is too strong at ``high``; its cost must pass through the scores of both sides.
        generator: the turn that is too strong at ``low``. Further turns are always played.
    """

    def __init__(
        self,
        *,
        high: Annotated[float, Ge(0), Le(1)] = 0.8,
        low: Annotated[float, Ge(0), Le(1)] = 0.5,
        boundary: float = 0.0,
        critic: str = "critic",
        generator: str = "generator",
    ) -> None:
        if low >= high:
            raise UserError(f"low = {low} and high = {high}: at times nobody would move; choose low below high")
        self.high, self.low, self.boundary = high, low, boundary
        self.critic, self.generator = critic, generator
        self.accuracy: Tensor | None = None

    def check(self, turns: Mapping[str, Collection[str]], moves: Mapping[str, int]) -> None:
        refuse_unknown("critic", self.critic, turns)
        refuse_unknown("generator", self.generator, turns)
        if not {"real_score", "fake_score"} <= set(turns[self.critic]):
            raise UserError(f'critic = "{self.critic}": this turn does not tell the scores of both sides; name another')

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        a = None if self.accuracy is None else float(self.accuracy)
        resting = set()
        if a is not None and a >= self.high:
            resting.add(self.critic)
        if a is not None and a <= self.low:
            resting.add(self.generator)
        for turn in turns:
            if turn.name == self.critic and turn.name in resting:
                engine.attend()
                draw = engine.draw(turn, stream=f"{turn.name}/watched")
                self.watch(engine, engine.cost(replace(turn, terms=()), draw))
        for (turn,) in one_by_one([turn for turn in turns if turn.name not in resting]):
            draw = engine.draw(turn)
            engine.attend(*turn.players)
            cost = engine.cost(turn, draw)
            if turn.name == self.critic:
                self.watch(engine, cost)
            engine.move(turn, engine.descent(turn, draw, cost))

    @torch.no_grad()
    def watch(self, engine: Engine, cost: Cost) -> None:
        """Keep the accuracy of this batch, the same on all ranks, on the device."""
        real = (cost.out["real_score"] > self.boundary).float().mean()
        fake = (cost.out["fake_score"] < self.boundary).float().mean()
        self.accuracy = engine.ranks.average((real + fake) / 2)

    def state_dict(self) -> dict[str, Any]:
        return {"accuracy": self.accuracy}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.accuracy = state["accuracy"]
