"""Unrolled GANs (Metz, Poole, Pfau & Sohl-Dickstein 2017)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from annotated_types import Gt, Le
from torch import Tensor

from gansuite.dynamics.dynamics import INSTANTS, Dynamics, Order, refuse_unknown
from gansuite.engine.engine import Engine
from gansuite.engine.lookahead import Lookahead
from gansuite.engine.ranks import Gradient
from gansuite.engine.turn import Turn
from gansuite.errors import UserError
from gansuite.games.game import Cost


class Unrolled(Dynamics):
    """The leader descends its cost against the follower as it would be K steps later.

    θ ← θ - h ∂/∂θ L_leader(θ, φ^K(θ)),  φ^0 = φ,  φ^(k+1) = φ^k - η ∂/∂φ L_follower(θ, φ^k)  (sections 2.2 and 2.3)

    As published L_leader = -L_follower, whole: its part on real data has a slope in θ too, through φ^K, and without it
    the game would rest elsewhere. Terms of the follower's turn steer its steps and are no part of what the leader
    descends; the leader's own are.

    The derivative passes through every step of the follower's own optimiser, from its live moments. The look-ahead is
    then forgotten: the follower makes its ordinary moves.

    Args:
        leader: the turn that looks ahead.
        follower: the turn that it foresees.
        steps: K, the follower's steps.
        rate: η; absent: the follower's own rate.
        value: what the leader descends: the ``zero-sum`` value, or its ``own`` cost, as far as that looks at real data.
        stop_gradient: treat φ^K as a constant, as if the critic had moved first and then gone back.
        draws: a fresh batch for each step, as the follower will see them, or one shared by all.
        order: which moves are played: alternating, or simultaneous.
    """

    def __init__(
        self,
        *,
        leader: str = "generator",
        follower: str = "critic",
        steps: Annotated[int, Gt(0), Le(1000)] = 5,
        rate: Annotated[float, Gt(0)] | None = None,
        value: Literal["zero-sum", "own"] = "zero-sum",
        stop_gradient: bool = False,
        draws: Literal["fresh", "shared"] = "fresh",
        order: Order = "alternating",
    ) -> None:
        if leader == follower:
            raise UserError(f'leader and follower are both "{leader}"; a turn cannot look ahead of itself')
        self.leader, self.follower, self.value = leader, follower, value
        self.steps, self.rate, self.stop_gradient, self.draws = steps, rate, stop_gradient, draws
        self.instants = INSTANTS[order]

    def check(self, turns: Mapping[str, Collection[str]], moves: Mapping[str, int]) -> None:
        refuse_unknown("leader", self.leader, turns)
        refuse_unknown("follower", self.follower, turns)

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        follower = next((turn for turn in turns if turn.name == self.follower), None)  # a stage may rest it
        for movers in self.instants(turns):
            found = [self.gradients(engine, turn, follower) for turn in movers]
            for turn, gradients in zip(movers, found, strict=True):
                engine.move(turn, gradients)

    def gradients(self, engine: Engine, turn: Turn, follower: Turn | None) -> Sequence[Gradient]:
        """The gradient of a turn's cost, at the follower's future where the turn leads."""
        if turn.name != self.leader or follower is None:
            return engine.gradients(turn, engine.draw(turn))
        at = self.ahead(engine, turn, follower)
        zero_sum = self.value == "zero-sum"
        draw = engine.draw(turn, follower, stream=turn.name) if zero_sum else engine.draw(turn)
        engine.attend(*turn.players)
        if not zero_sum:
            return engine.descent(turn, draw, engine.cost(turn, draw, at))
        theirs = engine.cost(replace(follower, terms=()), draw, at)
        cost = Cost(-theirs.value, {}, {"cost": -theirs.value})
        if turn.terms or engine.game.side(turn.name) == "critic":  # whose scores the game remembers
            own = engine.cost(turn, draw, at)
            cost = Cost(cost.value + own.value - own.parts["cost"], own.out, {**own.parts, **cost.parts})
        return engine.descent(turn, draw, cost)

    def ahead(self, engine: Engine, leader: Turn, follower: Turn) -> Mapping[str, Tensor]:
        """φ^K by name, as a function of the leader's parameters."""
        engine.attend(*(() if self.stop_gradient else leader.players))
        names, stream = engine.names(follower), f"{leader.name}/ahead"
        paths = [Lookahead(engine.players[name], self.rate) for name in follower.players]
        draw = None
        for _ in range(self.steps):
            if draw is None or self.draws == "fresh":
                draw = engine.draw(follower, stream=stream)
            values = [value for path in paths for value in path.values]
            cost = engine.cost(follower, draw, dict(zip(names, values, strict=True)))
            gradients = iter(engine.differentiate(cost.value, values, create_graph=not self.stop_gradient))
            for path in paths:
                path.step([next(gradients) for _ in path.values])
        return dict(zip(names, (value for path in paths for value in path.values), strict=True))
